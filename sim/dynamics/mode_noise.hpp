// What white noise does to one mode in a given time.
//
//     q'' + gamma q' + omega^2 q = xi,   <xi(s) xi(s')> = density delta(s - s')   (two-sided)
//
// from rest: Gaussian of mean 0, and with S the response to a unit kick (mode_response.hpp)
//
//     <q q> = density int_0^t S^2,   <q q'> = density S(t)^2 / 2,   <q' q'> = density int_0^t S'^2
//
// The closed forms of the integrals cancel at short times (<q q> is density t^3 / 3 there), so they
// come from the moments' power series at a small step, and doubling: Sigma(2t) = Sigma + F Sigma
// F^T. No term cancels: any t, damping and stiffness, free modes too. Source: Van Loan 1978 for the
// integral; Risken, "The Fokker-Planck Equation", section 10.2, for the mode.
#pragma once

namespace springspice::dynamics {

struct ModeCovariance {
  double qq = 0.0, qv = 0.0, vv = 0.0;
};
/// @pre gamma, omega2, density, t >= 0
ModeCovariance compute_mode_covariance(double gamma, double omega2, double density, double t);

/// The lower factor of that covariance: q = position xi_1, q' = cross xi_1 + velocity xi_2 with
/// independent N(0, 1).
struct ModeNoise {
  double position = 0.0, cross = 0.0, velocity = 0.0;
};
ModeNoise factor_mode_noise(const ModeCovariance& covariance);

}  // namespace springspice::dynamics
