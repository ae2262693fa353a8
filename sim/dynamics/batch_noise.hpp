// The normal deviates of training, each a pure function of (seed, copy, batch, step, coordinate):
// the same numbers after a restart and in any order.
//
// Address (core/random.hpp): domain 0x7472'6169'6e00'0000 + copy, far above the runs of ensembles;
// stream the batch's number since the start of training; index step ceil(nu/4) + i/4, so that each
// step begins with a fresh draw of four.
#pragma once

#include <cstdint>

#include <Eigen/Core>

namespace springspice::dynamics {

class BatchNoise {
 public:
  /// @param first_copy copies are numbered through all models of a training and their outputs
  BatchNoise(std::uint64_t seed, std::uint64_t first_copy) : seed_(seed), first_(first_copy) {}

  /// Independent N(0, 1): column n is step `first_step` + n.
  void fill(std::uint64_t output, std::uint64_t batch, std::uint64_t first_step,
            Eigen::Ref<Eigen::MatrixXd> values) const;

 private:
  std::uint64_t seed_, first_;
};

}  // namespace springspice::dynamics
