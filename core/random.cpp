#include "core/random.hpp"

#include <cmath>
#include <numbers>

#include <Random123/philox.h>

namespace springspice::core {
namespace {

r123::Philox4x64::ctr_type draw(const Counter& at) {
  const r123::Philox4x64::ctr_type counter = {{at.index, at.stream, at.domain, 0}};
  const r123::Philox4x64::key_type key = {{at.seed, 0}};
  return r123::Philox4x64{}(counter, key);
}

// The upper 53 bits, in the middle of their interval: never 0 and never 1.
double to_unit(std::uint64_t bits) { return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53; }

}  // namespace

double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return to_unit(draw({seed, 0, stream, index})[0]);
}

double normal(const Counter& counter) {
  const auto bits = draw(counter);
  const double radius = std::sqrt(-2.0 * std::log(to_unit(bits[0])));
  return radius * std::cos(2.0 * std::numbers::pi * to_unit(bits[1]));
}

double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return normal(Counter{seed, 0, stream, index});
}

}  // namespace springspice::core
