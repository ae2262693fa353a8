#include "sim/training/shuffle.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/random.hpp"

namespace springspice::training {
namespace {

constexpr std::uint64_t kShuffleStream = 0x7368'0000'0000'0000;
constexpr std::uint64_t kSplitStream = 0x7370'0000'0000'0000;

std::vector<int> permute(int count, std::uint64_t seed, std::uint64_t stream) {
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t last = order.size(); last > 1; --last) {
    // Below `last` even where the product rounds up: uniforms end half a unit below 1.
    const double draw = core::uniform(seed, stream, last) * static_cast<double>(last);
    std::swap(order[last - 1], order[std::min(static_cast<std::size_t>(draw), last - 1)]);
  }
  return order;
}

}  // namespace

std::vector<int> shuffle_epoch(int count, std::uint64_t seed, std::uint64_t epoch) {
  return permute(count, seed, kShuffleStream + epoch);
}

Split split_rows(int count, double fraction, std::uint64_t seed) {
  if (!(fraction >= 0.0 && fraction < 1.0)) {
    throw core::ParameterError(fmt::format(
        "--test-fraction is {}; it must be a number from 0 to below 1, e.g. 0.2", fraction));
  }
  const auto held_out = static_cast<std::ptrdiff_t>(std::llround(fraction * count));
  if (held_out >= count) {
    throw core::ParameterError(
        fmt::format("--test-fraction {} of {} rows leaves none to learn from; give a smaller one",
                    fraction, count));
  }
  const std::vector<int> order = permute(count, seed, kSplitStream);
  Split split{{order.begin() + held_out, order.end()}, {order.begin(), order.begin() + held_out}};
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.test.begin(), split.test.end());
  return split;
}

}  // namespace springspice::training
