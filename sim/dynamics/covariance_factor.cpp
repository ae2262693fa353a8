#include "sim/dynamics/covariance_factor.hpp"

#include <cmath>
#include <limits>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::dynamics {
namespace {

// Of a matrix with unit diagonal: far above rounding, which may leave a singular one on either
// side.
constexpr double kIndefinite = -1e-10;

void check_pivot(double pivot) {
  if (pivot >= kIndefinite) return;
  throw core::ParameterError(fmt::format(
      "a covariance, scaled to a unit diagonal, has a pivot of {:.3g}; it must be positive "
      "semidefinite",
      pivot));
}

}  // namespace

Eigen::MatrixXd factor_covariance(const Eigen::Ref<const Eigen::MatrixXd>& covariance) {
  using Eigen::Index;
  const Index n = covariance.rows();
  if (n == 0) return covariance;
  check_pivot(covariance.diagonal().minCoeff() < 0.0 ? -1.0 : 0.0);
  const Eigen::VectorXd scale = covariance.diagonal().cwiseMax(0.0).cwiseSqrt();
  const Eigen::VectorXd inverse = scale.unaryExpr([](double s) { return s > 0.0 ? 1.0 / s : 0.0; });
  const Eigen::MatrixXd unit = inverse.asDiagonal() * covariance * inverse.asDiagonal();
  const Eigen::LDLT<Eigen::MatrixXd> ldl(unit);
  const Eigen::VectorXd pivots = ldl.vectorD();
  check_pivot(pivots.minCoeff());
  // Eigen stops at the first pivot that is 0 and leaves what lies behind it as it was.
  const double rounding = static_cast<double>(n) * std::numeric_limits<double>::epsilon();
  Index rank = 0;
  while (rank < n && pivots(rank) > rounding) ++rank;
  const Eigen::MatrixXd lower = ldl.matrixL();
  Eigen::MatrixXd factor = lower.leftCols(rank) * pivots.head(rank).cwiseSqrt().asDiagonal();
  factor = ldl.transpositionsP().transpose() * factor;
  return scale.asDiagonal() * factor;
}

}  // namespace springspice::dynamics
