#include "core/noise_path.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/random.hpp"

namespace springspice::core {

NoisePath::NoisePath(std::uint64_t seed, std::uint64_t run, double step)
    : seed_(seed), run_(run), step_(step) {
  if (std::isfinite(step) && step > 0.0) return;
  throw ParameterError(
      fmt::format("the step of the noise is {}; it must be a finite number above 0", step));
}

double NoisePath::amplitude(double density) const { return std::sqrt(density / step_); }

std::array<double, 4> NoisePath::samples(std::uint64_t source, std::uint64_t block) const {
  std::array<double, 4> out = normals({seed_, run_ + 1, source, block});
  if (block == 0) out[0] = 0.0;
  return out;
}

double NoisePath::sample(std::uint64_t source, std::uint64_t k) const {
  return samples(source, k / 4)[k % 4];
}

double NoisePath::at(std::uint64_t source, double t) const {
  const double position = t / step_;
  const double below = std::floor(position);
  const auto k = static_cast<std::uint64_t>(below);
  const double left = sample(source, k);
  return left + (position - below) * (sample(source, k + 1) - left);
}

}  // namespace springspice::core
