// How long the stationary state remembers.
//
//     C(tau) = <dtheta(t + tau) dtheta(t)^T> = e^(A tau) Theta,     theta = (x, v) (overdamped: x)
//
// Integrated autocorrelation times, the integral of C(tau) / C(0) from 0 to infinity: an average
// over a time T has a variance of 2 tau C(0) / T, so T / (2 tau) independent samples.
//
//   of                 | time
//   -------------------|----------------------------------------------------------------------
//   position x_i       | (K^-1 (D xx + M vx))_ii / xx_ii, from -A^-1 Theta; S_x,i(0) / (2 xx_ii)
//   velocity v_i       | 0: it is the rate of a position that stays where it is, and S_v(0) = 0
//   energy z^T W z / 2 | tr(W Y) / tr(W Theta W Theta),  A Y + Y A^T + Theta W Theta = 0
//
// with z = theta - (x*, 0) and W = diag(0, M), diag(K, 0) or their sum: fourth moments of a
// Gaussian are squares, <E(tau) E(0)> - <E>^2 = tr(W C W C^T) / 2. With modes Lyapunov's equation
// falls apart into one for each pair of them. Equilibrium, D = gamma M: 1/(2 gamma) for the kinetic
// energy and the mean over the modes of 1/(2 gamma) + gamma/(2 omega^2) for the potential one.
//
// Source: any text on stochastic processes for C (Risken, section 7.2); Isserlis' theorem.
#pragma once

#include <optional>
#include <span>

#include "core/modes.hpp"
#include "core/system.hpp"
#include "sim/dynamics/stationary_state.hpp"

namespace springspice::dynamics {

struct AutocorrelationTimes {
  Eigen::VectorXd position;  ///< nu; may be below the time of a single decay, where x oscillates
  double potential = 0.0;    ///< of the potential energy
  std::optional<double> kinetic, total;  ///< none when overdamped
};

/// Of one output's copy. O(nu^3).
/// @pre state is that of solve_stationary_state() for this system
/// @throws core::ParameterError where nothing fluctuates (kT = 0), and for more than kLyapunovLimit
/// coordinates without modes
AutocorrelationTimes compute_autocorrelation_times(const core::SecondOrderSystem& system,
                                                   const std::optional<core::Modes>& modes,
                                                   const StationaryState& state);

/// <dx_i(t + tau) dx_i(t)> and the same of v: a row a time, a column a coordinate.
struct Autocovariance {
  Eigen::MatrixXd x, v;  ///< v empty when overdamped
};

/// O(nu^2) a time from the modes; without them O((2 nu)^3), by the dense propagator.
/// @param times tau, at least 0
/// @throws core::ParameterError for more than kLyapunovLimit coordinates without modes
Autocovariance compute_autocovariance(const core::SecondOrderSystem& system,
                                      const std::optional<core::Modes>& modes,
                                      const StationaryState& state, std::span<const double> times);

}  // namespace springspice::dynamics
