#include "sim/training/batch_rows.hpp"

#include <algorithm>

namespace springspice::training {

void BatchRows::gather(std::span<const int> which) {
  const std::size_t c = rows_.corners;
  size_ = static_cast<Eigen::Index>(which.size());
  nodes_.resize(which.size() * c);
  weights_.resize(which.size() * c);
  targets_.resize(which.size() * rows_.outputs);
  for (std::size_t j = 0; j < which.size(); ++j) {
    const std::size_t from = static_cast<std::size_t>(which[j]);
    std::copy_n(&rows_.nodes[from * c], c, &nodes_[j * c]);
    std::copy_n(&rows_.weights[from * c], c, &weights_[j * c]);
    for (std::size_t p = 0; p < rows_.outputs; ++p) {
      targets_[p * which.size() + j] = rows_.targets[from * rows_.outputs + p];
    }
  }
}

std::span<const int> BatchRows::nodes(Eigen::Index row) const {
  return {&nodes_[static_cast<std::size_t>(row) * rows_.corners], rows_.corners};
}

std::span<const double> BatchRows::weights(Eigen::Index row) const {
  return {&weights_[static_cast<std::size_t>(row) * rows_.corners], rows_.corners};
}

void BatchRows::predict(const double* x, double* out) const {
  const int* node = nodes_.data();
  const double* weight = weights_.data();
  for (Eigen::Index j = 0; j < size_; ++j) {
    double sum = 0.0;
    for (std::size_t c = 0; c < rows_.corners; ++c) sum += *weight++ * x[*node++];
    out[j] = sum;
  }
}

void BatchRows::subtract_from_targets(const double* x, Eigen::Index output, double* out) const {
  predict(x, out);
  const double* y = &targets_[static_cast<std::size_t>(output * size_)];
  for (Eigen::Index j = 0; j < size_; ++j) out[j] = y[j] - out[j];
}

void BatchRows::compute_push(const InverseInertia& inertia, double scale,
                             Eigen::MatrixXd& push) const {
  push.resize(rows_.coordinates, size_);
  for (Eigen::Index j = 0; j < size_; ++j) {
    inertia.push(nodes(j), weights(j), scale, push.col(j));
  }
}

void BatchRows::compute_gram(const Eigen::MatrixXd& push, Eigen::MatrixXd& gram) const {
  gram.resize(size_, size_);
  for (Eigen::Index j = 0; j < size_; ++j) predict(push.col(j).data(), gram.col(j).data());
}

}  // namespace springspice::training
