#include "sim/dynamics/kalman_filter.hpp"

#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/observed_system.hpp"

using namespace springspice;
using dynamics::filter_path;
using dynamics::FilterResult;
using dynamics::Keep;
using dynamics::Observed;
using dynamics::ObservedPath;
using small::Index;
using small::Joint;
using small::MatrixXd;
using small::Stationary;
using small::VectorXd;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Coordinates of theta = (x, v) that are seen, and y_ik = cos(k + 2 i + 5 p).
Observed see(const std::vector<Index>& coordinates, Index n, Index times, int output,
             double sigma) {
  const auto r = static_cast<Index>(coordinates.size());
  Observed seen{MatrixXd::Zero(r, n), MatrixXd(r, times), VectorXd::Constant(r, sigma)};
  for (Index i = 0; i < r; ++i) {
    seen.C(i, coordinates[static_cast<std::size_t>(i)]) = 1.0;
    for (Index k = 0; k < times; ++k) {
      seen.y(i, k) = std::cos(static_cast<double>(k) + 2.0 * static_cast<double>(i) + 5.0 * output);
    }
  }
  return seen;
}

// x0, x2 and v1 of output 1, x1 of output 2.
ObservedPath make_path(double sigma) {
  return {{0.0, 0.5, 1.25, 1.75, 4.0}, {see({0, 2, 4}, 6, 5, 0, sigma), see({1}, 6, 5, 1, sigma)}};
}

double joint_likelihood(const Stationary& p, const ObservedPath& path) {
  double sum = 0.0;
  for (Index output = 0; output < 2; ++output) sum += Joint(p, path, output).log_likelihood();
  return sum;
}

}  // namespace

TEST_CASE("filter: numpy's dense joint Gaussian, with errors of measurement and without") {
  const Stationary p(small::sticks(small::NoiseModel::diagonal));
  FilterResult result = filter_path(p.system, make_path(0.05), p.start());
  // The joint covariance has a condition of about 1e3.
  CHECK(result.log_likelihood == Approx(-108.58556562737068).epsilon(1e-12));
  CHECK(result.observations == 20);
  result = filter_path(p.system, make_path(0.0), p.start());
  CHECK(result.log_likelihood == Approx(-111.95884900894502).epsilon(1e-12));
  CHECK(result.noise_free == 0);
}

TEST_CASE("filter: missing numbers, combinations of coordinates, unequal errors") {
  const Stationary p(small::general());
  ObservedPath path = make_path(0.3);
  path.outputs[0].y(1, 2) = kNaN;
  path.outputs[0].y.col(3).setConstant(kNaN);
  path.outputs[1].y(0, 0) = kNaN;
  path.outputs[0].C.row(0) << 0.5, -1.0, 0.0, 0.25, 0.0, 2.0;
  path.outputs[0].sigma << 0.3, 0.0, 1.5;
  const FilterResult result = filter_path(p.system, path, p.start());
  CHECK(result.log_likelihood == Approx(joint_likelihood(p, path)).epsilon(1e-12));
  CHECK(result.observations == 15);
  CHECK(std::isnan(result.outputs[0].innovations(0, 3)));
  // A time at which nothing was seen at all is as if it were not there.
  ObservedPath without = path;
  path.outputs[1].y(0, 3) = kNaN;
  without.times.erase(without.times.begin() + 3);
  for (Observed& seen : without.outputs) {
    MatrixXd y(seen.y.rows(), 4);
    y << seen.y.leftCols(3), seen.y.rightCols(1);
    seen.y = y;
  }
  CHECK(filter_path(p.system, path, p.start()).log_likelihood ==
        Approx(filter_path(p.system, without, p.start()).log_likelihood).epsilon(1e-12));
}

TEST_CASE("filter: the filtered state is the conditional Gaussian of the dense joint one") {
  const Stationary p(small::general());
  for (const double sigma : {0.3, 0.0}) {
    const ObservedPath path = make_path(sigma);
    const FilterResult result = filter_path(p.system, path, p.start(), Keep::states);
    for (Index output = 0; output < 2; ++output) {
      const Joint joint(p, path, output);
      const MatrixXd gain = joint.yy.llt().solve(joint.y_theta).transpose();
      const auto& filtered = result.outputs[static_cast<std::size_t>(output)];
      const VectorXd mean = p.start().mean.col(output) + gain * joint.y;
      CHECK(small::largest_difference(filtered.means.col(4), mean) < 1e-11);
      const MatrixXd covariance = p.state.covariance() - gain * joint.y_theta;
      CHECK(small::largest_difference(filtered.covariances[4], covariance) < 1e-12);
    }
  }
}

TEST_CASE("filter: overdamped") {
  const Stationary p(small::general(small::Dynamics::overdamped));
  const ObservedPath path{{0.0, 0.1, 2.0}, {see({2, 0}, 3, 3, 0, 0.2), see({}, 3, 3, 1, 0.2)}};
  const FilterResult result = filter_path(p.system, path, p.start());
  CHECK(result.log_likelihood == Approx(Joint(p, path, 0).log_likelihood()).epsilon(1e-12));
}

TEST_CASE("filter: 1e-5 of a period between exact positions, where variances are 1e-15 of others") {
  const Stationary p(small::oscillator(0.5, 4.0));
  ObservedPath path{{}, {see({0}, 2, 30, 0, 0.0), see({}, 2, 30, 1, 0.0)}};
  for (int k = 0; k < 30; ++k) {
    path.times.push_back(1e-5 * k);
    path.outputs[0].y(0, k) = 0.4 * std::cos(1.3 * 1e-5 * k);
  }
  const FilterResult result = filter_path(p.system, path, p.start());
  // mpmath, 60 digits. An innovation is a position, rounded at 5e-17, over sqrt(2 gamma kT h^3 / 3)
  // = 1.5e-8, so known to some 1e-8; the variances lose what the times' rounding is of a gap.
  CHECK(result.chi_squared() == Approx(0.12857377687395794).margin(1e-6));
  CHECK(result.log_likelihood == Approx(480.07666423286893).margin(1e-6));
}

TEST_CASE("filter: innovations of a drawn path are white, and the true model is the likelier one") {
  const Stationary p(small::sticks(small::NoiseModel::diagonal));
  const Index times = 500;
  ObservedPath path{{}, {see({0, 5}, 6, times, 0, 0.1), see({1}, 6, times, 1, 0.1)}};
  for (Index k = 0; k < times; ++k) path.times.push_back(0.2 * static_cast<double>(k));
  for (Index output = 0; output < 2; ++output) {
    const MatrixXd states = small::draw_path(p, output, 0.2, times, 40 + output);
    Observed& seen = path.outputs[static_cast<std::size_t>(output)];
    seen.y = seen.C * states;
    for (Index k = 0; k < times; ++k) {
      seen.y.col(k) += 0.1 * small::draw(seen.y.rows(), 90 + output, static_cast<std::uint64_t>(k));
    }
  }
  const FilterResult result = filter_path(p.system, path, p.start());
  const auto n = static_cast<double>(result.observations);
  CHECK(n == 1500);
  // Four standard deviations each, level 6e-5.
  CHECK(std::abs(result.chi_squared() - n) < 4.0 * std::sqrt(2.0 * n));
  const dynamics::LagCorrelation lag = result.lag_one_correlation();
  CHECK(lag.pairs == 1497);
  CHECK(std::abs(lag.value) < 4.0 / std::sqrt(static_cast<double>(lag.pairs)));

  Stationary stiff = p;
  stiff.system.K *= 1.3;
  CHECK(result.log_likelihood >
        filter_path(stiff.system, path, Stationary(stiff.system).start()).log_likelihood);
  Stationary wrong = p;
  wrong.system.noise_model = small::NoiseModel::fdt;
  const FilterResult other = filter_path(wrong.system, path, Stationary(wrong.system).start());
  CHECK(result.log_likelihood > other.log_likelihood);
  // Fdt noise is hotter here: the innovations are too small for it.
  CHECK(other.chi_squared() < n - 4.0 * std::sqrt(2.0 * n));
}

TEST_CASE("filter: at kT = 0 exact numbers must be as predicted, noisy ones are independent") {
  core::SecondOrderSystem system = small::general();
  system.kT = 0.0;
  const Stationary p(system);
  ObservedPath path = make_path(0.0);
  // At rest in the fit.
  for (Index output = 0; output < 2; ++output) {
    Observed& seen = path.outputs[static_cast<std::size_t>(output)];
    seen.y.colwise() = seen.C * p.start().mean.col(output);
  }
  FilterResult result = filter_path(system, path, p.start());
  CHECK(result.log_likelihood == 0.0);
  CHECK(result.noise_free == 20);
  path.outputs[0].y(1, 3) += 1e-10;
  CHECK(filter_path(system, path, p.start()).log_likelihood ==
        -std::numeric_limits<double>::infinity());
  for (Observed& seen : path.outputs) seen.sigma.setConstant(0.5);
  result = filter_path(system, path, p.start());
  CHECK(result.log_likelihood ==
        Approx(-20.0 * std::log(0.5 * std::sqrt(2.0 * std::numbers::pi))).epsilon(1e-12));
}

TEST_CASE("filter: what was seen exactly twice has no density the second time") {
  // Undamped and without noise: two exact positions tell the velocity, and all that follows.
  core::SecondOrderSystem system = small::oscillator(0.0, 4.0);
  const dynamics::GaussianStart start{MatrixXd::Zero(2, 2), MatrixXd::Identity(2, 2)};
  ObservedPath path{{0.0, 0.3, 0.7, 1.9}, {see({0}, 2, 4, 0, 0.0), see({}, 2, 4, 1, 0.0)}};
  system.f.setZero();
  for (Index k = 0; k < 4; ++k) {
    path.outputs[0].y(0, k) = 0.7 * std::cos(2.0 * path.times[static_cast<std::size_t>(k)] + 0.4);
  }
  FilterResult result = filter_path(system, path, start);
  CHECK(std::isfinite(result.log_likelihood));
  CHECK(result.observations == 2);
  CHECK(result.noise_free == 2);
  path.outputs[0].y(0, 3) += 1e-8;
  CHECK(std::isinf(filter_path(system, path, start).log_likelihood));
}

TEST_CASE("filter mistake: sizes, errors of measurement, start, times") {
  const Stationary p(small::general());
  const auto message_of = [&](const ObservedPath& path, const dynamics::GaussianStart& start) {
    try {
      filter_path(p.system, path, start);
    } catch (const core::ParameterError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  ObservedPath path = make_path(0.1);
  path.outputs[1].sigma(0) = -1.0;
  CHECK_THAT(message_of(path, p.start()),
             ContainsSubstring("output 2 of the observed path: a standard deviation"));
  path = make_path(0.1);
  path.outputs[0].y.conservativeResize(3, 4);
  CHECK_THAT(message_of(path, p.start()), ContainsSubstring("y 3 x 4, with 3 standard") &&
                                              ContainsSubstring("must be r x 6, r x 5 and r"));
  path = make_path(0.1);
  path.outputs[0].y(0, 0) = std::numeric_limits<double>::infinity();
  CHECK_THAT(message_of(path, p.start()), ContainsSubstring("a value is infinite"));
  path = make_path(0.1);
  path.outputs.pop_back();
  CHECK_THAT(message_of(path, p.start()), ContainsSubstring("1 outputs, the system 2"));
  path = make_path(0.1);
  path.times[1] = 3.0;
  CHECK_THAT(message_of(path, p.start()), ContainsSubstring("a time of 1.25 follows one of 3"));
  dynamics::GaussianStart start = p.start();
  start.covariance(0, 1) = start.covariance(1, 0) = 5.0;
  CHECK_THAT(message_of(make_path(0.1), start), ContainsSubstring("must be positive semidefinite"));
  start = p.start();
  start.mean.conservativeResize(3, 2);
  CHECK_THAT(message_of(make_path(0.1), start), ContainsSubstring("a mean of 3 x 2"));
}
