// All that the stationary state says about a system, in one call.
//
//   relaxation time        -1 / max Re lambda(A)                          core/modes.hpp
//   mean, covariance       the fit, and Theta                             stationary_state.hpp
//   temperatures, entropy  of modes and nodes                             temperatures.hpp
//   autocorrelation times  of positions and energies                      autocorrelation.hpp
//
// Energies are of one output, above the rest position: tr(M vv) / 2 and tr(K xx) / 2.
#pragma once

#include <optional>
#include <string>

#include "core/modes.hpp"
#include "core/null_space.hpp"
#include "core/system.hpp"
#include "sim/dynamics/autocorrelation.hpp"
#include "sim/dynamics/stationary_state.hpp"
#include "sim/dynamics/temperatures.hpp"

namespace springspice::dynamics {

struct StationaryAnalysis {
  std::string obstacle;  ///< empty, or why there is none of the rest
  std::optional<double> relaxation_time;
  StationaryState state;
  double kinetic = 0.0, potential = 0.0;
  std::optional<Temperatures> temperatures;  ///< none at kT = 0
  AutocorrelationTimes times;                ///< at kT = 0 the limit from above
};

/// Never throws for what the system is: the obstacle says it.
/// @param modes of compute_modes()
StationaryAnalysis analyse_stationary_state(const core::SecondOrderSystem& system,
                                            const core::NullSpace& null_space,
                                            const std::optional<core::Modes>& modes);

}  // namespace springspice::dynamics
