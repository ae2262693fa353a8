// Second moments of the stationary state of a system under any white force noise.
//
//     M x'' + D x' + K x = f + F,   <F(t) F(t')^T> = S delta(t - t')     (S two-sided, nu x nu)
//
// With modes, K phi = omega^2 M phi, phi^T M phi = I, D = gamma M, and N = phi^T S phi, the
// Lyapunov equation falls apart into one for each pair (k, l), in closed form:
//
//     <q_k q_l>   = N_kl / (gamma (w_k + w_l) + (w_k - w_l)^2 / (2 gamma)),   w = omega^2
//     <q_k q_l'>  = (w_k - w_l) / (2 gamma) <q_k q_l>
//     <q_k' q_l'> = (w_k + w_l) / 2 <q_k q_l>;  N_kl / (2 gamma) for two free modes
//
// Overdamped, K phi = lambda D phi: <q_k q_l> = N_kl / (lambda_k + lambda_l).
//
// S = 2 kT D gives kT K^-1 and kT M^-1. Source: Lyapunov's equation for (q, q'), solved by hand;
// Risken, "The Fokker-Planck Equation", section 10.2, for one mode.
#pragma once

#include <optional>

#include "core/modes.hpp"
#include "core/system.hpp"

namespace springspice::core {

struct StationaryMoments {
  Eigen::MatrixXd qq, qv, vv;  ///< of the modes' amplitudes; qv, vv empty when overdamped
  Eigen::MatrixXd noise;       ///< N
};

/// @param S force noise, nu x nu
/// @return none where a mode has no stationary velocity: gamma is 0. Pairs of free modes have an
/// infinite qq, where noise reaches them (overdamped too).
std::optional<StationaryMoments> solve_stationary(const Modes& modes, Dynamics dynamics,
                                                  const SparseMatrix& S);

}  // namespace springspice::core
