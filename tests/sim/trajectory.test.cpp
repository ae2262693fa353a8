#include "sim/trajectory.hpp"

#include <cmath>

#include <Eigen/Dense>
#include <unsupported/Eigen/MatrixFunctions>

#include "core/initial_state.hpp"
#include "core/random.hpp"
#include "tests/catch.hpp"
#include "tests/sim/one_mass.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

core::SecondOrderSystem make_random_system(Eigen::Index n, bool overdamped, bool rayleigh) {
  std::uint64_t count = 0;
  const auto positive = [&](double least) {
    Eigen::MatrixXd R(n, n);
    for (double& value : R.reshaped()) value = core::normal(5, 2, count++);
    return Eigen::MatrixXd(R * R.transpose() / static_cast<double>(n) +
                           least * Eigen::MatrixXd::Identity(n, n));
  };
  core::SecondOrderSystem system;
  const Eigen::MatrixXd M = positive(1.0);
  Eigen::MatrixXd D = 0.3 * M;
  if (!rayleigh) D(0, 0) += 0.7;
  if (overdamped) {
    system.dynamics = core::Dynamics::overdamped;
  } else {
    system.M = M.sparseView();
  }
  system.D = D.sparseView();
  system.K = Eigen::MatrixXd(positive(0.1) * 3.0).sparseView();
  system.f = Eigen::MatrixXd::Ones(n, 2);
  system.f(0, 1) = -4.0;
  system.shape = {static_cast<int>(n)};
  return system;
}

core::State make_random_start(const core::SecondOrderSystem& system) {
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  core::State start;
  start.x.resize(system.size(), 2);
  start.v.resize(overdamped ? 0 : system.size(), 2);
  std::uint64_t count = 0;
  for (double& value : start.x.reshaped()) value = core::normal(5, 3, count++);
  for (double& value : start.v.reshaped()) value = core::normal(5, 3, count++);
  return start;
}

std::optional<core::Modes> modes_of(const core::SecondOrderSystem& system) {
  return core::compute_modes(system, core::find_null_space(system.K));
}

}  // namespace

TEST_CASE("modes and the matrix exponential tell the same motion") {
  const bool overdamped = GENERATE(false, true);
  const core::SecondOrderSystem system = make_random_system(6, overdamped, true);
  const core::State start = make_random_start(system);
  const auto modes = modes_of(system);
  REQUIRE(modes);
  const std::optional<core::Modes> none;
  const sim::ExactTrajectory by_modes(system, modes, start);
  const sim::ExactTrajectory by_exponential(system, none, start);
  for (const double t : {0.0, 1e-6, 0.3, 5.0, 60.0}) {
    const core::State a = by_modes.at(t);
    const core::State b = by_exponential.at(t);
    INFO("t " << t);
    CHECK((a.x - b.x).cwiseAbs().maxCoeff() < 1e-11);
    if (!overdamped) CHECK((a.v - b.v).cwiseAbs().maxCoeff() < 1e-11);
  }
}

TEST_CASE("general friction goes through the exponential and obeys the equation") {
  const core::SecondOrderSystem system = make_random_system(5, false, false);
  const auto modes = modes_of(system);
  REQUIRE(!modes);
  const core::State start = make_random_start(system);
  const sim::ExactTrajectory exact(system, modes, start);
  CHECK((exact.at(0.0).x - start.x).cwiseAbs().maxCoeff() < 1e-15);
  // Central differences of v: an error of h^2 v'''/6, about 1e-8.
  const double h = 1e-4;
  const core::State now = exact.at(1.7);
  const Eigen::MatrixXd acceleration = (exact.at(1.7 + h).v - exact.at(1.7 - h).v) / (2.0 * h);
  const Eigen::MatrixXd velocity = (exact.at(1.7 + h).x - exact.at(1.7 - h).x) / (2.0 * h);
  CHECK((velocity - now.v).cwiseAbs().maxCoeff() < 1e-6);
  const Eigen::MatrixXd rest =
      system.M * acceleration + system.D * now.v + system.K * now.x - system.f;
  CHECK(rest.cwiseAbs().maxCoeff() < 1e-6);
  // And settles where K x = f.
  const Eigen::MatrixXd settled = Eigen::MatrixXd(system.K).ldlt().solve(system.f);
  CHECK((exact.at(2000.0).x - settled).cwiseAbs().maxCoeff() < 1e-10);
}

TEST_CASE("a free coordinate without friction falls: x = x0 + v0 t + f t^2 / (2 M)") {
  const core::SecondOrderSystem system = make_mass(2.0, 0.0, 0.0, 6.0);
  const auto modes = modes_of(system);
  const sim::ExactTrajectory exact(system, modes, make_state(-1.0, 0.25));
  CHECK(exact.at(3.0).x(0) == Approx(-1.0 + 0.75 + 13.5).epsilon(1e-15));
  CHECK(exact.at(3.0).v(0) == Approx(0.25 + 9.0).epsilon(1e-15));
}

TEST_CASE("without friction the exact motion keeps its energy") {
  core::SecondOrderSystem system = make_random_system(5, false, true);
  system.D = core::SparseMatrix(5, 5);
  const auto modes = modes_of(system);
  const core::State start = make_random_start(system);
  const auto energy = [&](const core::State& state) {
    const core::Energies e = core::compute_energies(system, state, 0.0);
    return e.kinetic + e.potential;
  };
  const sim::ExactTrajectory exact(system, modes, start);
  for (const double t : {0.5, 10.0, 1000.0}) {
    // The shapes are orthonormal in M to some roundings, and stay so for all times.
    CHECK(energy(exact.at(t)) == Approx(energy(start)).epsilon(1e-12));
  }
}

TEST_CASE("an overdamped system relaxes along exponentials, and a free direction drifts") {
  core::SecondOrderSystem system;
  system.dynamics = core::Dynamics::overdamped;
  system.D = Eigen::MatrixXd(2.0 * Eigen::Matrix3d::Identity()).sparseView();
  system.K = Eigen::MatrixXd(Eigen::Vector3d(4.0, 1.0, 0.0).asDiagonal()).sparseView();
  system.f = Eigen::Vector3d(1.0, -2.0, 0.5);
  system.shape = {3};
  const auto modes = modes_of(system);
  const core::State start{Eigen::MatrixXd::Zero(3, 1), Eigen::MatrixXd(0, 1)};
  const Eigen::VectorXd x = sim::ExactTrajectory(system, modes, start).at(1.5).x;
  CHECK(x(0) == Approx(0.25 * (1.0 - std::exp(-3.0))).epsilon(1e-14));
  CHECK(x(1) == Approx(-2.0 * (1.0 - std::exp(-0.75))).epsilon(1e-14));
  CHECK(x(2) == Approx(0.25 * 1.5).epsilon(1e-14));
}

TEST_CASE("the exponential keeps its digits under a force of any size") {
  core::SecondOrderSystem system;
  for (core::SparseMatrix* matrix : {&system.M, &system.D, &system.K}) matrix->resize(2, 2);
  for (Eigen::Index i = 0; i < 2; ++i) {
    system.M.insert(i, i) = 1.0;
    system.D.insert(i, i) = 0.3 + 0.4 * static_cast<double>(i);
    system.K.insert(i, i) = 2.0;
  }
  system.shape = {2};
  system.f = Eigen::MatrixXd::Constant(2, 1, 1.0);
  core::SecondOrderSystem pushed = system;
  pushed.f *= 1e12;
  const core::State rest = core::make_zero_state(system);
  const std::optional<core::Modes> none;
  const core::State one = sim::ExactTrajectory(system, none, rest).at(3.0);
  const core::State many = sim::ExactTrajectory(pushed, none, rest).at(3.0);
  CHECK((many.x * 1e-12 - one.x).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((many.v * 1e-12 - one.v).cwiseAbs().maxCoeff() < 1e-14);
}
