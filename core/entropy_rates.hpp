// How the entropy of a linear Langevin system changes, what it makes and what it gives away.
//
//     theta' = A theta + b + noise of diffusion Q = 2 D,    theta ~ N(mu, Theta)
//     S = 1/2 ln det(2 pi e Theta),    dS/dt = Pi - Phi      (units of Boltzmann's constant)
//
// With theta = (x, v) only velocities are damped and driven: G = M^-1 D_friction, and D_v the
// velocity block of D, nu x nu, which alone is inverted (Q itself is singular). With
// s = [Theta^-1]_vv and <v v^T> = Theta_vv + mu_v mu_v^T:
//
//     dS/dt = tr(D_v s) - tr G
//     Phi   = tr(G^T D_v^-1 G <v v^T>) - tr G               flux into the bath
//     Pi    = tr(G^T D_v^-1 G <v v^T>) - 2 tr G + tr(D_v s) production
//           = <|D_v^-1/2 (G v - D_v [Theta^-1 (theta - mu)]_v)|^2> >= 0
//
// computed as that mean square, so it is never negative. Overdamped: G = D_friction^-1 K, the whole
// of the state in place of v, and <(x - x*)(x - x*)^T> about the rest x* in place of <v v^T>.
// In equilibrium (fdt noise, Theta of Boltzmann) all three are 0.
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
/// @param mean theta's, 2 nu (overdamped nu); @param covariance Theta, positive definite
/// @throws ParameterError for sizes that do not fit, a Theta that is not positive definite, kT = 0,
/// and noise that misses a damped direction (production is infinite there)
EntropyRates compute_entropy_rates(const SecondOrderSystem& system,
                                   const Eigen::Ref<const Eigen::VectorXd>& mean,
                                   const Eigen::Ref<const Eigen::MatrixXd>& covariance);

}  // namespace springspice::core
