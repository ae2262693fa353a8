#include "sim/dynamics/covariance_factor.hpp"

#include <cmath>
#include <limits>

#include <Eigen/Cholesky>

namespace springspice::dynamics {

Eigen::MatrixXd factor_covariance(const Eigen::Ref<const Eigen::MatrixXd>& covariance) {
  using Eigen::Index;
  const Index n = covariance.rows();
  const Eigen::VectorXd scale = covariance.diagonal().cwiseMax(0.0).cwiseSqrt();
  const Eigen::VectorXd inverse = scale.unaryExpr([](double s) { return s > 0.0 ? 1.0 / s : 0.0; });
  const Eigen::MatrixXd unit = inverse.asDiagonal() * covariance * inverse.asDiagonal();
  const Eigen::LDLT<Eigen::MatrixXd> ldl(unit);
  const Eigen::VectorXd pivots = ldl.vectorD();
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
