// Random orders as a pure function of (seed, purpose, number): the same on every machine, for any
// number of epochs before, and after a restart.
//
// Fisher and Yates' shuffle with uniforms of core/random.hpp, domain 0, streams above those of
// single draws and noise sources: 0x7368... + epoch for the order of an epoch, 0x7370... for the
// rows that are held out.
#pragma once

#include <cstdint>
#include <vector>

namespace springspice::training {

/// The order in which an epoch meets `count` rows.
std::vector<int> shuffle_epoch(int count, std::uint64_t seed, std::uint64_t epoch);

struct Split {
  std::vector<int> train, test;  ///< row numbers, ascending
};
/// Holds out round(fraction count) rows.
/// @throws core::ParameterError for a fraction outside 0 to 1, and where no row is left to train
Split split_rows(int count, double fraction, std::uint64_t seed);

}  // namespace springspice::training
