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

Eigen::MatrixXd SampledForce::sample(std::uint64_t k) const {
  Eigen::VectorXd force = Eigen::VectorXd::Zero(amplitude_.rows());
  for (Eigen::Index q = 0; q < amplitude_.outerSize(); ++q) {
    core::SparseMatrix::InnerIterator it(amplitude_, q);
    if (!it) continue;
    const double n = path_.sample(static_cast<std::uint64_t>(q), k);
    for (; it; ++it) force(it.row()) += it.value() * n;
  }
  return force.reshaped(force.size() / outputs_, outputs_);
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
