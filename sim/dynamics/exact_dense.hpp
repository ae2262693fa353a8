// The exact step of any linear Langevin system, as dense matrices.
//
//     theta(t + h) = F theta(t) + d + L n,     L L^T = Theta(h)
//
//   symbol | shape      | meaning
//   -------|------------|-------------------------------------------------------------
//   F      | 2nu x 2nu  | exp(A h)
//   d      | 2nu x m    | integral_0^h exp(A s) ds b
//   Theta  | 2nu x 2nu  | integral_0^h exp(A s) B B^T exp(A^T s) ds, may be singular
//   L      | 2nu x r    | factor of Theta, r its rank
//   n      | r          | independent N(0, 1)
//
// (overdamped: nu in place of 2 nu.) A may be non-normal, defective, singular or unstable; noise
// need not reach every coordinate. core/moments.hpp gives the moments by doubling, for any h.
// Libraries that factor the symmetric part of A instead sample another distribution.
#pragma once

#include "sim/dynamics/integrator.hpp"

namespace springspice::dynamics {

class ExactDense : public Integrator {
 public:
  /// @throws core::ParameterError above kDenseLimit coordinates, and where the state outgrows all
  /// numbers within h
  static std::unique_ptr<ExactDense> make(const core::SecondOrderSystem& system, double h);

  const char* name() const override { return "exact, dense"; }
  void advance(Columns& columns, std::uint64_t steps) const override;

 private:
  ExactDense(Eigen::MatrixXd F, Eigen::MatrixXd d, Eigen::MatrixXd L, double h);

  Eigen::MatrixXd F_, d_, L_;
};

}  // namespace springspice::dynamics
