#include "sim/dynamics/covariance_factor.hpp"

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/observed_system.hpp"

using namespace springspice;
using dynamics::factor_covariance;
using small::MatrixXd;

TEST_CASE("factor of a covariance: regular, singular, zero, in any units") {
  const MatrixXd regular = small::stiffness();
  MatrixXd singular(3, 3);
  singular << 1e-20, 2e-10, 0, 2e-10, 4, 0, 0, 0, 0;
  const MatrixXd zero = MatrixXd::Zero(3, 3);
  const auto check = [](const MatrixXd& covariance) {
    const MatrixXd G = factor_covariance(covariance);
    const MatrixXd product = G * G.transpose();
    const MatrixXd roots = covariance.diagonal().cwiseSqrt();
    // Relative to the standard deviations of row and column.
    const MatrixXd scale = roots * roots.transpose();
    CHECK(((product - covariance).cwiseAbs().array() <= 1e-15 * 3.0 * scale.array()).all());
  };
  check(regular);
  check(singular);
  check(zero);
  CHECK(factor_covariance(MatrixXd(0, 0)).size() == 0);
}

TEST_CASE("factor of a covariance: what is none") {
  MatrixXd covariance = MatrixXd::Identity(2, 2);
  covariance(0, 1) = covariance(1, 0) = 1.1;
  CHECK_THROWS_WITH(factor_covariance(covariance),
                    ContainsSubstring("a pivot of -0.21; it must be positive semidefinite"));
  covariance << 1, 0, 0, -1;
  CHECK_THROWS_AS(factor_covariance(covariance), core::ParameterError);
}
