// The exact step in the modes, for noise that does not couple them.
//
//     q'' + gamma q' + omega^2 q = phi^T f + sqrt(2 gamma kT) xi       (overdamped:
//     q' + lambda q = phi^T f + sqrt(2 kT) xi)
//
// Each mode makes its own 2 x 2 step: the mean by sim/dynamics/mode_response.hpp, the noise by a
// Cholesky factor of the covariance
//
//     Theta(h) = 2 gamma kT integral_0^h (S, S')^T (S, S') dt
//
// which is summed by doubling (mode_noise.hpp), so nothing cancels: underdamped, overdamped,
// critically damped, undamped and free modes, h from 1e-9 to 1e9 relaxation times. Overdamped:
// Theta(h) = kT (1 - e^(-2 lambda h)) / lambda.
//
// Own coordinates of a column: q of all modes, then q'. Normals: source k and nu + k for mode k.
#pragma once

#include "sim/dynamics/integrator.hpp"

namespace springspice::dynamics {

class ExactModal : public Integrator {
 public:
  /// @pre modes are those of the system; the noise is `fdt` or kT = 0 (separates())
  ExactModal(const core::SecondOrderSystem& system, const core::Modes& modes, double h);

  /// Whether the noise leaves the modes independent.
  static bool separates(const core::SecondOrderSystem& system);

  const char* name() const override { return "exact, modal"; }
  void advance(Columns& columns, std::uint64_t steps) const override;
  void enter(const Eigen::Ref<const Eigen::MatrixXd>& theta,
             Eigen::Ref<Eigen::MatrixXd> own) const override;
  void leave(const Eigen::MatrixXd& own, Eigen::MatrixXd& theta) const override;

 private:
  void set_underdamped(const core::SecondOrderSystem& system, const core::Modes& modes);
  void set_overdamped(const core::SecondOrderSystem& system, const core::Modes& modes);
  void step_tile(Columns& columns, Eigen::Index begin, Eigen::Index count) const;

  bool overdamped_;
  Eigen::MatrixXd shapes_, inverse_;  ///< x = shapes q, q = inverse x
  Eigen::ArrayXd qq_, qp_, pq_, pp_, q1_, p1_, p2_;
  Eigen::MatrixXd force_q_, force_p_;  ///< what f does in a step, nu x m
};

}  // namespace springspice::dynamics
