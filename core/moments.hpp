// Exact Gaussian moments of a linear Langevin system, in continuous and in sampled time.
//
//     theta' = A theta + b + B xi,    <xi(t) xi(t')^T> = I delta(t - t'),    Q = B B^T
//
//   symbol | shape | meaning
//   -------|-------|------------------------------------------------------------
//   A      | n x n | drift; any: non-normal, defective, singular, unstable
//   b      | n x m | constant drift, one column for each independent copy
//   Q      | n x n | diffusion, symmetric positive semidefinite, may be singular
//   h      | 1     | step of the sampled noise
//   H      | n x q | how the sampled sources enter: one column a source
//
// All is dense. A is first balanced by powers of two, so positions and velocities may be in any
// units.
//
// Sources: Bartels and Stewart 1972 (Lyapunov); Van Loan 1978 (integrals of the exponential; his
// one-shot formula loses all digits for long times, doubling does not); Landi, Tome, de Oliveira,
// J. Phys. A 46 (2013) 395001 (entropy production).
#pragma once

#include <cstdint>

#include <Eigen/Core>

namespace springspice::core {

/// The stationary covariance: X of A X + X A^T + Q = 0. O(n^3).
/// @throws ParameterError for sizes that do not fit, an entry that is not finite, and an A that is
/// not stable (an eigenvalue whose real part is not below 0 by more than rounding). 600 x 600 take
/// about 6 s, most of it the complex Schur form.
Eigen::MatrixXd solve_lyapunov(const Eigen::Ref<const Eigen::MatrixXd>& A,
                               const Eigen::Ref<const Eigen::MatrixXd>& Q);

/// theta(t) = propagator theta(0) + drift + a Gaussian of mean 0 and this covariance.
struct Moments {
  Eigen::MatrixXd propagator;  ///< exp(A t)
  Eigen::MatrixXd drift;       ///< n x m, integral_0^t exp(A s) ds b
  Eigen::MatrixXd covariance;  ///< integral_0^t exp(A s) Q exp(A^T s) ds
};

/// Power series at t / 2^k, where |A| t / 2^k is at most 1/2; then k times
///     Sigma(2t) = Sigma(t) + F Sigma(t) F^T,    d(2t) = d(t) + F d(t),    F(2t) = F(t)^2.
/// Relative error about eps times the number of units 1/|A| in t, or in the relaxation time where
/// that is shorter: so t may be 1e9 relaxation times.
/// @throws ParameterError as above, for t < 0, and where the moments outgrow all numbers.
Moments propagate_moments(const Eigen::Ref<const Eigen::MatrixXd>& A,
                          const Eigen::Ref<const Eigen::MatrixXd>& b,
                          const Eigen::Ref<const Eigen::MatrixXd>& Q, double t);

/// Entropy that the stationary state makes in unit time, in units of Boltzmann's constant:
///
///     Pi = integral J^T D^+ J / p dtheta,    J = A_irr theta p - D grad p,    D = Q/2
///        = tr(G^T D^+ G Theta^-1),           G = A_irr Theta + D
///        = tr(A_irr^T D^+ A_irr Theta) + tr A_irr
///
/// with p Gaussian of covariance Theta about its mean, which carries no irreversible current. The
/// last line takes tr(D Theta^-1) = -tr A from the stationary state and tr A_rev = 0 (a reversible
/// drift keeps phase volumes). The middle one is computed: it is never negative, and zero to
/// rounding in equilibrium. Infinite where a current flows in a direction without noise.
///
/// @param A_irreversible the part of A that is even under time reversal: all of A where overdamped;
/// [0 0; 0 -M^-1 D_friction] for theta = (x, v).
/// @param covariance Theta, positive definite, e.g. of solve_lyapunov().
/// @throws ParameterError for sizes that do not fit and a Theta that is not positive definite.
double entropy_production(const Eigen::Ref<const Eigen::MatrixXd>& A_irreversible,
                          const Eigen::Ref<const Eigen::MatrixXd>& Q,
                          const Eigen::Ref<const Eigen::MatrixXd>& covariance);

/// The covariance of z_steps of the trapezoidal rule under sampled noise (core/noise_path.hpp):
///
///     z_k+1 = z_k + h/2 (A (z_k + z_k+1) + H (u_k + u_k+1)),    z_0 = 0,    u_0 = 0,
///
/// u_k of k >= 1 independent N(0, 1/h) for each source: white noise of density H H^T as h -> 0.
/// With P = (I - hA/2)^-1 (I + hA/2) and G = (I - hA/2)^-1 H h/2, the rest w_k = z_k - G u_k knows
/// only older noise: w_k+1 = P w_k + (P G + G) u_k. So Cov z_k = Cov w_k + G G^T / h, and Cov w is
/// a geometric sum, by doubling: O(n^3 log steps).
/// @throws ParameterError as above, for h that is not above 0, and where 2/h is an eigenvalue of A.
Eigen::MatrixXd trapezoidal_covariance(const Eigen::Ref<const Eigen::MatrixXd>& A,
                                       const Eigen::Ref<const Eigen::MatrixXd>& H, double h,
                                       std::uint64_t steps);

}  // namespace springspice::core
