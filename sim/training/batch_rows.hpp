// The rows of one batch side by side in memory, and R^-1 W_b^T and W_b R^-1 W_b^T made of them.
#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "sim/training/inverse_inertia.hpp"
#include "sim/training/spring_rows.hpp"

namespace springspice::training {

class BatchRows {
 public:
  explicit BatchRows(const SpringRows& rows) : rows_(rows) {}

  void gather(std::span<const int> which);
  Eigen::Index size() const { return size_; }
  std::span<const int> nodes(Eigen::Index row) const;
  std::span<const double> weights(Eigen::Index row) const;

  /// out = W_b x, for one output.
  void predict(const double* x, double* out) const;
  /// out = y_b - W_b x of output p.
  void subtract_from_targets(const double* x, Eigen::Index output, double* out) const;

  /// push = scale R^-1 W_b^T, nu x b.
  void compute_push(const InverseInertia& inertia, double scale, Eigen::MatrixXd& push) const;
  /// gram = W_b push, b x b, symmetric.
  void compute_gram(const Eigen::MatrixXd& push, Eigen::MatrixXd& gram) const;

 private:
  const SpringRows& rows_;
  Eigen::Index size_ = 0;
  std::vector<int> nodes_;
  std::vector<double> weights_, targets_;  ///< targets output by output
};

}  // namespace springspice::training
