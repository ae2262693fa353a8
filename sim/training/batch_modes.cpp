#include "sim/training/batch_modes.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/modes.hpp"

namespace springspice::training {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

BatchModes::BatchModes(const LearningSystem& system, const SpringRows& rows, std::size_t batch)
    : system_(system),
      inertia_(system.inertia()),
      batch_(rows),
      low_rank_(!system.always_sprung() && static_cast<Index>(batch) < system.rest.size()) {
  if (low_rank_) return;
  if (system.rest.size() > core::kModesLimit) {
    throw core::ParameterError(fmt::format(
        "--steps-per-batch exact takes all modes of each batch where --neighbor-spring or "
        "--pin-spring acts, or the batch has as many rows as there are nodes; {} nodes are above "
        "the limit of {}: give --steps-per-batch 100, or a smaller --batch and no such springs",
        system.rest.size(), core::kModesLimit));
  }
  R_ = MatrixXd(system.inertia());
}

void BatchModes::compute(std::span<const int> rows) {
  batch_.gather(rows);
  if (!low_rank_) return compute_all(rows);
  batch_.compute_push(inertia_, system_.spring, push_);
  batch_.compute_gram(push_, gram_);
  solver_.compute(gram_);
  stiffness_ = solver_.eigenvalues().cwiseMax(0.0);
}

void BatchModes::compute_all(std::span<const int> rows) {
  K_ = MatrixXd(system_.rest.K);
  f_ = system_.rest.f;
  VectorXd residual(batch_.size());
  const VectorXd zero = VectorXd::Zero(K_.rows());
  for (Index j = 0; j < static_cast<Index>(rows.size()); ++j) {
    const auto nodes = batch_.nodes(j);
    const auto weights = batch_.weights(j);
    for (std::size_t a = 0; a < nodes.size(); ++a) {
      for (std::size_t b = 0; b < nodes.size(); ++b) {
        K_(nodes[a], nodes[b]) += system_.spring * weights[a] * weights[b];
      }
    }
  }
  for (Index p = 0; p < f_.cols(); ++p) {
    batch_.subtract_from_targets(zero.data(), p, residual.data());
    for (Index j = 0; j < batch_.size(); ++j) {
      const auto nodes = batch_.nodes(j);
      const auto weights = batch_.weights(j);
      for (std::size_t c = 0; c < nodes.size(); ++c) {
        f_(nodes[c], p) += system_.spring * weights[c] * residual[j];
      }
    }
  }
  const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXd> solver(K_, R_);
  stiffness_ = solver.eigenvalues().cwiseMax(0.0);
  shapes_ = solver.eigenvectors();
}

void BatchModes::read_residual(const double* x, Index output, double* out) const {
  if (low_rank_) return batch_.subtract_from_targets(x, output, out);
  Eigen::Map<VectorXd>(out, K_.rows()) =
      f_.col(output) - K_ * Eigen::Map<const VectorXd>(x, K_.rows());
}

void BatchModes::read(const double* v, double* out) const {
  if (low_rank_) return batch_.predict(v, out);
  Eigen::Map<VectorXd>(out, K_.rows()) = K_ * Eigen::Map<const VectorXd>(v, K_.rows());
}

void BatchModes::project(const Eigen::Ref<const MatrixXd>& readings, MatrixXd& amplitudes) const {
  amplitudes.resize(size(), readings.cols());
  amplitudes.noalias() = (low_rank_ ? solver_.eigenvectors() : shapes_).transpose() * readings;
}

void BatchModes::spread(const Eigen::Ref<const MatrixXd>& amplitudes, MatrixXd& motion) {
  motion.resize(system_.rest.size(), amplitudes.cols());
  if (!low_rank_) {
    motion.noalias() = shapes_ * amplitudes;
    return;
  }
  turned_.resize(size(), amplitudes.cols());
  turned_.noalias() = solver_.eigenvectors() * amplitudes;
  motion.noalias() = push_ * turned_;
}

}  // namespace springspice::training
