// The normal deviates of training, each a pure function of (seed, copy, batch, step, coordinate):
// the same numbers after a restart and in any order.
//
// Address (core/random.hpp): domain 0x7472'6169'6e00'0000 + copy, far above the runs of ensembles;
// index the batch's number since the start of training; stream step q + i mod q with q =
// ceil(nu/4), word i / q of the four, so that a block of steps is one run of streams.
#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

namespace springspice::training {

class BatchNoise {
 public:
  /// @param first_copy copies are numbered through all models of a training and their outputs
  BatchNoise(std::uint64_t seed, std::uint64_t first_copy) : seed_(seed), first_(first_copy) {}

  /// Independent N(0, 1): column n is step `first_step` + n.
  void fill(std::uint64_t output, std::uint64_t batch, std::uint64_t first_step,
            Eigen::Ref<Eigen::MatrixXd> values);

 private:
  std::uint64_t seed_, first_;
  std::vector<double> drawn_;
};

}  // namespace springspice::training
