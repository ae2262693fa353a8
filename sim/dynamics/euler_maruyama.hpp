// Euler-Maruyama, as in arXiv 2508.19015: everything at the beginning of the step.
//
//     x1 = x0 + h v0,    v1 = v0 + M^-1 (h (f - K x0 - D v0) + H sqrt(h) n)
//
// (overdamped: x1 = x0 + D^-1 (h (f - K x0) + H sqrt(h) n).) It is here to reproduce the paper. Its
// stationary covariance is wrong by O(h): one step of 0.1 at gamma = 10 would give 2.01 times the
// velocity's variance.
#pragma once

#include "core/sparse_cholesky.hpp"
#include "sim/dynamics/integrator.hpp"

namespace springspice::dynamics {

class EulerMaruyama : public Integrator {
 public:
  EulerMaruyama(const core::SecondOrderSystem& system, double h);

  const char* name() const override { return "euler-maruyama"; }
  void advance(Columns& columns, std::uint64_t steps) const override;

 private:
  bool overdamped_;
  core::SparseMatrix stiffness_, damping_;  ///< h K, h D
  core::SparseMatrix noise_;
  Eigen::MatrixXd force_;  ///< h f
  core::SparseCholesky factor_;
};

}  // namespace springspice::dynamics
