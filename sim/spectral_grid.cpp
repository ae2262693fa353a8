#include "sim/spectral_grid.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace springspice::sim {
namespace {

struct Pole {
  double centre = 0.0;
  double width = 0.0;
};

// One of each conjugate pair. A free mode's pole at 0 has no width and takes no part: velocities do
// not see it, and positions have no variance then.
std::vector<Pole> find_poles(const core::Modes& modes, core::Dynamics dynamics) {
  std::vector<Pole> poles;
  const auto add = [&](double centre, double width) {
    if (width <= 0.0) return;
    for (const Pole& other : poles) {
      const double near = 1e-9 * (width + other.width);
      if (std::abs(other.centre - centre) <= near && std::abs(other.width - width) <= near) return;
    }
    poles.push_back({centre, width});
  };
  const double half = modes.friction / 2.0;
  for (const double stiffness : modes.stiffness) {
    if (dynamics == core::Dynamics::overdamped) {
      add(0.0, stiffness);
      continue;
    }
    const double under_root = half * half - stiffness;
    if (under_root < 0.0) {
      add(std::sqrt(-under_root), half);
      continue;
    }
    const double fast = half + std::sqrt(under_root);
    add(0.0, fast);
    if (fast > 0.0) add(0.0, stiffness / fast);
  }
  return poles;
}

double phase(const std::vector<Pole>& poles, double omega) {
  double sum = 0.0;
  for (const auto& [centre, width] : poles) {
    sum += std::atan((omega - centre) / width) + std::atan((omega + centre) / width);
  }
  return sum;
}

double phase_rate(const std::vector<Pole>& poles, double omega) {
  double sum = 0.0;
  for (const auto& [centre, width] : poles) {
    sum += width / ((omega - centre) * (omega - centre) + width * width) +
           width / ((omega + centre) * (omega + centre) + width * width);
  }
  return sum;
}

// Where the rising phase has this value; to the last digits, so that the weights fit the points.
double invert_phase(const std::vector<Pole>& poles, double wanted) {
  double low = 0.0;
  double high = 1.0;
  for (const auto& [centre, width] : poles) high = std::max(high, centre + width);
  while (phase(poles, high) < wanted) high *= 2.0;
  for (int k = 0; k < 200 && high - low > 1e-15 * high; ++k) {
    const double middle = 0.5 * (low + high);
    (phase(poles, middle) < wanted ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

std::vector<SpectralPoint> make_spectral_grid(const core::Modes& modes, core::Dynamics dynamics,
                                              double points_a_pole, std::size_t fewest) {
  const std::vector<Pole> poles = find_poles(modes, dynamics);
  std::vector<SpectralPoint> grid;
  if (poles.empty()) return grid;
  // A whole number a pole: a root of the Blaschke product would have branch points at the poles.
  const auto order = static_cast<double>(poles.size());
  const double each = std::ceil(std::max(points_a_pole, static_cast<double>(fewest) / order));
  const auto count = static_cast<std::size_t>(each) * poles.size();
  const double share = std::numbers::pi / each;
  for (std::size_t j = 0; j < count; ++j) {
    const double omega = invert_phase(poles, (static_cast<double>(j) + 0.5) * share);
    grid.push_back({omega, share / phase_rate(poles, omega)});
  }
  return grid;
}

}  // namespace springspice::sim
