#include "sim/dynamics/quantile_sketch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace springspice::dynamics {
namespace {

// The mantissa's 52 bits less the 7 that are kept.
constexpr int kDropped = 52 - 7;

}  // namespace

void QuantileSketch::add(double value) {
  // Positive doubles sort as their bits do.
  ++bins_[std::bit_cast<std::uint64_t>(std::max(value, 0.0)) >> kDropped];
  ++count_;
}

void QuantileSketch::merge(const QuantileSketch& other) {
  for (const auto& [bin, count] : other.bins_) bins_[bin] += count;
  count_ += other.count_;
}

double QuantileSketch::quantile(double p) const {
  const double last = static_cast<double>(count_ - 1);
  const auto rank = static_cast<std::uint64_t>(std::llround(p * last));
  std::uint64_t below = 0;
  for (const auto& [bin, count] : bins_) {
    below += count;
    if (below <= rank) continue;
    const double lower = std::bit_cast<double>(bin << kDropped);
    if (bin == 0) return 0.0;
    return 0.5 * (lower + std::bit_cast<double>((bin + 1) << kDropped));
  }
  return 0.0;
}

}  // namespace springspice::dynamics
