#include "sim/replay.hpp"

#include <cmath>

#include <Eigen/Dense>

#include "core/random.hpp"
#include "sim/trajectory.hpp"
#include "sim/transient_comparison.hpp"
#include "tests/catch.hpp"
#include "tests/sim/one_mass.hpp"

using namespace springspice;
using namespace springspice::test;
using sim::Replay;
using sim::Rule;

namespace {

// Error at t = 2 of the integration by one rule with n steps.
double error_of(const core::SecondOrderSystem& system, const core::State& start, Rule rule, int n) {
  const auto modes = core::compute_modes(system, core::find_null_space(system.K));
  const sim::ExactTrajectory exact(system, modes, start);
  Replay replay(system, start);
  for (int k = 1; k <= n; ++k) replay.step_to(2.0 * k / n, rule);
  return (replay.state().x - exact.at(2.0).x).cwiseAbs().maxCoeff();
}

core::SecondOrderSystem make_overdamped(double D, double K, double f) {
  core::SecondOrderSystem system = make_mass(1.0, D, K, f);
  system.dynamics = core::Dynamics::overdamped;
  system.M.resize(0, 0);
  return system;
}

}  // namespace

TEST_CASE("one backward Euler step and one trapezoidal step, by hand") {
  const core::SecondOrderSystem system = make_mass(2.0, 0.5, 3.0, 6.0);
  const double h = 0.25;
  Replay euler(system, make_state(-1.0, 0.25));
  euler.step_to(h, Rule::backward_euler);
  // (M + h D + h^2 K) v1 = M v0 + h (f - K x0)
  const double v1 = (2.0 * 0.25 + h * (6.0 + 3.0)) / (2.0 + h * 0.5 + h * h * 3.0);
  CHECK(euler.state().v(0) == Approx(v1).epsilon(1e-15));
  CHECK(euler.state().x(0) == Approx(-1.0 + h * v1).epsilon(1e-15));
  CHECK(euler.time() == h);

  Replay trapezoidal(system, make_state(-1.0, 0.25));
  trapezoidal.step_to(h, Rule::trapezoidal);
  const double x = trapezoidal.state().x(0);
  const double v = trapezoidal.state().v(0);
  CHECK(x == Approx(-1.0 + h / 2.0 * (0.25 + v)).epsilon(1e-15));
  CHECK(2.0 * (v - 0.25) ==
        Approx(h * (6.0 - 0.5 * (0.25 + v) / 2.0 - 3.0 * (x - 1.0) / 2.0)).epsilon(1e-14));
}

TEST_CASE("overdamped steps, by hand") {
  const core::SecondOrderSystem system = make_overdamped(2.0, 3.0, 6.0);
  const core::State start{Eigen::MatrixXd::Constant(1, 1, -1.0), Eigen::MatrixXd(0, 1)};
  Replay euler(system, start);
  euler.step_to(0.5, Rule::backward_euler);
  CHECK(euler.state().x(0) == Approx((2.0 * -1.0 + 0.5 * 6.0) / (2.0 + 0.5 * 3.0)));
  Replay trapezoidal(system, start);
  trapezoidal.step_to(0.5, Rule::trapezoidal);
  CHECK(trapezoidal.state().x(0) ==
        Approx(((2.0 - 0.25 * 3.0) * -1.0 + 0.5 * 6.0) / (2.0 + 0.25 * 3.0)));
}

TEST_CASE("backward Euler has order 1, the trapezoidal rule order 2") {
  const core::SecondOrderSystem mass = make_mass(2.0, 0.5, 3.0, 6.0);
  const core::SecondOrderSystem slow = make_overdamped(2.0, 3.0, 6.0);
  const core::State start = make_state(-1.0, 0.25);
  const core::State slow_start{start.x, Eigen::MatrixXd(0, 1)};
  const auto order = [&](Rule rule, bool overdamped) {
    const auto& system = overdamped ? slow : mass;
    const auto& from = overdamped ? slow_start : start;
    return std::log2(error_of(system, from, rule, 200) / error_of(system, from, rule, 400));
  };
  for (const bool overdamped : {false, true}) {
    CHECK(order(Rule::backward_euler, overdamped) == Approx(1.0).margin(0.02));
    CHECK(order(Rule::trapezoidal, overdamped) == Approx(2.0).margin(0.02));
  }
}

TEST_CASE("without friction the trapezoidal rule keeps the energy, backward Euler loses it") {
  // Random M and K, positive definite; 5 coordinates.
  core::SecondOrderSystem system;
  Eigen::MatrixXd R(5, 5);
  for (Eigen::Index k = 0; k < 25; ++k) {
    R.reshaped()(k) = core::normal(3, 1, static_cast<std::uint64_t>(k));
  }
  const Eigen::MatrixXd M = R * R.transpose() + Eigen::MatrixXd::Identity(5, 5);
  const Eigen::MatrixXd K = R.transpose() * R + 2.0 * Eigen::MatrixXd::Identity(5, 5);
  system.M = M.sparseView();
  system.K = K.sparseView();
  system.D.resize(5, 5);
  system.f = Eigen::MatrixXd::Ones(5, 1);
  system.shape = {5};
  const core::State start{Eigen::MatrixXd::Zero(5, 1), R.col(0)};
  const auto energy = [&](const core::State& state) {
    return core::compute_energies(system, state, 0.0).kinetic +
           core::compute_energies(system, state, 0.0).potential;
  };
  Replay trapezoidal(system, start);
  Replay euler(system, start);
  for (int k = 1; k <= 5000; ++k) {
    trapezoidal.step_to(k * 0.0625, Rule::trapezoidal);
    if (k <= 10) euler.step_to(k * 0.0625, Rule::backward_euler);
  }
  // A random walk of roundings: sqrt(5000) eps times the sum of the terms' sizes is 1e-13.
  CHECK(energy(trapezoidal.state()) == Approx(energy(start)).epsilon(1e-12));
  CHECK(energy(euler.state()) < energy(start) - 1e-3 * std::abs(energy(start)));
}

TEST_CASE("several outputs are so many independent motions") {
  core::SecondOrderSystem system = make_mass(2.0, 0.5, 3.0, 6.0);
  system.f.resize(1, 2);
  system.f << 6.0, -1.0;
  core::State start{Eigen::MatrixXd(1, 2), Eigen::MatrixXd(1, 2)};
  start.x << -1.0, 0.5;
  start.v << 0.25, 0.0;
  Replay both(system, start);
  const core::SecondOrderSystem alone = make_mass(2.0, 0.5, 3.0, -1.0);
  Replay one(alone, make_state(0.5, 0.0));
  for (int k = 1; k <= 100; ++k) {
    both.step_to(0.1 * k, Rule::trapezoidal);
    one.step_to(0.1 * k, Rule::trapezoidal);
  }
  CHECK(both.state().x(0, 1) == Approx(one.state().x(0)).epsilon(1e-14));
}

TEST_CASE("a force enters backward Euler at the end of the step, the trapezoidal rule as given") {
  const core::SecondOrderSystem system = make_mass(2.0, 0.5, 3.0, 6.0);
  const core::SecondOrderSystem pushed = make_mass(2.0, 0.5, 3.0, 6.0 - 1.25);
  const Eigen::MatrixXd force = Eigen::MatrixXd::Constant(1, 1, -1.25);
  for (const Rule rule : {Rule::backward_euler, Rule::trapezoidal}) {
    Replay with(system, make_state(-1.0, 0.25));
    Replay as_f(pushed, make_state(-1.0, 0.25));
    with.step_to(0.25, rule, force);
    as_f.step_to(0.25, rule);
    CHECK(with.state().x(0) == Approx(as_f.state().x(0)).epsilon(1e-15));
    CHECK(with.state().v(0) == Approx(as_f.state().v(0)).epsilon(1e-15));
    // The force belongs to its step alone.
    with.step_to(0.5, rule);
    Replay after(system, as_f.state());
    after.step_to(0.25, rule);
    CHECK(with.state().x(0) == Approx(after.state().x(0)).epsilon(1e-14));
  }
  const core::SecondOrderSystem slow = make_overdamped(2.0, 3.0, 6.0);
  Replay overdamped(slow, {Eigen::MatrixXd::Constant(1, 1, -1.0), Eigen::MatrixXd(0, 1)});
  overdamped.step_to(0.5, Rule::trapezoidal, force);
  CHECK(overdamped.state().x(0) ==
        Approx(((2.0 - 0.25 * 3.0) * -1.0 + 0.5 * 4.75) / (2.0 + 0.25 * 3.0)));
}

TEST_CASE("the rule book: two steps, and one behind each breakpoint, are backward Euler") {
  sim::RuleBook rules({0.02, 3.0});
  CHECK(rules.next(0.0) == Rule::backward_euler);
  CHECK(rules.next(0.01) == Rule::backward_euler);
  CHECK(rules.next(0.02) == Rule::backward_euler);
  CHECK(rules.next(0.03) == Rule::trapezoidal);
  CHECK(rules.next(2.0) == Rule::trapezoidal);
  CHECK(rules.next(3.0) == Rule::backward_euler);
  CHECK(rules.next(4.0) == Rule::trapezoidal);
  CHECK(rules.backward_euler_steps() == 4);
  CHECK(rules.trapezoidal_steps() == 3);
}

TEST_CASE("the rule book takes a point for the breakpoint within rounding, not further") {
  for (const double start : {0.02 * (1.0 + 1e-14), 0.02 * (1.0 - 1e-14)}) {
    sim::RuleBook rules({0.02});
    rules.next(0.0);
    rules.next(0.01);
    CHECK(rules.next(start) == Rule::backward_euler);
  }
  sim::RuleBook rules({0.02});
  rules.next(0.0);
  rules.next(0.01);
  CHECK(rules.next(0.02 * (1.0 + 1e-6)) == Rule::trapezoidal);
}

TEST_CASE("the rule book of a run on a grid has three steps of backward Euler") {
  sim::RuleBook rules = sim::make_rule_book(0.5);
  const double fraction = sim::StepGrid{}.start_fraction * 0.5;
  for (int k = 0; k < 3; ++k) CHECK(rules.next(k * fraction) == Rule::backward_euler);
  CHECK(rules.next(3 * fraction) == Rule::trapezoidal);
  CHECK(rules.next(0.5) == Rule::trapezoidal);
  CHECK(rules.next(1.0) == Rule::trapezoidal);
}
