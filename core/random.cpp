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

std::array<double, 4> normals(const Counter& counter) {
  const auto bits = draw(counter);
  std::array<double, 4> out;
  for (std::size_t pair = 0; pair < 4; pair += 2) {
    const double radius = std::sqrt(-2.0 * std::log(to_unit(bits[pair])));
    const double angle = 2.0 * std::numbers::pi * to_unit(bits[pair + 1]);
    out[pair] = radius * std::cos(angle);
    out[pair + 1] = radius * std::sin(angle);
  }
  return out;
}

double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return normals({seed, 0, stream, index})[0];
}

}  // namespace springspice::core
