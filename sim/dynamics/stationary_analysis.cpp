#include "sim/dynamics/stationary_analysis.hpp"

#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/stationary.hpp"

namespace springspice::dynamics {
namespace {

using core::SecondOrderSystem;

Temperatures find_temperatures(const SecondOrderSystem& system,
                               const std::optional<core::Modes>& modes,
                               const StationaryState& state) {
  if (modes) {
    const auto moments =
        core::solve_stationary(*modes, system.dynamics, core::compute_force_noise_matrix(system));
    return compute_temperatures(*modes, system.dynamics, *moments);
  }
  const DenseDrift drift = make_dense_drift(system);
  return compute_temperatures(system, modes, drift.A, drift.Q, state.covariance());
}

void analyse(const SecondOrderSystem& system, const core::NullSpace& null_space,
             const std::optional<core::Modes>& modes, StationaryAnalysis& out) {
  out.state = solve_stationary_state(system, null_space, modes);
  out.relaxation_time = core::compute_time_scales(system, null_space, modes).relaxation_time;
  out.potential = 0.5 * (system.K * out.state.xx).eval().trace();
  if (system.dynamics == core::Dynamics::underdamped) {
    out.kinetic = 0.5 * (system.M * out.state.vv).eval().trace();
  }
  if (system.kT > 0.0) {
    out.temperatures = find_temperatures(system, modes, out.state);
    out.times = compute_autocorrelation_times(system, modes, out.state);
    return;
  }
  // Covariances are proportional to kT, and times are ratios of them.
  SecondOrderSystem warm = system;
  warm.kT = 1.0;
  out.times =
      compute_autocorrelation_times(warm, modes, solve_stationary_state(warm, null_space, modes));
}

}  // namespace

StationaryAnalysis analyse_stationary_state(const SecondOrderSystem& system,
                                            const core::NullSpace& null_space,
                                            const std::optional<core::Modes>& modes) {
  StationaryAnalysis out;
  try {
    analyse(system, null_space, modes, out);
  } catch (const core::ParameterError& error) {
    out.obstacle = error.what();
  } catch (const core::InputError& error) {
    out.obstacle = error.what();
  }
  return out;
}

}  // namespace springspice::dynamics
