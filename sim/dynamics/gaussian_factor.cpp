#include "sim/dynamics/gaussian_factor.hpp"

#include <cassert>
#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Of the correlation matrix: a more negative eigenvalue is no rounding.
constexpr double kIndefinite = -1e-10;

}  // namespace

MatrixXd factor_covariance(const Eigen::Ref<const MatrixXd>& covariance) {
  if (covariance.rows() == 0) return {};
  const VectorXd scale = covariance.diagonal().cwiseMax(0.0).cwiseSqrt();
  const VectorXd inverse =
      scale.unaryExpr([](double value) { return value > 0.0 ? 1.0 / value : 0.0; });
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(inverse.asDiagonal() * covariance *
                                                      inverse.asDiagonal());
  if (covariance.diagonal().minCoeff() < 0.0 || eigen.eigenvalues()(0) < kIndefinite) {
    throw core::ParameterError(fmt::format(
        "a covariance has a variance of {:.3g} and correlations with an eigenvalue of {:.3g}; it "
        "must be positive semidefinite",
        covariance.diagonal().minCoeff(), eigen.eigenvalues()(0)));
  }
  const double nothing =
      std::numeric_limits<double>::epsilon() * static_cast<double>(covariance.rows());
  const VectorXd roots = eigen.eigenvalues().unaryExpr(
      [&](double value) { return value > nothing ? std::sqrt(value) : 0.0; });
  return scale.asDiagonal() * eigen.eigenvectors() * roots.asDiagonal();
}

StationarySampler::StationarySampler(const StationaryState& state)
    : mean_(state.mean), factor_(factor_covariance(state.covariance())) {}

core::State StationarySampler::draw(const Eigen::Ref<const MatrixXd>& normals) const {
  assert(normals.rows() == size() && normals.cols() == mean_.cols());
  const MatrixXd deviation = factor_ * normals;
  const Index nu = mean_.rows();
  return {mean_ + deviation.topRows(nu), deviation.bottomRows(size() - nu)};
}

}  // namespace springspice::dynamics
