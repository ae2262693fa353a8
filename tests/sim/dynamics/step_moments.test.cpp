#include "sim/dynamics/step_moments.hpp"

#include "core/langevin.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

using namespace springspice;
using dynamics::compute_step_moments;

TEST_CASE("a step's moments in the modes are those by doubling") {
  core::SecondOrderSystem system = small::sticks(core::NoiseModel::fdt);
  if (GENERATE(false, true)) system = small::general(core::Dynamics::overdamped);
  const small::Prepared p(system);
  REQUIRE(p.modes.has_value());
  const double h = GENERATE(1e-3, 0.7, 30.0);
  const core::Moments modal = compute_step_moments(p.system, p.modes, h);
  const core::Moments dense = compute_step_moments(p.system, std::nullopt, h);
  // Both are good to some 1e-14 of the largest entry of a block of one unit.
  CHECK(small::largest_difference(modal.propagator, dense.propagator) < 1e-12);
  CHECK(small::largest_difference(modal.drift, dense.drift) < 1e-12);
  CHECK(small::largest_difference(modal.covariance, dense.covariance) < 1e-12);
}

TEST_CASE("a step's moments leave Boltzmann's distribution as it is") {
  const small::Prepared p(small::sticks(core::NoiseModel::fdt));
  const core::Moments step = compute_step_moments(p.system, p.modes, 0.4);
  Eigen::MatrixXd Theta = Eigen::MatrixXd::Zero(6, 6);
  Theta.topLeftCorner(3, 3) = small::kT * Eigen::MatrixXd(p.system.K).inverse();
  Theta.bottomRightCorner(3, 3) = small::kT * Eigen::MatrixXd(p.system.M).inverse();
  const Eigen::MatrixXd after =
      step.propagator * Theta * step.propagator.transpose() + step.covariance;
  CHECK(small::largest_difference(after, Theta) < 1e-13);
}

TEST_CASE("diagonal noise couples the modes: its step is dense") {
  const small::Prepared p(small::sticks(core::NoiseModel::diagonal));
  REQUIRE(p.modes.has_value());
  const core::Moments with = compute_step_moments(p.system, p.modes, 0.4);
  const core::Moments without = compute_step_moments(p.system, std::nullopt, 0.4);
  CHECK(small::largest_difference(with.covariance, without.covariance) == 0.0);
}
