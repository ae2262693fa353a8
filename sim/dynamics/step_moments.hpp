// What a step of any length does to a Gaussian state, as dense matrices.
//
//     mean <- F mean + d,    Theta <- F Theta F^T + Theta_h        (core::Moments)
//
// In the modes, where the system has any and its noise leaves them independent, each block is
// Phi diag(g) Phi^T with g of sim/dynamics/mode_response.hpp and mode_noise.hpp:
//
//     F = [Phi C Phi^T M   Phi S  Phi^T M]      d = (Phi P Phi^T f, Phi S Phi^T f)
//         [Phi C' Phi^T M  Phi S' Phi^T M]      C' = -omega^2 S
//
// O(nu^3) with seven products of nu x nu; otherwise by doubling (core/moments.hpp), some hundred
// products of twice the size.
#pragma once

#include <optional>

#include "core/modes.hpp"
#include "core/moments.hpp"
#include "core/system.hpp"

namespace springspice::dynamics {

/// @param modes of compute_modes()
/// @throws core::ParameterError where the step is dense and the system larger than kLyapunovLimit
core::Moments compute_step_moments(const core::SecondOrderSystem& system,
                                   const std::optional<core::Modes>& modes, double h);

}  // namespace springspice::dynamics
