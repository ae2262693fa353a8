// Noise spectra of the coordinates in the stationary state.
//
//     S_x,i(w) = integral <dx_i(t) dx_i(t + tau)> e^(-j w tau) dtau = (G S G^H)_ii
//     G(w) = (K - w^2 M + j w D)^-1     (overdamped: (K + j w D)^-1),     S_v = w^2 S_x
//
// S is the model's force noise (core/langevin.hpp). Two-sided, in units of position^2 time, w in
// rad per unit of time: the variance is the integral over all w, divided by 2 pi; S_x(0) is
// 2 tau <dx^2> with the integrated autocorrelation time tau (autocorrelation.hpp).
#pragma once

#include <span>

#include "core/modes.hpp"
#include "core/system.hpp"

namespace springspice::dynamics {

/// A row a frequency, a column a coordinate of those given. One sparse complex factorisation a
/// frequency, with a step of refinement; any D.
/// @throws core::ParameterError where the system has a pole at j w: a free direction at 0, an
/// undamped mode at its own frequency
Eigen::MatrixXd compute_position_spectra(const core::SecondOrderSystem& system,
                                         std::span<const double> omega,
                                         std::span<const Eigen::Index> coordinates);

/// The same from the modes: O(nu^2) numbers a frequency and coordinate, or O(nu) for fdt noise.
Eigen::MatrixXd compute_position_spectra(const core::SecondOrderSystem& system,
                                         const core::Modes& modes, std::span<const double> omega,
                                         std::span<const Eigen::Index> coordinates);

}  // namespace springspice::dynamics
