#include "sim/sampled_force.hpp"

#include <cmath>

namespace springspice::sim {

SampledForce::SampledForce(const CircuitNoise& noise, Eigen::Index outputs, std::uint64_t seed,
                           std::uint64_t run, double step)
    : path_(seed, run, step), outputs_(outputs) {
  Eigen::VectorXd amplitude(noise.density.size());
  for (Eigen::Index q = 0; q < amplitude.size(); ++q) {
    const bool own = noise.own[static_cast<std::size_t>(q)];
    amplitude(q) = own ? 0.0 : path_.amplitude(noise.density(q));
  }
  amplitude_ = noise.H * amplitude.asDiagonal();
  at_left_ = sample(0);
  at_right_ = sample(1);
}

Eigen::MatrixXd SampledForce::sample(std::uint64_t k) {
  if (k / 4 != block_) {
    block_ = k / 4;
    four_ = Eigen::MatrixXd::Zero(amplitude_.rows(), 4);
    for (Eigen::Index q = 0; q < amplitude_.outerSize(); ++q) {
      core::SparseMatrix::InnerIterator it(amplitude_, q);
      if (!it) continue;
      const std::array<double, 4> n = path_.samples(static_cast<std::uint64_t>(q), block_);
      for (; it; ++it)
        four_.row(it.row()) += it.value() * Eigen::Map<const Eigen::RowVector4d>(n.data());
    }
  }
  const auto column = static_cast<Eigen::Index>(k % 4);
  return four_.col(column).reshaped(four_.rows() / outputs_, outputs_);
}

Eigen::MatrixXd SampledForce::at(double t) {
  const double position = t / path_.step();
  const double below = std::floor(position);
  const auto k = static_cast<std::uint64_t>(below);
  if (k != left_) {
    at_left_ = k == left_ + 1 ? at_right_ : sample(k);
    at_right_ = sample(k + 1);
    left_ = k;
  }
  return at_left_ + (position - below) * (at_right_ - at_left_);
}

}  // namespace springspice::sim
