// How the entropy of a linear Langevin system changes, what it makes and what it gives away.
//
//     theta' = A theta + b + noise of diffusion Q = 2 D,    theta ~ N(mu, Theta)
//     S = 1/2 ln det(2 pi e Theta),    dS/dt = Pi - Phi      (units of Boltzmann's constant)
//
// With theta = (x, v) only velocities are damped and driven: by G = M^-1 D_friction and by D_v, the
// velocity block of D. That block alone would have to be inverted (D itself is singular), and
// u = D_v^-1 G v is known without: what a velocity distribution that the noise keeps has for -grad
// ln p. With w, what this distribution has,
//
//     symbol | underdamped, fdt | underdamped, diagonal | overdamped       (moving: x, G = D^-1 K)
//     u      | M v / kT         | M_s v / kT            | (K x - f) / kT
//     w      | [Theta^-1 (theta - mu)]_v, both          | Theta^-1 (x - mu)
//
//     dS/dt = <w^T D_v w> - tr G
//     Phi   = <u^T D_v u> - tr G                   flux into the bath
//     Pi    = <|D_v^1/2 (u - w)|^2>                production
//
// Pi is computed as that mean square, over the sources of the noise: sum_q density_q / 2 times
// <(h_q^T M^-1 (u - w))^2> (core/langevin.hpp). So it is never negative, and neither coordinates
// without friction nor, overdamped, free directions need care. In equilibrium (fdt noise, Theta of
// Boltzmann) u = w for every theta, and all three are 0. The mean counts: <v v^T> is
// Theta_vv + mu_v mu_v^T, and a system that moves as a whole heats its bath.
//
// In the steady state Pi is core::entropy_production() (core/moments.hpp), which knows no mean.
//
// Sources: Landi, Tome and de Oliveira, J. Phys. A 46 (2013) 395001, equations 26 to 33;
// arXiv 2508.19015, Appendix D, whose formulas mix positions into D^-1.
#pragma once

#include "core/system.hpp"

namespace springspice::core {

struct EntropyRates {
  double entropy = 0.0;     ///< S
  double change = 0.0;      ///< dS/dt
  double production = 0.0;  ///< Pi
  double flux = 0.0;        ///< Phi
};

/// Of one output's copy.
/// @param mean theta's, 2 nu (overdamped nu)
/// @param covariance Theta, positive definite; its lower triangle is read
/// @param output which column of f drives it; matters only when overdamped
/// @throws ParameterError for sizes that do not fit, an entry that is not finite, a Theta that is
/// not positive definite, kT = 0, and `diagonal` noise of a system without a stick mass
EntropyRates compute_entropy_rates(const SecondOrderSystem& system,
                                   const Eigen::Ref<const Eigen::VectorXd>& mean,
                                   const Eigen::Ref<const Eigen::MatrixXd>& covariance,
                                   Eigen::Index output = 0);

}  // namespace springspice::core
