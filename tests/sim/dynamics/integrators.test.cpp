// One battery of physics tests over all schemes.
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/moments.hpp"
#include "sim/dynamics/exact_dense.hpp"
#include "sim/dynamics/integrator.hpp"
#include "sim/dynamics/stable_step.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/one_step.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

using namespace springspice;
using namespace springspice::test;
using dynamics::Integrator;
using dynamics::make_integrator;
using dynamics::Scheme;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using small::Prepared;

namespace {

constexpr Scheme kAll[] = {Scheme::exact, Scheme::midpoint, Scheme::baoab, Scheme::euler_maruyama};

std::unique_ptr<Integrator> make(Scheme scheme, const Prepared& p, double h) {
  return make_integrator(scheme, p.system, p.modes, h);
}

// A's exponential and the covariance by the general route.
core::Moments exact_moments(const core::SecondOrderSystem& system, double t) {
  const core::LangevinSystem langevin = core::make_langevin(system);
  return core::propagate_moments(MatrixXd(langevin.A), langevin.b,
                                 MatrixXd(langevin.B * langevin.B.transpose()), t);
}

MatrixXd stationary_covariance(const core::SecondOrderSystem& system) {
  const core::LangevinSystem langevin = core::make_langevin(system);
  return core::solve_lyapunov(MatrixXd(langevin.A), MatrixXd(langevin.B * langevin.B.transpose()));
}

double relative_difference(const MatrixXd& value, const MatrixXd& wanted) {
  return (value - wanted).cwiseAbs().maxCoeff() / wanted.cwiseAbs().maxCoeff();
}

// Entry by entry, beside the standard deviations of the two coordinates.
double largest_share(const MatrixXd& value, const MatrixXd& wanted) {
  const VectorXd scale = wanted.diagonal().cwiseSqrt();
  return ((value - wanted).array() / (scale * scale.transpose()).array()).abs().maxCoeff();
}

VectorXd run(const Integrator& integrator, const VectorXd& theta0, std::uint64_t steps,
             Index outputs = 1) {
  dynamics::Columns columns(integrator, 1, 0, 1, outputs);
  for (Index p = 0; p < outputs; ++p) columns.set(p, theta0);
  integrator.advance(columns, steps);
  MatrixXd theta;
  columns.read(theta);
  return theta.col(0);
}

Prepared quiet(core::SecondOrderSystem system) {
  system.kT = 0.0;
  return Prepared(std::move(system));
}

double order(double coarse, double fine) { return std::log2(coarse / fine); }

}  // namespace

TEST_CASE("integrators: one spring's closed form") {
  // x'' + 0.5 x' + 4 x = f: x = 1/4 f + e^(-t/4) (...), omega^2 = 4 - 1/16.
  Prepared p = quiet(small::oscillator(0.5, 4.0));
  p.system.f.resize(1, 1);
  p.system.f(0, 0) = 2.0;
  const double x0 = -1.0, v0 = 0.25, t = 1.5, rest = 0.5;
  const double omega = std::sqrt(4.0 - 0.0625), decay = std::exp(-0.25 * t);
  const double a = x0 - rest, b = (v0 + 0.25 * a) / omega;
  const double x = rest + decay * (a * std::cos(omega * t) + b * std::sin(omega * t));
  const auto error = [&](Scheme scheme, std::uint64_t steps) {
    const auto made = make(scheme, p, t / static_cast<double>(steps));
    return std::abs(run(*made, Eigen::Vector2d(x0, v0), steps)(0) - x);
  };
  CHECK(error(Scheme::exact, 1) < 1e-15);
  CHECK(error(Scheme::exact, 1000) < 1e-13);  // 1000 roundings
  for (const Scheme scheme : {Scheme::midpoint, Scheme::baoab}) {
    INFO(dynamics::to_string(scheme));
    CHECK(order(error(scheme, 64), error(scheme, 128)) == Approx(2.0).margin(0.1));
  }
  CHECK(order(error(Scheme::euler_maruyama, 512), error(Scheme::euler_maruyama, 1024)) ==
        Approx(1.0).margin(0.1));
}

TEST_CASE("integrators: without friction the energy stays, or there is no stable step") {
  core::SecondOrderSystem system = small::sticks(small::NoiseModel::fdt);
  system.D = 0.0 * system.M;
  system.f.setZero();
  const Prepared p = quiet(system);
  const VectorXd start = (VectorXd(6) << 1, -0.5, 0.25, 0.1, 0.2, -0.3).finished();
  const auto energy = [&](const VectorXd& theta) {
    const VectorXd x = theta.head(3), v = theta.tail(3);
    return 0.5 * v.dot(p.system.M * v) + 0.5 * x.dot(p.system.K * x);
  };
  const double fastest = std::sqrt(p.modes->stiffness(2));
  const double h = 0.2 / fastest;
  const double before = energy(start);
  // Rounding walks: 1e5 steps of some eps each, here even if all had one sign.
  CHECK(std::abs(energy(run(*make(Scheme::exact, p, h), start, 100000)) / before - 1) < 1e-10);
  CHECK(std::abs(energy(run(*make(Scheme::midpoint, p, h), start, 100000)) / before - 1) < 1e-10);
  // A modified energy that differs by at most (h omega)^2/4 of each mode's is kept.
  for (const std::uint64_t steps : {10u, 1000u, 100000u}) {
    CHECK(std::abs(energy(run(*make(Scheme::baoab, p, h), start, steps)) / before - 1) < 0.02);
  }
  CHECK_THROWS_WITH(make(Scheme::euler_maruyama, p, 1e-6),
                    Catch::Contains("no stable step") && Catch::Contains("friction"));
}

TEST_CASE("integrators: the stationary covariance of each scheme") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  const MatrixXd wanted = stationary_covariance(p.system);
  const double h = 0.1;
  for (const double step : {h, 10.0}) {
    INFO("step " << step);
    CHECK(largest_share(read_off(*make(Scheme::exact, p, step), 2).stationary(), wanted) < 1e-12);
    CHECK(largest_share(read_off(*make(Scheme::midpoint, p, step), 2).stationary(), wanted) <
          1e-11);
  }
  const MatrixXd baoab = read_off(*make(Scheme::baoab, p, h), 2).stationary();
  CHECK(largest_share(baoab.topLeftCorner(3, 3), wanted.topLeftCorner(3, 3)) < 1e-12);
  // In the modes the velocity's variance is kT (1 - (h omega)^2/4).
  const MatrixXd& shapes = p.modes->shapes;
  const MatrixXd in_modes =
      shapes.transpose() * p.system.M * baoab.bottomRightCorner(3, 3) * p.system.M * shapes;
  for (Index k = 0; k < 3; ++k) {
    const double low = 1.0 - h * h * p.modes->stiffness(k) / 4.0;
    CHECK(in_modes(k, k) == Approx(small::kT * low).epsilon(1e-11));
  }
  const auto euler_error = [&](double step) {
    return largest_share(read_off(*make(Scheme::euler_maruyama, p, step), 2).stationary(), wanted);
  };
  CHECK(order(euler_error(1e-3), euler_error(5e-4)) == Approx(1.0).margin(0.05));
}

TEST_CASE("integrators: the paper's step has 2.01 times the velocity's variance") {
  // Free particle, gamma = 10, h = 0.1: kT / (1 - gamma h / 2) = 2 kT; with a weak spring 2.01.
  const Prepared p(small::oscillator(10.0, 0.05));
  const MatrixXd theta = read_off(*make(Scheme::euler_maruyama, p, 0.1), 2).stationary();
  CHECK(theta(1, 1) / small::kT == Approx(2.01).margin(0.01));
}

TEST_CASE("integrators: diagonal noise and a general D, too") {
  for (const core::SecondOrderSystem& system :
       {small::sticks(small::NoiseModel::diagonal), small::general()}) {
    const Prepared p(system);
    const MatrixXd wanted = stationary_covariance(p.system);
    for (const Scheme scheme : {Scheme::exact, Scheme::midpoint}) {
      const auto made = make(scheme, p, 0.3);
      INFO(made->name());
      CHECK(largest_share(read_off(*made, 2).stationary(), wanted) < 1e-11);
    }
  }
}

TEST_CASE("integrators: overdamped, mean and covariance") {
  const Prepared p(small::general(small::Dynamics::overdamped));
  const MatrixXd wanted = small::kT * MatrixXd(p.system.K).inverse();
  for (const double h : {0.05, 3.0}) {
    CHECK(largest_share(read_off(*make(Scheme::exact, p, h), 2).stationary(), wanted) < 1e-12);
    CHECK(largest_share(read_off(*make(Scheme::midpoint, p, h), 2).stationary(), wanted) < 1e-11);
  }
  CHECK_THROWS_WITH(make(Scheme::baoab, p, 0.1), Catch::Contains("overdamped"));
  const auto euler_error = [&](double h) {
    return largest_share(read_off(*make(Scheme::euler_maruyama, p, h), 2).stationary(), wanted);
  };
  CHECK(order(euler_error(2e-3), euler_error(1e-3)) == Approx(1.0).margin(0.05));
}

TEST_CASE("integrators: the weak order, of mean and covariance at a fixed time") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  const double t = 1.0;
  const core::Moments wanted = exact_moments(p.system, t);
  const VectorXd start = VectorXd::Constant(6, 0.5);
  for (const Scheme scheme : kAll) {
    if (scheme == Scheme::exact) continue;
    const auto errors = [&](int steps) {
      const OneStep one = read_off(*make(scheme, p, t / steps), 2);
      VectorXd mean = start;
      for (int i = 0; i < steps; ++i) mean = one.P * mean + one.g;
      const VectorXd mean_wanted = wanted.propagator * start + wanted.drift.col(0);
      return std::pair{(mean - mean_wanted).norm(),
                       (one.covariance_after(steps) - wanted.covariance).norm()};
    };
    const auto coarse = errors(256), fine = errors(512);
    const double nominal = scheme == Scheme::euler_maruyama ? 1.0 : 2.0;
    INFO(dynamics::to_string(scheme));
    CHECK(order(coarse.first, fine.first) == Approx(nominal).margin(0.1));
    CHECK(order(coarse.second, fine.second) == Approx(nominal).margin(0.1));
  }
}

TEST_CASE("integrators: the exact ones at steps from 1e-9 to 1e9 relaxation times") {
  // Two independent routes: modes with closed forms, and dense doubling.
  for (const double h : {1e-9, 1e-6, 1e-3, 0.1, 1.0, 30.0, 1e3, 1e6, 1e9}) {
    INFO("step " << h);
    const Prepared p(small::sticks(small::NoiseModel::fdt));
    const OneStep modal = read_off(*make(Scheme::exact, p, h), 2);
    const OneStep dense = read_off(*dynamics::ExactDense::make(p.system, h), 2);
    CHECK(largest_share(modal.N * modal.N.transpose(), dense.N * dense.N.transpose()) < 1e-11);
    // Without noise, which would hide a small step's drift. In units in which a step's positions
    // and velocities compare: v h beside x.
    const Prepared still = quiet(small::sticks(small::NoiseModel::fdt));
    const OneStep a = read_off(*make(Scheme::exact, still, h), 2);
    const OneStep b = read_off(*dynamics::ExactDense::make(still.system, h), 2);
    const double unit = std::min(h, 1.0);
    const VectorXd units = (VectorXd(6) << 1, 1, 1, unit, unit, unit).finished();
    const MatrixXd away = units.asDiagonal() * (a.P - b.P);
    CHECK(away.cwiseAbs().maxCoeff() < 1e-12);
    const VectorXd drift = units.asDiagonal() * b.g;
    CHECK((units.asDiagonal() * (a.g - b.g)).cwiseAbs().maxCoeff() <
          1e-12 * drift.cwiseAbs().maxCoeff());
  }
}

TEST_CASE("integrators: critically damped (defective A), undamped and free modes") {
  struct Case {
    double gamma, omega2;
  };
  for (const Case c : {Case{4.0, 4.0}, Case{0.0, 4.0}, Case{1.0, 0.0}, Case{0.0, 0.0},
                       Case{1e3, 1e-3}, Case{1e-3, 1e3}}) {
    for (const double h : {1e-6, 0.01, 1.0, 100.0}) {
      INFO("gamma " << c.gamma << ", omega^2 " << c.omega2 << ", step " << h);
      const Prepared p(small::oscillator(c.gamma, c.omega2));
      REQUIRE(p.modes);
      const OneStep modal = read_off(*make(Scheme::exact, p, h), 2);
      const OneStep dense = read_off(*dynamics::ExactDense::make(p.system, h), 2);
      // Doubling loses eps times the phase or the number of relaxation times in h.
      const double phase = 1.0 + h * (c.gamma + std::sqrt(c.omega2));
      const double limit = 1e-14 * phase * 100.0;
      if (c.gamma > 0.0) {
        CHECK(largest_share(modal.N * modal.N.transpose(), dense.N * dense.N.transpose()) < limit);
      } else {
        CHECK(make(Scheme::exact, p, h)->sources() == 0);
        CHECK(dense.N.cols() == 0);
      }
      for (Index i = 0; i < 4; ++i) {
        const double size = std::max(1e-6, std::abs(dense.P(i)));
        CHECK(std::abs(modal.P(i) - dense.P(i)) < limit * std::max(1.0, size));
      }
    }
  }
}

TEST_CASE("integrators: a non-normal drift with noise in one coordinate alone") {
  // Overdamped with D of very different entries: D^-1 K is far from normal.
  core::SecondOrderSystem system = small::general();
  system.D = small::matrix_3(5.0, 0, 0, 0.0, 0, 0.0).sparseView();
  const Prepared p(system);
  CHECK_FALSE(p.modes);
  for (const double h : {0.01, 0.7, 20.0}) {
    const core::Moments wanted = exact_moments(system, h);
    const OneStep one = read_off(*make(Scheme::exact, p, h), 2);
    INFO("step " << h);
    CHECK(largest_share(one.N * one.N.transpose(), wanted.covariance) < 1e-12);
    CHECK(relative_difference(one.P, wanted.propagator) < 1e-12);
    const OneStep midpoint = read_off(*make(Scheme::midpoint, p, h), 2);
    CHECK(midpoint.N.rows() == 6);
    CHECK(largest_share(midpoint.stationary(), stationary_covariance(system)) < 1e-9);
  }
}

TEST_CASE("integrators: outputs are independent copies with forces of their own") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  for (const Scheme scheme : kAll) {
    const auto made = make(scheme, p, 0.05);
    const OneStep first = read_off(*made, 2, 0), second = read_off(*made, 2, 1);
    INFO(made->name());
    CHECK(relative_difference(second.P, first.P) < 1e-13);
    CHECK(relative_difference(second.N, first.N) < 1e-12);
    CHECK((second.g - first.g).norm() > 1e-3);
  }
}

TEST_CASE("integrators: the same seed gives the same bits, however steps and runs are grouped") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  const VectorXd start = VectorXd::Constant(6, 0.25);
  for (const Scheme scheme : kAll) {
    const auto made = make(scheme, p, 0.05);
    INFO(made->name());
    const auto end_of = [&](std::uint64_t seed, std::vector<std::uint64_t> pieces,
                            std::uint64_t first_run, std::uint64_t runs) {
      dynamics::Columns columns(*made, seed, first_run, runs, 2);
      for (Index c = 0; c < columns.count(); ++c) columns.set(c, start);
      for (const std::uint64_t steps : pieces) made->advance(columns, steps);
      MatrixXd theta;
      columns.read(theta);
      return theta;
    };
    const MatrixXd whole = end_of(3, {23}, 0, 5);
    CHECK(end_of(3, {23}, 0, 5) == whole);
    CHECK(end_of(3, {1, 2, 4, 9, 7}, 0, 5) == whole);
    CHECK((end_of(3, {23}, 2, 3) - whole.rightCols(6)).cwiseAbs().maxCoeff() < 1e-13);
    CHECK((end_of(4, {23}, 0, 5) - whole).cwiseAbs().minCoeff() > 0.0);
    CHECK((whole.col(0) - whole.col(2)).cwiseAbs().minCoeff() > 0.0);  // runs
    CHECK((whole.col(0) - whole.col(1)).cwiseAbs().minCoeff() > 0.0);  // outputs
  }
}

TEST_CASE("integrators: the largest stable step is that of the scheme's own step matrix") {
  struct Case {
    std::string what;
    core::SecondOrderSystem system;
  };
  core::SecondOrderSystem stiff = small::sticks(small::NoiseModel::fdt);
  stiff.D = 40.0 * stiff.M;  // above critical damping
  for (const auto& [what, system] :
       {Case{"sticks", small::sticks(small::NoiseModel::fdt)}, Case{"overdamped modes", stiff},
        Case{"general D", small::general()},
        Case{"no mass", small::general(small::Dynamics::overdamped)}}) {
    const Prepared p(system);
    for (const Scheme scheme : {Scheme::baoab, Scheme::euler_maruyama}) {
      const bool baoab = scheme == Scheme::baoab;
      if (baoab && !(p.modes && p.system.dynamics == small::Dynamics::underdamped)) continue;
      const double bound = dynamics::largest_stable_step(scheme, p.system, p.modes);
      INFO(what << ", " << dynamics::to_string(scheme) << ", bound " << bound);
      const double below = read_off(*make(scheme, p, 0.999 * bound), 2).spectral_radius();
      CHECK(below < 1.0);
      CHECK_THROWS_WITH(make(scheme, p, bound), Catch::Contains("largest stable step") &&
                                                    Catch::Contains(dynamics::to_string(scheme)));
      // Just below, it is nearly marginal: the bound is not merely safe.
      CHECK(below > (baoab ? 0.5 : 0.99));
    }
  }
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  CHECK(dynamics::largest_stable_step(Scheme::midpoint, p.system, p.modes) ==
        std::numeric_limits<double>::infinity());
}

TEST_CASE("integrators: invalid set-ups are refused") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  for (const Scheme scheme : kAll) {
    for (const double h : {0.0, -0.1, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
      CHECK_THROWS_AS(make(scheme, p, h), core::ParameterError);
    }
  }
  CHECK_THROWS_WITH(make(Scheme::baoab, Prepared(small::general()), 0.01),
                    Catch::Contains("gamma M"));
  core::SecondOrderSystem large = small::general();
  const Index n = dynamics::kDenseLimit + 1;
  large.M.resize(n, n);
  large.M.setIdentity();
  large.K = large.M;
  large.D = large.M;
  large.D.coeffRef(0, 0) = 2.0;
  large.f = MatrixXd::Zero(n, 1);
  CHECK_THROWS_WITH(make_integrator(Scheme::exact, large, std::nullopt, 0.1),
                    Catch::Contains("501") && Catch::Contains("midpoint"));
}
