// The implicit midpoint rule with one Gaussian increment a step.
//
//     x1 - x0 = h v_m,    M (v1 - v0) = h (f - D v_m - K x_m) + H sqrt(h) n,    y_m = (y0 + y1)/2
//
//     (M + h/2 D + h^2/4 K) v_m = M v0 + h/2 (f - K x0) + H sqrt(h) n / 2,  v1 = 2 v_m - v0
//
// (overdamped: D (x1 - x0) = h (f - K x_m) + H sqrt(h) n.) One sparse Cholesky factorisation serves
// all steps. H H^T is the density of the force noise, one column a source (core/langevin.hpp).
//
// Its stationary covariance is exact at any h, of positions and velocities, for any linear noise:
// with A_c = (I - hA/2)^-1 the step is theta1 = A_c (I + hA/2) theta0 + A_c B sqrt(h) n, and Theta
// of A Theta + Theta A^T + B B^T = 0 satisfies (I - hA/2) Theta (I - hA/2)^T =
// (I + hA/2) Theta (I + hA/2)^T + h B B^T. Correlations in time are those of the frequencies
// 2/h atan(h omega / 2). Without friction and noise the energy is kept exactly.
#pragma once

#include "core/sparse_cholesky.hpp"
#include "sim/dynamics/integrator.hpp"

namespace springspice::dynamics {

class Midpoint : public Integrator {
 public:
  /// @throws core::InputError where the matrix above is not positive definite
  Midpoint(const core::SecondOrderSystem& system, double h);

  const char* name() const override { return "midpoint"; }
  void advance(Columns& columns, std::uint64_t steps) const override;

 private:
  void step_underdamped(Columns& columns) const;
  void step_overdamped(Columns& columns) const;

  bool overdamped_;
  core::SparseMatrix inertia_;    ///< M; overdamped D
  core::SparseMatrix stiffness_;  ///< h/2 K
  core::SparseMatrix noise_;      ///< H sqrt(h) / 2
  Eigen::MatrixXd force_;         ///< h/2 f
  core::SparseCholesky factor_;
};

}  // namespace springspice::dynamics
