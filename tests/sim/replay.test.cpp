#include "sim/replay.hpp"

#include <cmath>

#include "core/initial_state.hpp"
#include "tests/catch.hpp"

using namespace springspice;
using sim::Rule;

namespace {

core::SparseMatrix one_by_one(double value) {
  core::SparseMatrix matrix(1, 1);
  matrix.insert(0, 0) = value;
  matrix.makeCompressed();
  return matrix;
}

// x'' + gamma x' + 4 x = 4.
core::SecondOrderSystem oscillator(double gamma) {
  core::SecondOrderSystem system;
  system.M = one_by_one(1.0);
  system.D = one_by_one(gamma);
  system.K = one_by_one(4.0);
  system.f = Eigen::MatrixXd::Constant(1, 1, 4.0);
  system.shape = {1};
  return system;
}

double closed_form(double t) {
  const double w = std::sqrt(4.0 - 0.01);
  return 1.0 - std::exp(-0.1 * t) * (std::cos(w * t) + 0.1 / w * std::sin(w * t));
}

double error_at_two(Rule rule, int steps) {
  const core::SecondOrderSystem system = oscillator(0.2);
  sim::Replay replay(system, core::make_zero_state(system));
  for (int k = 1; k <= steps; ++k) replay.step_to(2.0 * k / steps, rule);
  return std::abs(replay.state().x(0, 0) - closed_form(2.0));
}

}  // namespace

TEST_CASE("backward Euler is of order 1, the trapezoidal rule of order 2") {
  CHECK(std::log2(error_at_two(Rule::backward_euler, 2000) /
                  error_at_two(Rule::backward_euler, 4000)) == Approx(1.0).margin(0.02));
  CHECK(std::log2(error_at_two(Rule::trapezoidal, 200) / error_at_two(Rule::trapezoidal, 400)) ==
        Approx(2.0).margin(0.01));
}

TEST_CASE("the trapezoidal rule keeps the energy of an undamped system") {
  const core::SecondOrderSystem system = oscillator(0.0);
  sim::Replay replay(system, core::make_zero_state(system));
  for (int k = 1; k <= 10000; ++k) {
    replay.step_to(0.05 * k, Rule::trapezoidal);
    const core::Energies e = core::compute_energies(system, replay.state(), 0.0);
    // Exact in exact arithmetic; 10,000 roundings of energies of size 2.
    REQUIRE(std::abs(e.kinetic + e.potential) < 1e-11);
  }
}

TEST_CASE("overdamped steps follow D x' = f - K x") {
  core::SecondOrderSystem system = oscillator(2.0);
  system.dynamics = core::Dynamics::overdamped;
  core::State start = core::make_zero_state(system);
  sim::Replay euler(system, start);
  sim::Replay trapezoidal(system, start);
  euler.step_to(0.5, Rule::backward_euler);
  trapezoidal.step_to(0.5, Rule::trapezoidal);
  // (2 + 0.5 * 4) x1 = 0.5 * 4, and (2 + 0.25 * 4) x1 = 0.5 * 4.
  CHECK(euler.state().x(0, 0) == Approx(0.5).epsilon(1e-15));
  CHECK(trapezoidal.state().x(0, 0) == Approx(2.0 / 3.0).epsilon(1e-15));
}

TEST_CASE("the rule book: two steps, then the step behind each breakpoint") {
  sim::RuleBook rules({0.02, 3.0});
  CHECK(rules.next(0.0) == Rule::backward_euler);
  CHECK(rules.next(0.01) == Rule::backward_euler);
  CHECK(rules.next(0.02 * (1.0 - 1e-15)) == Rule::backward_euler);
  CHECK(rules.next(0.03) == Rule::trapezoidal);
  CHECK(rules.next(2.0) == Rule::trapezoidal);
  CHECK(rules.next(3.0) == Rule::backward_euler);
  CHECK(rules.next(4.0) == Rule::trapezoidal);
  CHECK(rules.backward_euler_steps() == 4);
  CHECK(rules.trapezoidal_steps() == 3);
}
