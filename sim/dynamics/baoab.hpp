// BAOAB: kick, drift, thermostat, drift, kick (Leimkuhler and Matthews 2013).
//
//     B  v += h/2 M^-1 (f - K x)
//     A  x += h/2 v
//     O  v  = e^(-gamma h) v + sqrt((1 - e^(-2 gamma h)) / (2 gamma)) M^-1 H n
//     A, B again
//
// For D = gamma M. With `fdt` noise its position covariance is exact and its velocity variance is
// low by (h omega)^2/4 of itself. Two solves with the factors of M a step, one without noise: the
// force at the end of a step is that at the beginning of the next.
#pragma once

#include "core/sparse_cholesky.hpp"
#include "sim/dynamics/integrator.hpp"

namespace springspice::dynamics {

class Baoab : public Integrator {
 public:
  /// @throws core::ParameterError where overdamped, where D is not gamma M, and for an unstable h
  Baoab(const core::SecondOrderSystem& system, double h);

  const char* name() const override { return "baoab"; }
  void advance(Columns& columns, std::uint64_t steps) const override;

 private:
  double keep_;  ///< e^(-gamma h)
  core::SparseMatrix K_;
  core::SparseMatrix noise_;
  Eigen::MatrixXd force_;
  core::SparseCholesky factor_;
};

}  // namespace springspice::dynamics
