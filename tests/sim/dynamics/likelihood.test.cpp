#include "sim/dynamics/likelihood.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "core/error.hpp"
#include "sim/dynamics/gap_cache.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/observed_system.hpp"

using namespace springspice;
using dynamics::compute_path_likelihood;
using dynamics::PathLikelihood;
using small::Index;
using small::MatrixXd;
using small::Stationary;

namespace {

const std::vector<double> kTimes = {0.0, 0.5, 1.25, 1.75, 4.0};

// theta_k of output p is sin(1 + i + 2 p + 3 k), as in the reference program.
core::State make_state(const core::SecondOrderSystem& system, int k) {
  const Index nu = system.size();
  const auto value = [&](Index i, Index p) {
    return std::sin(1.0 + static_cast<double>(i) + 2.0 * static_cast<double>(p) + 3.0 * k);
  };
  core::State state;
  state.x = MatrixXd::NullaryExpr(nu, 2, [&](Index i, Index p) { return value(i, p); });
  const Index moving = system.dynamics == small::Dynamics::underdamped ? nu : 0;
  state.v = MatrixXd::NullaryExpr(moving, 2, [&](Index i, Index p) { return value(nu + i, p); });
  return state;
}

std::vector<core::State> make_states(const core::SecondOrderSystem& system) {
  std::vector<core::State> states;
  for (int k = 0; k < 5; ++k) states.push_back(make_state(system, k));
  return states;
}

// The path that the system takes by itself, from state 0 of above.
std::vector<core::State> make_quiet_path(const core::SecondOrderSystem& system) {
  const dynamics::DenseDrift drift = dynamics::make_dense_drift(system);
  const Index nu = system.size();
  std::vector<core::State> states = {make_state(system, 0)};
  MatrixXd theta(2 * nu, 2);
  theta << states[0].x, states[0].v;
  for (std::size_t k = 1; k < kTimes.size(); ++k) {
    const core::Moments moments =
        core::propagate_moments(drift.A, drift.b, drift.Q, kTimes[k] - kTimes[k - 1]);
    theta = (moments.propagator * theta + moments.drift).eval();
    states.push_back({theta.topRows(nu), theta.bottomRows(nu)});
  }
  return states;
}

}  // namespace

TEST_CASE("path likelihood: scipy's values, under- and overdamped, gaps of any length") {
  const core::SecondOrderSystem system = small::sticks(small::NoiseModel::diagonal);
  const PathLikelihood path = compute_path_likelihood(system, kTimes, make_states(system));
  // Sigma's condition is about 1e3.
  CHECK(path.log_likelihood == Approx(-1379.814177517964).epsilon(1e-12));
  CHECK(path.observations == 4 * 2 * 6);
  CHECK(path.noise_free == 0);
  const core::SecondOrderSystem overdamped = small::general(small::Dynamics::overdamped);
  CHECK(compute_path_likelihood(overdamped, kTimes, make_states(overdamped)).log_likelihood ==
        Approx(-56.35044057528866).epsilon(1e-12));
}

TEST_CASE("path likelihood: is what the filter says that sees all without error") {
  for (const core::SecondOrderSystem& system :
       {small::sticks(small::NoiseModel::diagonal), small::general()}) {
    const std::vector<core::State> states = make_states(system);
    const PathLikelihood path = compute_path_likelihood(system, kTimes, states);
    dynamics::ObservedPath observed{kTimes, {}};
    dynamics::GaussianStart start{MatrixXd(6, 2), MatrixXd::Zero(6, 6)};
    for (Index p = 0; p < 2; ++p) {
      MatrixXd y(6, 5);
      for (Index k = 0; k < 5; ++k) {
        const core::State& state = states[static_cast<std::size_t>(k)];
        y.col(k) << state.x.col(p), state.v.col(p);
      }
      observed.outputs.push_back({MatrixXd::Identity(6, 6), y, Eigen::VectorXd::Zero(6)});
      start.mean.col(p) = y.col(0);
    }
    const dynamics::FilterResult result = dynamics::filter_path(system, observed, start);
    CHECK(result.log_likelihood == Approx(path.log_likelihood).epsilon(1e-11));
    CHECK(result.chi_squared() == Approx(path.chi_squared).epsilon(1e-11));
    CHECK(result.observations == path.observations);
    CHECK(result.noise_free == 12);  // the first state, which is the start
  }
}

TEST_CASE("path likelihood: a path that was drawn exactly is as likely as it should be") {
  const Stationary p(small::general());
  const Index count = 400;
  std::vector<double> times;
  std::vector<core::State> states(static_cast<std::size_t>(count),
                                  {MatrixXd(3, 2), MatrixXd(3, 2)});
  for (Index output = 0; output < 2; ++output) {
    const MatrixXd path = small::draw_path(p, output, 0.1, count, 5 + output);
    for (Index k = 0; k < count; ++k) {
      core::State& state = states[static_cast<std::size_t>(k)];
      state.x.col(output) = path.col(k).head(3);
      state.v.col(output) = path.col(k).tail(3);
    }
  }
  for (Index k = 0; k < count; ++k) times.push_back(0.1 * static_cast<double>(k));
  const PathLikelihood truth = compute_path_likelihood(p.system, times, states);
  // Chi-squared: mean n, variance 2 n; four standard deviations, level 6e-5.
  const auto n = static_cast<double>(truth.observations);
  CHECK(n == 399 * 12);
  CHECK(std::abs(truth.chi_squared - n) < 4.0 * std::sqrt(2.0 * n));
  // Of a wrong model 2 (l - l') has a mean that grows with n; with 4788 numbers 20 % in kT make it
  // n (ln 1.2 + 1/1.2 - 1) = 75, with a standard deviation of sqrt(2 n) / 6 = 16.
  core::SecondOrderSystem other = p.system;
  other.kT *= 1.2;
  CHECK(truth.log_likelihood > compute_path_likelihood(other, times, states).log_likelihood);
  other = p.system;
  other.K *= 1.2;
  CHECK(truth.log_likelihood > compute_path_likelihood(other, times, states).log_likelihood);
}

TEST_CASE("path likelihood: at kT = 0 a path is as the equations have it, or impossible") {
  core::SecondOrderSystem system = small::general();
  system.kT = 0.0;
  std::vector<core::State> states = make_quiet_path(system);
  PathLikelihood path = compute_path_likelihood(system, kTimes, states);
  CHECK(path.log_likelihood == 0.0);
  CHECK(path.observations == 0);
  CHECK(path.noise_free == 4 * 2 * 6);
  states[2].x(1, 1) += 1e-9;
  path = compute_path_likelihood(system, kTimes, states);
  CHECK(path.log_likelihood == -std::numeric_limits<double>::infinity());
}

TEST_CASE("path likelihood: coordinates without noise must be exact, the others have the density") {
  // Coordinate 2 has neither friction nor a spring to the others.
  MatrixXd D = MatrixXd::Identity(3, 3);
  D(2, 2) = 0.0;
  const MatrixXd K = small::matrix_3(3, -1, 0, 2, 0, 1.5);
  const core::SecondOrderSystem system =
      small::make(small::Dynamics::underdamped, MatrixXd::Identity(3, 3), D, K);
  std::vector<core::State> states = make_states(system);
  const std::vector<core::State> quiet = make_quiet_path(system);
  CHECK(std::isinf(compute_path_likelihood(system, kTimes, states).log_likelihood));
  for (std::size_t k = 0; k < states.size(); ++k) {
    states[k].x.row(2) = quiet[k].x.row(2);
    states[k].v.row(2) = quiet[k].v.row(2);
  }
  const PathLikelihood path = compute_path_likelihood(system, kTimes, states);
  core::SecondOrderSystem two = small::make(small::Dynamics::underdamped, MatrixXd::Identity(2, 2),
                                            MatrixXd::Identity(2, 2), K.topLeftCorner(2, 2));
  std::vector<core::State> seen;
  for (const core::State& state : states) seen.push_back({state.x.topRows(2), state.v.topRows(2)});
  CHECK(path.log_likelihood ==
        Approx(compute_path_likelihood(two, kTimes, seen).log_likelihood).epsilon(1e-12));
  CHECK(path.noise_free == 4 * 2 * 2);
}

TEST_CASE("path likelihood: noise that is singular along a combination of coordinates is refused") {
  // Noise acts on x0 + x1 alone, and the springs are the same for both.
  MatrixXd D = MatrixXd::Zero(2, 2);
  D << 0.5, 0.5, 0.5, 0.5;
  const core::SecondOrderSystem system = small::make(
      small::Dynamics::underdamped, MatrixXd::Identity(2, 2), D, MatrixXd::Identity(2, 2));
  CHECK_THROWS_WITH(compute_path_likelihood(system, kTimes, make_states(system)),
                    ContainsSubstring("does not reach every direction") &&
                        ContainsSubstring("--measurement-noise above 0"));
}

TEST_CASE("path likelihood mistake: sizes, times, numbers") {
  const core::SecondOrderSystem system = small::general();
  std::vector<core::State> states = make_states(system);
  CHECK_THROWS_WITH(compute_path_likelihood(system, std::vector<double>{0.0}, states),
                    ContainsSubstring("1 times and 5 states"));
  std::vector<double> times = kTimes;
  times[3] = times[2];
  CHECK_THROWS_WITH(compute_path_likelihood(system, times, states),
                    ContainsSubstring("a time of 1.25 follows one of 1.25"));
  states[1].x(0, 0) = std::nan("");
  CHECK_THROWS_WITH(compute_path_likelihood(system, kTimes, states),
                    ContainsSubstring("state 1 of the path is not finite"));
  states[1].v.resize(0, 2);
  CHECK_THROWS_WITH(compute_path_likelihood(system, kTimes, states),
                    ContainsSubstring("0 x 2 velocities, but the system has 3 coordinates"));
}

TEST_CASE("gap cache: gaps that differ by the rounding of their times are one") {
  int made = 0;
  dynamics::GapCache<double> cache([&](double gap) {
    ++made;
    return gap;
  });
  for (int k = 1; k < 1000; ++k) cache.between(0.1 * (k - 1), 0.1 * k);
  CHECK(made == 1);
  CHECK(cache.between(5.0, 5.2) == Approx(0.2).epsilon(1e-15));
  CHECK(made == 2);
  cache.between(0.0, 0.1);
  CHECK(made == 2);
  cache.between(0.0, 0.1 * (1.0 + 1e-12));
  CHECK(made == 3);
  for (int k = 1; k < 40; ++k) cache.between(0.0, k);
  cache.between(0.0, 0.1);  // pushed out by then
  CHECK(made == 43);
  CHECK_THROWS_AS(cache.between(1.0, std::nan("")), core::ParameterError);
}
