// The modes in which the springs of one batch act, and what they answer, without the other modes.
//
// K_b = k W_b^T W_b of b data springs on nu > b nodes has at most b modes that are not free. With
// R = L L^T they come from the small Gram matrix
//
//     C = k W_b R^-1 W_b^T = Q Lambda Q^T   (b x b),      G = k R^-1 W_b^T   (nu x b),
//
// and a function g of the stiffness in all modes, applied to the force f_b - K_b x or to K_b v, is
//
//     L^-T g(L^-1 K_b L^-T) L^-1 (f_b - K_b x) = G Q g(Lambda) Q^T (y_b - W_b x):
//
// no nu x nu matrix, and no division by Lambda, which may be 0 (two data at one place). Where K_0
// acts too, or b >= nu, the same holds with all modes K_b phi = lambda R phi, phi^T R phi = 1:
//
//     = Phi g(Lambda) Phi^T (f_b - K_b x).
//
//   symbol | here      | shape  | meaning
//   -------|-----------|--------|-------------------------------------------------
//   Lambda | stiffness | r      | omega^2 (overdamped: rates), r = b or nu, >= 0
//
// Everything else the propagator does is the motion of free modes: batch_stepper.hpp. Source: the
// spectral theorem for a matrix of low rank.
#pragma once

#include <span>

#include <Eigen/Eigenvalues>

#include "sim/training/batch_rows.hpp"
#include "sim/training/learning_system.hpp"

namespace springspice::training {

class BatchModes {
 public:
  /// @param batch rows of the largest batch
  /// @throws core::ParameterError where all modes are needed and there are too many
  BatchModes(const LearningSystem& system, const SpringRows& rows, std::size_t batch);

  void compute(std::span<const int> rows);

  /// r; changes with the batch.
  Eigen::Index size() const { return stiffness_.size(); }
  const Eigen::VectorXd& stiffness() const { return stiffness_; }
  const InverseInertia& inertia() const { return inertia_; }

  /// What project() takes: y_b - W_b x or f_b - K_b x, and W_b v or K_b v, `reading()` numbers.
  Eigen::Index reading() const { return low_rank_ ? batch_.size() : system_.rest.size(); }
  void read_residual(const double* x, Eigen::Index output, double* out) const;
  void read(const double* v, double* out) const;

  /// Q^T or Phi^T times readings.
  void project(const Eigen::Ref<const Eigen::MatrixXd>& readings,
               Eigen::MatrixXd& amplitudes) const;
  /// G Q or Phi times amplitudes, nu x columns.
  void spread(const Eigen::Ref<const Eigen::MatrixXd>& amplitudes, Eigen::MatrixXd& motion);

 private:
  void compute_all(std::span<const int> rows);

  const LearningSystem& system_;
  InverseInertia inertia_;
  BatchRows batch_;
  bool low_rank_;
  Eigen::VectorXd stiffness_;
  // low rank
  Eigen::MatrixXd push_, gram_, turned_;
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver_;
  // all modes
  Eigen::MatrixXd K_, f_, R_, shapes_;
};

}  // namespace springspice::training
