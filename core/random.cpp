#include "core/random.hpp"

#include <cmath>
#include <numbers>

#include <Random123/philox.h>

namespace springspice::core {
namespace {

r123::Philox4x64::ctr_type draw(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  const r123::Philox4x64::ctr_type counter = {{index, stream, 0, 0}};
  const r123::Philox4x64::key_type key = {{seed, 0}};
  return r123::Philox4x64{}(counter, key);
}

// The upper 53 bits, in the middle of their interval: never 0 and never 1.
double to_unit(std::uint64_t bits) { return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53; }

}  // namespace

double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return to_unit(draw(seed, stream, index)[0]);
}

double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  const auto bits = draw(seed, stream, index);
  const double radius = std::sqrt(-2.0 * std::log(to_unit(bits[0])));
  return radius * std::cos(2.0 * std::numbers::pi * to_unit(bits[1]));
}

}  // namespace springspice::core
