#include "sim/exact_step.hpp"

#include <cmath>
#include <complex>

#include "core/moments.hpp"
#include "sim/trajectory.hpp"
#include "tests/catch.hpp"
#include "tests/sim/plain_circuit.hpp"

using namespace springspice;
using namespace springspice::test;
using sim::ExactStep;
using Complex = std::complex<double>;

namespace {

std::optional<core::Modes> modes_of(const core::SecondOrderSystem& system) {
  return core::compute_modes(system, core::find_null_space(system.K));
}

// M x'' + D x' + K x = f + a t from (x0, v0): a straight line and two exponentials.
std::pair<double, double> ramp_response(double M, double D, double K, double f, double a, double x0,
                                        double v0, double t) {
  const double offset = f / K - a * D / (K * K);
  const double slope = a / K;
  const Complex root = std::sqrt(Complex(D * D - 4.0 * M * K));
  const Complex r1 = (-D + root) / (2.0 * M);
  const Complex r2 = (-D - root) / (2.0 * M);
  const double x = x0 - offset;
  const double v = v0 - slope;
  const Complex A = (v - r2 * x) / (r1 - r2);
  const Complex B = x - A;
  const Complex E1 = A * std::exp(r1 * t);
  const Complex E2 = B * std::exp(r2 * t);
  return {offset + slope * t + (E1 + E2).real(), slope + (r1 * E1 + r2 * E2).real()};
}

Eigen::MatrixXd value(double number) { return Eigen::MatrixXd::Constant(1, 1, number); }

double distance(const core::State& a, const core::State& b) {
  const double x = (a.x - b.x).cwiseAbs().maxCoeff();
  return a.v.size() == 0 ? x : std::max(x, (a.v - b.v).cwiseAbs().maxCoeff());
}

core::SecondOrderSystem make_random(Eigen::Index n, double gamma, Eigen::Index outputs) {
  const Eigen::MatrixXd M = positive_matrix(n, 11);
  core::SecondOrderSystem system = make_system_of(M, gamma * M, positive_matrix(n, 12), 0.0);
  system.f = random_matrix(n, outputs, 13);
  return system;
}

}  // namespace

TEST_CASE("exact step: one mode under a ramp, under- and overcritically damped") {
  for (const double D : {0.0, 0.5, 4.0, 30.0}) {
    const core::SecondOrderSystem system = make_mass(2.0, D, 3.0, 6.0);
    const auto modes = modes_of(system);
    const std::optional<core::Modes> none;
    for (const auto* route : {&modes, &none}) {
      for (const double h : {0.01, 0.7, 6.0}) {
        CAPTURE(D, h, route == &none);
        ExactStep step(system, *route, make_state(-1.0, 0.25), h);
        step.step(value(0.5), value(-1.5));
        const auto [x, v] = ramp_response(2.0, D, 3.0, 6.5, -2.0 / h, -1.0, 0.25, h);
        // Eigen's exponential: eps times the norm of its argument, up to 15 h + (h omega)^2, and
        // the closed form's own cancellation of a/K (h = 0.01: terms of 500).
        const double error = 2.3e-16 * (100.0 + 20.0 / (h * h) * 0.05 + 15.0 * h * 10.0) * 10.0;
        CHECK(std::abs(step.state().x(0) - x) < error);
        CHECK(std::abs(step.state().v(0) - v) < error * std::max(1.0, 1.0 / h));
      }
    }
  }
}

TEST_CASE("exact step: overdamped, one mode under a ramp") {
  core::SecondOrderSystem system = make_mass(1.0, 2.0, 3.0, 6.0);
  system.dynamics = core::Dynamics::overdamped;
  system.M.resize(0, 0);
  const core::State start{value(-1.0), Eigen::MatrixXd(0, 1)};
  const auto modes = modes_of(system);
  const std::optional<core::Modes> none;
  for (const auto* route : {&modes, &none}) {
    const double h = 0.7;
    ExactStep step(system, *route, start, h);
    step.step(value(0.5), value(-1.5));
    const double a = -2.0 / h;
    const double offset = 6.5 / 3.0 - a * 2.0 / 9.0;
    const double x = offset + a / 3.0 * h + (-1.0 - offset) * std::exp(-1.5 * h);
    CHECK(step.state().x(0) == Approx(x).epsilon(1e-14));
    CHECK(step.state().v.size() == 0);
  }
}

TEST_CASE("exact step: a constant force is the exact trajectory, with modes and without") {
  for (const double gamma : {0.0, 0.3, 9.0}) {
    const core::SecondOrderSystem system = make_random(5, gamma, 2);
    const auto modes = modes_of(system);
    const std::optional<core::Modes> none;
    const core::State start{random_matrix(5, 2, 14), random_matrix(5, 2, 15)};
    const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(5, 2);
    const sim::ExactTrajectory exact(system, modes, start);
    for (const auto* route : {&modes, &none}) {
      ExactStep step(system, *route, start, 0.25);
      for (int k = 0; k < 40; ++k) step.step(zero, zero);
      // 40 steps, each with rounding of 10 eps at entries of a few units.
      CHECK(distance(step.state(), exact.at(10.0)) < 40.0 * 2.3e-16 * 100.0);
    }
  }
}

TEST_CASE("exact step: a force held constant adds to f") {
  core::SecondOrderSystem system = make_random(4, 0.3, 1);
  const auto modes = modes_of(system);
  const core::State start{random_matrix(4, 1, 14), random_matrix(4, 1, 15)};
  const Eigen::MatrixXd push = random_matrix(4, 1, 16);
  ExactStep pushed(system, modes, start, 0.5);
  for (int k = 0; k < 10; ++k) pushed.step(push, push);
  core::SecondOrderSystem stronger = system;
  stronger.f += push;
  const sim::ExactTrajectory exact(stronger, modes, start);
  CHECK(distance(pushed.state(), exact.at(5.0)) < 10.0 * 2.3e-16 * 100.0);
}

TEST_CASE("exact step: the drift of core's exact moments, which have no modes") {
  core::SecondOrderSystem system =
      make_system_of(positive_matrix(4, 21), positive_matrix(4, 22), positive_matrix(4, 23), 0.0);
  system.f = random_matrix(4, 1, 24);
  const std::optional<core::Modes> modes = modes_of(system);
  CHECK(!modes);  // D is not gamma M
  const core::State start{random_matrix(4, 1, 25), random_matrix(4, 1, 26)};
  ExactStep step(system, modes, start, 0.4);
  const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(4, 1);
  for (int k = 0; k < 8; ++k) step.step(zero, zero);
  const core::LangevinSystem langevin = core::make_langevin(system);
  const core::Moments moments = core::propagate_moments(Eigen::MatrixXd(langevin.A), langevin.b,
                                                        Eigen::MatrixXd::Zero(8, 8), 3.2);
  Eigen::VectorXd theta(8);
  theta << start.x, start.v;
  const Eigen::VectorXd end = moments.propagator * theta + moments.drift;
  CHECK(distance(step.state(), {end.head(4), end.tail(4)}) < 8.0 * 2.3e-16 * 100.0);
}

TEST_CASE("exact step: both routes agree under a force that changes") {
  for (const bool overdamped : {false, true}) {
    core::SecondOrderSystem system = make_random(6, 0.7, 2);
    if (overdamped) {
      system.D = system.M;
      system.M.resize(0, 0);
      system.dynamics = core::Dynamics::overdamped;
    }
    const auto modes = modes_of(system);
    REQUIRE(modes);
    const std::optional<core::Modes> none;
    const core::State start{random_matrix(6, 2, 31),
                            overdamped ? Eigen::MatrixXd(0, 2) : random_matrix(6, 2, 32)};
    ExactStep by_modes(system, modes, start, 0.3);
    ExactStep by_exponential(system, none, start, 0.3);
    for (std::uint64_t k = 0; k < 30; ++k) {
      const Eigen::MatrixXd left = 10.0 * random_matrix(6, 2, 100 + k);
      const Eigen::MatrixXd right = 10.0 * random_matrix(6, 2, 101 + k);
      by_modes.step(left, right);
      by_exponential.step(left, right);
      CHECK(distance(by_modes.state(), by_exponential.state()) < 30.0 * 2.3e-16 * 1000.0);
    }
  }
}

TEST_CASE("exact step: what is too large without modes is said beforehand") {
  core::SecondOrderSystem system;
  system.K.resize(101, 101);
  CHECK(!ExactStep::available(system, std::nullopt));
  CHECK(ExactStep::available(system, core::Modes{}));
  system.K.resize(100, 100);
  CHECK(ExactStep::available(system, std::nullopt));
}
