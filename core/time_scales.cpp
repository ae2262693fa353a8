#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/extreme_modes.hpp"
#include "core/langevin.hpp"
#include "core/modes.hpp"

namespace springspice::core {
namespace {

// The dense eigenvalues of a 2 nu x 2 nu matrix that is not symmetric cost about 25 (2 nu)^3.
constexpr Eigen::Index kGeneralLimit = 500;

// lambda = -gamma/2 +- sqrt(gamma^2/4 - omega^2): the slower real part, without cancellation.
double slower_decay(double gamma, double omega2) {
  const double half = gamma / 2.0;
  const double under_root = half * half - omega2;
  if (under_root <= 0.0) return half;
  return omega2 / (half + std::sqrt(under_root));
}

double larger_modulus(double gamma, double omega2) {
  const double half = gamma / 2.0;
  const double under_root = half * half - omega2;
  return under_root <= 0.0 ? std::sqrt(omega2) : half + std::sqrt(under_root);
}

TimeScales from_extremes(const SecondOrderSystem& system, double smallest, double largest,
                         bool has_free) {
  TimeScales scales;
  if (system.dynamics == Dynamics::overdamped) {
    scales.slowest_frequency = smallest;
    scales.fastest_frequency = scales.fastest_rate = largest;
    if (smallest > 0.0) scales.relaxation_time = 1.0 / smallest;
    return scales;
  }
  const double gamma = system.rayleigh_friction().value_or(0.0);
  scales.slowest_frequency = std::sqrt(smallest);
  scales.fastest_frequency = std::sqrt(largest);
  // The modulus falls with omega below critical damping and rises above it: an end has the largest.
  scales.fastest_rate = std::max(larger_modulus(gamma, largest), larger_modulus(gamma, smallest));
  if (has_free) scales.fastest_rate = std::max(scales.fastest_rate, gamma);
  if (gamma > 0.0) {
    // The velocity of a free mode decays with gamma; a sprung mode may be slower or, below
    // critical damping, decays with gamma/2. The slower of the two ends decides.
    double decay = has_free ? gamma : std::numeric_limits<double>::infinity();
    if (smallest > 0.0) decay = std::min(decay, slower_decay(gamma, smallest));
    if (largest > 0.0) decay = std::min(decay, slower_decay(gamma, largest));
    scales.relaxation_time = 1.0 / decay;
  }
  return scales;
}

// How many eigenvalues of A are 0: one for each free direction, and where D does not brake it a
// second one, for its velocity.
Eigen::Index count_resting(const SecondOrderSystem& system, const NullSpace& null_space) {
  const Eigen::Index free = null_space.dimension();
  if (free == 0 || system.dynamics == Dynamics::overdamped) return free;
  Eigen::MatrixXd basis = null_space.basis;
  basis.colwise().normalize();
  const Eigen::MatrixXd braked = basis.transpose() * system.D * basis;
  return 2 * free - Eigen::FullPivHouseholderQR<Eigen::MatrixXd>(braked).rank();
}

TimeScales from_eigenvalues(const SecondOrderSystem& system, const NullSpace& null_space) {
  if (system.size() > kGeneralLimit) {
    throw ParameterError(fmt::format(
        "the {} coordinates do not decouple into modes (limit for finding time scales: {}), "
        "because D is not gamma M or K is not positive semidefinite; give --dt and --t-end",
        system.size(), kGeneralLimit));
  }
  SecondOrderSystem quiet = system;
  quiet.noise_model = NoiseModel::fdt;
  quiet.kT = 0.0;
  const Eigen::EigenSolver<Eigen::MatrixXd> solver(Eigen::MatrixXd(make_langevin(quiet).A), false);
  std::vector<std::complex<double>> lambda(solver.eigenvalues().begin(),
                                           solver.eigenvalues().end());
  std::sort(lambda.begin(), lambda.end(),
            [](const auto& a, const auto& b) { return std::abs(a) < std::abs(b); });
  lambda.erase(lambda.begin(), lambda.begin() + count_resting(system, null_space));
  TimeScales scales;
  if (lambda.empty()) return scales;
  scales.slowest_frequency = std::abs(lambda.front());
  scales.fastest_frequency = scales.fastest_rate = std::abs(lambda.back());
  const double rounding = 1e-12 * scales.fastest_rate;
  double decay = std::numeric_limits<double>::infinity();
  for (const auto& value : lambda) {
    if (value.real() > rounding) return scales;  // grows without bound
    if (value.real() < -rounding) decay = std::min(decay, -value.real());
  }
  if (std::isfinite(decay)) scales.relaxation_time = 1.0 / decay;
  return scales;
}

}  // namespace

TimeScales compute_time_scales(const SecondOrderSystem& system, const NullSpace& null_space,
                               const std::optional<Modes>& modes) {
  const Eigen::Index free = null_space.dimension();
  const bool all_free = free == system.size();
  if (modes) {
    const Eigen::Index last = system.size() - 1;
    return from_extremes(system, all_free ? 0.0 : modes->stiffness(free),
                         all_free ? 0.0 : modes->stiffness(last), free > 0);
  }
  const bool decouples =
      system.dynamics == Dynamics::overdamped || system.rayleigh_friction().has_value();
  if (!decouples || system.size() <= kModesLimit) return from_eigenvalues(system, null_space);
  if (all_free) return from_extremes(system, 0.0, 0.0, true);
  const auto [smallest, largest] = find_extreme_stiffness(system, null_space);
  return from_extremes(system, smallest, largest, free > 0);
}

}  // namespace springspice::core
