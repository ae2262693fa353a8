#include "sim/thermo/paper_barrier.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Cholesky>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "core/langevin.hpp"
#include "core/moments.hpp"
#include "core/random.hpp"
#include "sim/thermo/work_estimators.hpp"
#include "tests/catch.hpp"

using namespace springspice;
using core::ParameterError;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using thermo::compute_paper_barrier;
using thermo::PaperBarrier;
using thermo::PaperSettings;

namespace {

struct Model {
  core::SecondOrderSystem system;
  double constant = 0.0, loss_unit = 0.0;
};

// The paper's data, 20 points of f(x) = x on [0, 2 pi], m outputs x, 2 x, ...
Model make_paper(int sticks, double spring, double mass, double kT, double gamma,
                 std::size_t outputs = 1) {
  core::DataSprings data(core::Grid({{"x", sticks, 0.0, 2.0 * std::numbers::pi}}), outputs);
  for (int j = 0; j < 20; ++j) {
    const double u = 2.0 * std::numbers::pi * j / 19.0;
    std::vector<double> y;
    for (std::size_t p = 1; p <= outputs; ++p) y.push_back(static_cast<double>(p) * u);
    data.add({&u, 1}, y);
  }
  core::Parameters parameters;
  parameters.mass = mass;
  parameters.mass_is_total = true;
  parameters.spring = spring;
  parameters.friction = gamma;
  parameters.kT = kT;
  parameters.noise_model = core::NoiseModel::diagonal;
  return {core::make_system(data, parameters), core::potential_constant(data, parameters),
          spring * 10.0 * static_cast<double>(outputs)};
}

PaperBarrier compute(const Model& model, const PaperSettings& settings) {
  return compute_paper_barrier(model.system, model.constant, model.loss_unit, settings);
}

PaperSettings brief(double t_end, std::uint64_t runs) {
  PaperSettings settings;
  settings.t_end = t_end;
  settings.runs = runs;
  settings.rows = 4;
  return settings;
}

// <v v^T> and <x x^T> with their means start as those of independent uniform numbers.
struct Exact {
  double kinetic_change, loss;
};
Exact exact_moments(const Model& model, double low, double high, double t) {
  const Index nu = model.system.size();
  const core::LangevinSystem langevin = core::make_langevin(model.system);
  const MatrixXd Q = MatrixXd(langevin.B * langevin.B.transpose());
  const core::Moments m = core::propagate_moments(MatrixXd(langevin.A), langevin.b, Q, t);
  const double spread = std::pow(high - low, 2) / 12.0, middle = (low + high) / 2.0;
  const VectorXd mean = m.propagator * VectorXd::Constant(2 * nu, middle) + m.drift.col(0);
  const MatrixXd second =
      spread * m.propagator * m.propagator.transpose() + m.covariance + mean * mean.transpose();
  const double start = static_cast<double>(nu) * (spread + middle * middle);
  const double half_mass = *model.system.stick_mass / 2.0;
  const MatrixXd K = model.system.K;
  const double energy = model.constant + 0.5 * (K * second.topLeftCorner(nu, nu)).trace() -
                        model.system.f.col(0).dot(mean.head(nu));
  return {half_mass * (second.bottomRightCorner(nu, nu).trace() - start), energy / model.loss_unit};
}

}  // namespace

TEST_CASE("paper barrier: one path by hand, step by step, is the scheme and the rule it says") {
  const Model model = make_paper(2, 0.3, 1.4, 0.2, 1.5);
  PaperSettings settings = brief(0.01, 2);
  settings.seed = 7;
  const PaperBarrier barrier = compute(model, settings);
  const Index nu = 3;
  const MatrixXd M = model.system.M, K = model.system.K;
  const double h = settings.step, mass = 0.7;
  REQUIRE(barrier.work.size() == 2);
  for (std::uint64_t run = 0; run < 2; ++run) {
    VectorXd x(nu), v(nu);
    for (Index i = 0; i < nu; ++i) {
      const auto index = static_cast<std::uint64_t>(i);
      x[i] = 3.0 * core::uniform(7, run, index);
      v[i] = 3.0 * core::uniform(7, run, index + 3);
    }
    double work = 0.0, before = 0.0;
    for (std::uint64_t k = 0; k <= 10; ++k) {
      const VectorXd a = M.llt().solve(model.system.f.col(0) - K * x) - 1.5 * v;
      const double power = mass * a.dot(v);
      if (k > 0) work += h / 2.0 * (before + power);
      before = power;
      x += h * v;
      for (Index i = 0; i < nu; ++i) {
        const double n = core::normals({7, run + 1, static_cast<std::uint64_t>(i), k / 4})[k % 4];
        v[i] += h * a[i] + std::sqrt(h * 2.0 * 1.5 * 0.2 / mass) * n;
      }
    }
    CHECK(barrier.work[run] == Approx(work).epsilon(1e-12));
  }
}

TEST_CASE("paper barrier: it is Jarzynski's mean of what is no work") {
  const Model model = make_paper(1, 1e-3, 1e-3, 1.0, 4.0);
  const PaperBarrier barrier = compute(model, brief(0.5, 64));
  REQUIRE(barrier.rows.size() == 5);
  std::vector<double> reduced = barrier.work;
  double sum = 0.0;
  for (double& w : reduced) {
    sum += w;
    w /= model.system.kT;
  }
  const thermo::Estimate estimate = thermo::estimate_jarzynski(reduced, 0.0);
  const thermo::BarrierRow& last = barrier.rows.back();
  CHECK(last.barrier == Approx(-estimate.value).epsilon(1e-14));
  CHECK(last.error == Approx(estimate.error).epsilon(1e-12));
  CHECK(last.mean_work == Approx(sum / 64.0).epsilon(1e-13));
  CHECK(last.time == Approx(0.5).epsilon(1e-14));
  CHECK(barrier.rows[1].time == Approx(0.125).epsilon(1e-14));
  CHECK(barrier.rows.front().barrier == 0.0);
  CHECK(barrier.rows.front().bath == 0.0);
}

TEST_CASE("paper barrier: W is the change of kinetic energy less the bath's share, on average") {
  for (const double spring : {1e-3, 0.05}) {
    CAPTURE(spring);
    const double gamma = 2.0, mass = 0.5;
    const Model model = make_paper(2, spring, 2.0 * mass, 0.8, gamma);
    const PaperSettings settings = brief(0.5, 300);
    const PaperBarrier barrier = compute(model, settings);
    // Euler's step makes M_s h / 2 |a|^2 of kinetic energy from nothing. K is at most 20 k and M at
    // least M_s / 6 (as is each stick's), so M_s / 2 |M^-1 (f - K x)|^2 is at most 720 k / M_s U.
    double excess = 0.0;
    for (std::size_t j = 1; j < barrier.rows.size(); ++j) {
      const thermo::BarrierRow& row = barrier.rows[j];
      CHECK(row.bath == Approx(gamma * 3.0 * 0.8 * row.time).epsilon(1e-14));
      const double U = std::max(row.loss, barrier.rows.front().loss) * model.loss_unit;
      const double kinetic = mass / 2.0 * 9.0 + std::max(0.0, row.kinetic_change);
      excess =
          2.0 * settings.step * row.time * (720.0 * spring / mass * U + gamma * gamma * kinetic);
      const double off = row.mean_work - (row.kinetic_change - row.bath);
      CHECK(std::abs(off) < 4.0 * row.work_error + excess);
    }
    const thermo::BarrierRow& last = barrier.rows.back();
    CHECK(last.bath > 2.0 * (4.0 * last.work_error + excess));  // what is left out would show
  }
}

TEST_CASE("paper barrier: kinetic energy and loss are those of the exact moments") {
  const Model model = make_paper(3, 0.2, 3.0, 0.5, 1.0);
  const PaperSettings settings = brief(0.5, 1000);
  const PaperBarrier barrier = compute(model, settings);
  const Exact exact = exact_moments(model, 0.0, 3.0, 0.5);
  const thermo::BarrierRow& last = barrier.rows.back();
  // Both are sums of squares of nearly Gaussian numbers: a relative spread below sqrt(2) a run.
  const double share = 4.0 * std::sqrt(2.0 / 1000.0) + 2.0 * settings.step;
  const double half = *model.system.stick_mass / 2.0 * 4.0 * 3.0;  // <v^2> is 3 at the start
  CHECK(last.kinetic_change == Approx(exact.kinetic_change).margin(share * (half + 1.0)));
  CHECK(last.loss == Approx(exact.loss).epsilon(share));
  CHECK(barrier.rows.front().loss ==
        Approx(exact_moments(model, 0.0, 3.0, 0.0).loss).epsilon(share));
}

TEST_CASE("paper barrier: one weak stick has the published 34 kT, because the run ends there") {
  const Model model = make_paper(1, 1e-30, 1e-30, 1.38e-23, 1.0);
  PaperSettings settings;
  settings.rows = 2;
  const PaperBarrier barrier = compute(model, settings);
  const double kT = model.system.kT;
  // 100 paths scatter: 60 repetitions with other seeds have a standard deviation of 4.0 kT about
  // 33.5, those of half the run 3.6 about 18.1.
  CHECK(barrier.rows[2].barrier / kT == Approx(34.0).margin(2.0 * 4.0));
  CHECK(barrier.rows[1].barrier / kT == Approx(18.1).margin(2.0 * 3.6));
  // The bath's share is gamma nu kT t = 20 kT, and the mean of an exponential is more (Jensen).
  CHECK(barrier.rows[2].bath / kT == Approx(20.0).epsilon(1e-12));
  CHECK(barrier.rows[2].barrier > -barrier.rows[2].mean_work);
}

TEST_CASE("paper barrier: units do not matter, 1e-30 kg as little as others") {
  // Times 2^-100 for mass, springs and kT: every number is the same but for the power of two.
  const double scale = 0x1p-100;
  const PaperSettings settings = brief(0.2, 20);
  const PaperBarrier here = compute(make_paper(2, 0.3, 2.0, 0.8, 2.0), settings);
  const PaperBarrier there =
      compute(make_paper(2, 0.3 * scale, 2.0 * scale, 0.8 * scale, 2.0), settings);
  for (std::size_t j = 0; j < here.rows.size(); ++j) {
    CHECK(there.rows[j].barrier / scale == Approx(here.rows[j].barrier).epsilon(1e-10));
    CHECK(there.rows[j].loss == Approx(here.rows[j].loss).epsilon(1e-10));
    CHECK(there.rows[j].mean_work / scale == Approx(here.rows[j].mean_work).epsilon(1e-10));
  }
}

TEST_CASE("paper barrier: the same bits for any number of threads; two outputs are added up") {
  const Model model = make_paper(2, 0.3, 2.0, 0.8, 2.0, 2);
  PaperSettings settings = brief(0.1, 70);
  const PaperBarrier one = compute(model, settings);
  settings.threads = 3;
  const PaperBarrier three = compute(model, settings);
  CHECK(one.work == three.work);
  CHECK(one.rows.back().barrier == three.rows.back().barrier);
  CHECK(one.rows.back().loss == three.rows.back().loss);
  CHECK(one.rows.back().bath == Approx(2.0 * 6.0 * 0.8 * 0.1).epsilon(1e-14));
  settings.seed = 2;
  CHECK(compute(model, settings).work != one.work);
}

TEST_CASE("paper barrier: rows never outnumber steps, and a stopped run says so") {
  const Model model = make_paper(1, 0.3, 2.0, 0.8, 2.0);
  PaperSettings settings = brief(0.003, 2);
  settings.rows = 100;
  CHECK(compute(model, settings).rows.size() == 4);
  settings.stop = [] { return true; };
  const PaperBarrier stopped = compute(model, settings);
  CHECK(!stopped.complete);
  CHECK(stopped.work.empty());
  CHECK(stopped.rows.empty());
}

TEST_CASE("paper barrier refuses what the paper does not have") {
  const Model model = make_paper(2, 0.3, 2.0, 0.8, 2.0);
  const auto with = [&](auto&& change) {
    Model other = model;
    PaperSettings settings = brief(0.1, 5);
    change(other.system, settings);
    return compute(other, settings);
  };
  CHECK_THROWS_WITH(with([](auto& s, auto&) { s.kT = 0.0; }), ContainsSubstring("kT is 0"));
  CHECK_THROWS_WITH(with([](auto& s, auto&) { s.dynamics = core::Dynamics::overdamped; }),
                    ContainsSubstring("--dynamics underdamped"));
  CHECK_THROWS_WITH(with([](auto& s, auto&) { s.stick_mass.reset(); }),
                    ContainsSubstring("--system"));
  CHECK_THROWS_WITH(with([](auto& s, auto&) { s.D.coeffRef(0, 0) *= 2.0; }),
                    ContainsSubstring("D = gamma M"));
  CHECK_THROWS_WITH(with([](auto& s, auto&) { s.noise_model = core::NoiseModel::fdt; }),
                    ContainsSubstring("--noise-model diagonal"));
  CHECK_THROWS_WITH(with([](auto& s, auto&) { s.K *= 1e8; }), ContainsSubstring("largest stable"));
  CHECK_THROWS_WITH(with([](auto& s, auto&) { s.D *= 0.0; }), ContainsSubstring("--friction"));
  CHECK_THROWS_WITH(with([](auto&, auto& s) { s.runs = 1; }), ContainsSubstring("1 runs"));
  CHECK_THROWS_WITH(with([](auto&, auto& s) { s.step = 0.0; }), ContainsSubstring("the step is 0"));
  CHECK_THROWS_WITH(with([](auto&, auto& s) { s.t_end = 1e-4; }),
                    ContainsSubstring("at least the step"));
  CHECK_THROWS_WITH(with([](auto&, auto& s) { s.step = 1e-300; }),
                    ContainsSubstring("more than 1e+12 steps"));
  CHECK_THROWS_WITH(with([](auto&, auto& s) { s.low = 5.0; }), ContainsSubstring("[5, 3)"));
  CHECK_THROWS_AS(with([](auto&, auto& s) { s.high = INFINITY; }), ParameterError);
}
