// R^-1 and its root, for R = M or D = eta I: dense for small systems, by sparse Cholesky for
// others.
//
//     R = L L^T (with a permutation where sparse),   Cov(L^-T xi) = R^-1 for xi ~ N(0, I)
#pragma once

#include <memory>
#include <span>

#include <Eigen/SparseCholesky>

#include "core/system.hpp"

namespace springspice::training {

class InverseInertia {
 public:
  /// @throws core::InputError for an R that is not positive definite
  explicit InverseInertia(const core::SparseMatrix& inertia);

  /// out = scale R^-1 sum_c weight_c e_(node_c): the acceleration by a force on a few nodes.
  void push(std::span<const int> nodes, std::span<const double> weights, double scale,
            Eigen::Ref<Eigen::VectorXd> out) const;
  /// out = R^-1 force.
  void accelerate(const Eigen::Ref<const Eigen::VectorXd>& force,
                  Eigen::Ref<Eigen::VectorXd> out) const;
  /// out = L^-T xi, column by column; out and xi are different matrices.
  void color(const Eigen::Ref<const Eigen::MatrixXd>& xi, Eigen::Ref<Eigen::MatrixXd> out) const;

 private:
  Eigen::MatrixXd inverse_, root_;  ///< R^-1, L^-T; empty where sparse
  std::unique_ptr<Eigen::SimplicialLLT<core::SparseMatrix>> factor_;
};

}  // namespace springspice::training
