// The largest step at which an explicit scheme does not blow up.
//
//   baoab                        2 / omega                        of the fastest mode
//   euler-maruyama               min over the eigenvalues lambda of A of -2 Re lambda / |lambda|^2
//     below critical damping     gamma / omega^2
//     above                      2 / (gamma/2 + sqrt(gamma^2/4 - omega^2))
//     overdamped                 2 / lambda
//
// |1 + h lambda| < 1 gives the second; it is smallest at the slowest or the fastest mode. Undamped
// modes have none: 0. Source: Hairer and Wanner, "Solving ODEs II", Section IV.2; Leimkuhler and
// Matthews 2013.
#pragma once

#include <optional>

#include "core/modes.hpp"
#include "sim/dynamics/integrator.hpp"

namespace springspice::dynamics {

/// Euler's bound of modes whose omega^2 (overdamped: rates) lie from `slowest` to `fastest`, both
/// of them among the modes. Infinite where nothing moves, 0 without friction.
double largest_euler_step(core::Dynamics dynamics, double friction, double slowest, double fastest);

/// Infinite for the implicit and exact schemes, and where nothing moves.
/// @throws core::ParameterError where D is not gamma M in a system too large for its eigenvalues
double largest_stable_step(Scheme scheme, const core::SecondOrderSystem& system,
                           const std::optional<core::Modes>& modes);

/// @throws core::ParameterError for h at or above it: names both, and what to do
void check_stable(Scheme scheme, const core::SecondOrderSystem& system,
                  const std::optional<core::Modes>& modes, double h);

}  // namespace springspice::dynamics
