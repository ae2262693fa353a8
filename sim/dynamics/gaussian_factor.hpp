// A factor of a covariance, and draws with it.
#pragma once

#include <Eigen/Core>

#include "core/system.hpp"
#include "sim/dynamics/stationary_state.hpp"

namespace springspice::dynamics {

/// G of G G^T = covariance, which may be singular. From the eigenvalues of the correlations, so
/// that positions and velocities may be in any units; those below n eps, which are rounding, count
/// as 0.
/// @throws core::ParameterError for a covariance that is not positive semidefinite: a negative
/// variance, or an eigenvalue of the correlations below -1e-10
Eigen::MatrixXd factor_covariance(const Eigen::Ref<const Eigen::MatrixXd>& covariance);

/// Draws the stationary state, of any noise model, from normals that the caller brings.
class StationarySampler {
 public:
  explicit StationarySampler(const StationaryState& state);

  /// 2 nu, overdamped nu: how many independent N(0, 1) a draw of one output takes.
  Eigen::Index size() const { return factor_.rows(); }

  /// @pre normals is size() x m, one column an output
  core::State draw(const Eigen::Ref<const Eigen::MatrixXd>& normals) const;

 private:
  Eigen::MatrixXd mean_, factor_;
};

}  // namespace springspice::dynamics
