#include "sim/dynamics/quantile_sketch.hpp"

#include <bit>
#include <cmath>

namespace springspice::dynamics {
namespace {

// The mantissa's 52 bits less the 7 that are kept.
constexpr int kDropped = 52 - 7;

// Positive doubles sort as their bits do.
std::uint64_t number_of(double value) { return std::bit_cast<std::uint64_t>(value) >> kDropped; }

double middle_of(std::uint64_t number) {
  return 0.5 * (std::bit_cast<double>(number << kDropped) +
                std::bit_cast<double>((number + 1) << kDropped));
}

}  // namespace

std::uint64_t& QuantileSketch::bin(std::uint64_t number) {
  if (bins_.empty()) first_ = number;
  if (number < first_) {
    bins_.insert(bins_.begin(), static_cast<std::size_t>(first_ - number), 0);
    first_ = number;
  }
  const auto place = static_cast<std::size_t>(number - first_);
  if (place >= bins_.size()) bins_.resize(place + 1);
  return bins_[place];
}

void QuantileSketch::add(double value) {
  ++(value > 0.0 ? bin(number_of(value)) : zeros_);
  ++count_;
}

void QuantileSketch::merge(const QuantileSketch& other) {
  for (std::size_t i = 0; i < other.bins_.size(); ++i) {
    if (other.bins_[i] > 0) bin(other.first_ + i) += other.bins_[i];
  }
  zeros_ += other.zeros_;
  count_ += other.count_;
}

double QuantileSketch::quantile(double p) const {
  const auto rank = static_cast<std::uint64_t>(std::llround(p * static_cast<double>(count_ - 1)));
  std::uint64_t below = zeros_;
  if (below > rank) return 0.0;
  std::size_t place = 0;
  while ((below += bins_[place]) <= rank) ++place;
  return middle_of(first_ + place);
}

}  // namespace springspice::dynamics
