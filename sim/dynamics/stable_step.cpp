#include "sim/dynamics/stable_step.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/null_space.hpp"

namespace springspice::dynamics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// omega^2 (overdamped: lambda) of the slowest and the fastest mode.
struct Ends {
  double slowest = 0.0, fastest = 0.0;
};

Ends find_ends(const core::SecondOrderSystem& system, const std::optional<core::Modes>& modes) {
  if (modes) return {modes->stiffness(0), modes->stiffness(modes->stiffness.size() - 1)};
  const core::NullSpace null_space = core::find_null_space(system.K);
  const core::TimeScales scales = core::compute_time_scales(system, null_space, modes);
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const auto stiffness = [&](double frequency) {
    return overdamped ? frequency : frequency * frequency;
  };
  return {null_space.dimension() > 0 ? 0.0 : stiffness(scales.slowest_frequency),
          stiffness(scales.fastest_frequency)};
}

double euler_bound(double gamma, double omega2) {
  const double under_root = gamma * gamma / 4.0 - omega2;
  if (under_root < 0.0) return gamma / omega2;
  const double fastest = gamma / 2.0 + std::sqrt(under_root);
  return fastest == 0.0 ? kInfinity : 2.0 / fastest;
}

// From the eigenvalues of A, where neither friction nor K is such that modes exist.
double euler_bound_of(const core::SecondOrderSystem& system) {
  if (system.size() > kDenseLimit) {
    throw core::ParameterError(fmt::format(
        "the largest stable step of --integrator euler-maruyama needs the eigenvalues of A, which "
        "are computed for {} coordinates at most where D is not gamma M, and these are {}; give "
        "--integrator midpoint, which is stable at any step",
        kDenseLimit, system.size()));
  }
  core::SecondOrderSystem quiet = system;
  quiet.kT = 0.0;
  quiet.noise_model = core::NoiseModel::fdt;
  const Eigen::EigenSolver<Eigen::MatrixXd> solver(Eigen::MatrixXd(core::make_langevin(quiet).A),
                                                   false);
  const double rounding = 1e-12 * solver.eigenvalues().cwiseAbs().maxCoeff();
  double bound = kInfinity;
  for (const std::complex<double>& lambda : solver.eigenvalues()) {
    if (std::abs(lambda) <= rounding) continue;
    bound = std::min(bound, std::max(0.0, -2.0 * lambda.real() / std::norm(lambda)));
  }
  return bound;
}

}  // namespace

double largest_euler_step(core::Dynamics dynamics, double friction, double slowest,
                          double fastest) {
  if (dynamics == core::Dynamics::overdamped) return fastest == 0.0 ? kInfinity : 2.0 / fastest;
  return std::min(euler_bound(friction, slowest), euler_bound(friction, fastest));
}

double largest_stable_step(Scheme scheme, const core::SecondOrderSystem& system,
                           const std::optional<core::Modes>& modes) {
  if (scheme == Scheme::exact || scheme == Scheme::midpoint) return kInfinity;
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const std::optional<double> gamma = system.rayleigh_friction();
  const bool decouples = modes || ((overdamped || gamma) && system.size() > core::kModesLimit);
  if (scheme == Scheme::euler_maruyama && !decouples) return euler_bound_of(system);
  const Ends ends = find_ends(system, modes);
  if (scheme == Scheme::baoab) return 2.0 / std::sqrt(ends.fastest);
  return largest_euler_step(system.dynamics, gamma.value_or(0.0), ends.slowest, ends.fastest);
}

void check_stable(Scheme scheme, const core::SecondOrderSystem& system,
                  const std::optional<core::Modes>& modes, double h) {
  const double bound = largest_stable_step(scheme, system, modes);
  if (h < bound) return;
  if (bound == 0.0) {
    throw core::ParameterError(
        fmt::format("--integrator {} has no stable step here: a mode that is not damped grows at "
                    "any; give --integrator exact or midpoint, or friction",
                    to_string(scheme)));
  }
  throw core::ParameterError(fmt::format(
      "--dt {} is unstable with --integrator {}: the largest stable step of this system "
      "is {:.6g}; give a smaller --dt, or --integrator exact or midpoint, which are "
      "stable at any",
      h, to_string(scheme), bound));
}

}  // namespace springspice::dynamics
