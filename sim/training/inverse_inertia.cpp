#include "sim/training/inverse_inertia.hpp"

#include <Eigen/Cholesky>

#include "core/error.hpp"

namespace springspice::training {
namespace {

// A dense product costs 2 nu^2, a sparse solve some 10 nu log nu with worse constants.
constexpr Eigen::Index kDenseLimit = 200;

[[noreturn]] void fail() {
  throw core::InputError("the inertia (M; overdamped D) is not positive definite");
}

}  // namespace

InverseInertia::InverseInertia(const core::SparseMatrix& inertia) {
  const Eigen::Index size = inertia.rows();
  if (size > kDenseLimit) {
    factor_ = std::make_unique<Eigen::SimplicialLLT<core::SparseMatrix>>(inertia);
    if (factor_->info() != Eigen::Success) fail();
    return;
  }
  const Eigen::LLT<Eigen::MatrixXd> dense{Eigen::MatrixXd(inertia)};
  if (dense.info() != Eigen::Success) fail();
  root_ = dense.matrixU().solve(Eigen::MatrixXd::Identity(size, size));
  inverse_ = root_ * root_.transpose();
}

void InverseInertia::push(std::span<const int> nodes, std::span<const double> weights, double scale,
                          Eigen::Ref<Eigen::VectorXd> out) const {
  out.setZero();
  for (std::size_t c = 0; c < nodes.size(); ++c) {
    if (factor_) {
      out[nodes[c]] += scale * weights[c];
    } else {
      out += scale * weights[c] * inverse_.col(nodes[c]);
    }
  }
  if (factor_) out = factor_->solve(Eigen::VectorXd(out));
}

void InverseInertia::accelerate(const Eigen::Ref<const Eigen::VectorXd>& force,
                                Eigen::Ref<Eigen::VectorXd> out) const {
  if (factor_) {
    out = factor_->solve(force);
  } else {
    out.noalias() = inverse_ * force;
  }
}

void InverseInertia::color(const Eigen::Ref<const Eigen::MatrixXd>& xi,
                           Eigen::Ref<Eigen::MatrixXd> out) const {
  if (factor_) {
    out = factor_->matrixU().solve(xi);
    out = factor_->permutationPinv() * Eigen::MatrixXd(out);
  } else {
    out.noalias() = root_ * xi;
  }
}

}  // namespace springspice::training
