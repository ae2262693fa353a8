// The sampled noise as the model feels it: a force, linear between the samples.
//
//     F(t) = sum_q h_q sqrt(s_q / step) n_q(t)         n_q of core/noise_path.hpp, stream q
//
// with incidence h_q and density s_q of the sources as the stamped circuit has them. Own noise of
// parts is left out: it is not the model's.
#pragma once

#include <cstdint>

#include "core/noise_path.hpp"
#include "sim/stamped.hpp"

namespace springspice::sim {

class SampledForce {
 public:
  /// @param step of the samples, model time
  SampledForce(const CircuitNoise& noise, Eigen::Index outputs, std::uint64_t seed,
               std::uint64_t run, double step);

  double step() const { return path_.step(); }
  /// At model time t, nu x m. Quick for times that go forwards.
  Eigen::MatrixXd at(double t);
  /// At sample k. Quick for samples in their order.
  Eigen::MatrixXd sample(std::uint64_t k);

 private:
  core::NoisePath path_;
  core::SparseMatrix amplitude_;  ///< h_q sqrt(s_q / step)
  Eigen::Index outputs_;
  std::uint64_t block_ = ~std::uint64_t{0};  ///< samples come by fours
  Eigen::MatrixXd four_;                     ///< nu m x 4
  std::uint64_t left_ = 0;
  Eigen::MatrixXd at_left_, at_right_;
};

}  // namespace springspice::sim
