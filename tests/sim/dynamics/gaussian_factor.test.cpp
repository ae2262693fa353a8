#include "sim/dynamics/gaussian_factor.hpp"

#include <cmath>

#include <Eigen/LU>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/observed_system.hpp"

using namespace springspice;
using dynamics::factor_covariance;
using dynamics::StationarySampler;
using small::Index;
using small::MatrixXd;
using small::Stationary;

TEST_CASE("factor of a covariance: regular, singular, zero, in any units") {
  const MatrixXd regular = small::stiffness();
  MatrixXd singular(3, 3);
  singular << 1e-20, 2e-10, 0, 2e-10, 4, 0, 0, 0, 0;
  const MatrixXd zero = MatrixXd::Zero(3, 3);
  for (const MatrixXd& covariance : {regular, singular, zero}) {
    const MatrixXd G = factor_covariance(covariance);
    const MatrixXd product = G * G.transpose();
    const MatrixXd roots = covariance.diagonal().cwiseSqrt();
    // Relative to the standard deviations of row and column.
    const MatrixXd scale = roots * roots.transpose();
    CHECK(((product - covariance).cwiseAbs().array() <= 1e-15 * 3.0 * scale.array()).all());
  }
  CHECK(factor_covariance(MatrixXd(0, 0)).size() == 0);
}

TEST_CASE("factor of a covariance: what is none") {
  MatrixXd covariance = MatrixXd::Identity(2, 2);
  covariance(0, 1) = covariance(1, 0) = 1.1;
  CHECK_THROWS_WITH(factor_covariance(covariance),
                    ContainsSubstring("an eigenvalue of -0.1; it must be positive semidefinite"));
  covariance << 1, 0, 0, -1;
  CHECK_THROWS_AS(factor_covariance(covariance), core::ParameterError);
}

TEST_CASE("draws of the stationary state have its mean and covariance, for the paper's noise too") {
  const Stationary p(small::sticks(small::NoiseModel::diagonal));
  const StationarySampler sampler(p.state);
  REQUIRE(sampler.size() == 6);
  const MatrixXd inverse = MatrixXd(p.state.covariance().llt().matrixL()).inverse();
  constexpr int kDraws = 4000;
  MatrixXd white(6, 2 * kDraws);
  for (int k = 0; k < kDraws; ++k) {
    const auto index = static_cast<std::uint64_t>(k);
    const core::State state = sampler.draw(small::draw(12, 3, index).reshaped(6, 2));
    MatrixXd deviation(6, 2);
    deviation << state.x - p.state.mean, state.v;
    white.middleCols(2 * k, 2) = inverse * deviation;
  }
  const double root = std::sqrt(2.0 * kDraws);
  // 6 means and 21 products: z tests of level 1e-3 together, so 4e-5 each (4.1).
  CHECK((white.rowwise().sum() / root).cwiseAbs().maxCoeff() < 4.1);
  const MatrixXd products = white * white.transpose() / root - root * MatrixXd::Identity(6, 6);
  CHECK(products.cwiseAbs().maxCoeff() < 4.1 * std::sqrt(2.0));
}

TEST_CASE("a draw of zeros is the mean; overdamped states have no velocities") {
  const Stationary p(small::general(small::Dynamics::overdamped));
  const core::State state = StationarySampler(p.state).draw(MatrixXd::Zero(3, 2));
  CHECK(state.x == p.state.mean);
  CHECK(state.v.rows() == 0);
  CHECK(state.v.cols() == 2);
}
