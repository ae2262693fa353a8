#include "sim/dynamics/quadratic_loss.hpp"

#include <vector>

namespace springspice::dynamics {

using Eigen::Index;

QuadraticLoss::QuadraticLoss(const core::DataSprings& data, const Eigen::MatrixXd& reference)
    : reference_(reference) {
  const auto nu = static_cast<Index>(data.grid().node_count());
  const auto outputs = static_cast<Index>(data.outputs());
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::MatrixXd moments = Eigen::MatrixXd::Zero(nu, outputs);  // W^T y
  for (const int cell : data.occupied_cells()) {
    const std::vector<int> nodes = data.corners(cell);
    const auto gram = data.gram(cell);
    const auto targets = data.gram_targets(cell);
    for (std::size_t a = 0; a < nodes.size(); ++a) {
      const auto row = static_cast<Index>(a);
      moments.row(nodes[a]) += targets.row(row);
      for (std::size_t b = 0; b < nodes.size(); ++b) {
        entries.emplace_back(nodes[a], nodes[b], gram(row, static_cast<Index>(b)));
      }
    }
  }
  G_.resize(nu, nu);
  G_.setFromTriplets(entries.begin(), entries.end());
  gradient_ = G_ * reference_ - moments;
  for (Index p = 0; p < outputs; ++p) {
    at_reference_ += data.residual_squares(reference_.col(p), static_cast<std::size_t>(p));
  }
  scale_ = 1.0 / (static_cast<double>(data.count()) * static_cast<double>(outputs));
}

Eigen::VectorXd QuadraticLoss::compute(const Eigen::MatrixXd& theta) const {
  const Index outputs = reference_.cols();
  Eigen::MatrixXd away = theta.topRows(reference_.rows());
  for (Index c = 0; c < away.cols(); ++c) away.col(c) -= reference_.col(c % outputs);
  const Eigen::MatrixXd bent = G_ * away;
  Eigen::VectorXd loss = Eigen::VectorXd::Constant(theta.cols() / outputs, at_reference_);
  for (Index c = 0; c < away.cols(); ++c) {
    loss(c / outputs) +=
        2.0 * gradient_.col(c % outputs).dot(away.col(c)) + away.col(c).dot(bent.col(c));
  }
  return scale_ * loss;
}

}  // namespace springspice::dynamics
