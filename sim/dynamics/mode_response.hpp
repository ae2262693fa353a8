// How one mode answers: a kick, a hold, a constant force.
//
//     q'' + gamma q' + omega^2 q = p:    q(t) = q0 C(t) + q0' S(t) + p P(t)
//
// S is the response to a unit kick, C = S' + gamma S, P the integral of S from 0 to t; q' follows
// from C' = -omega^2 S, S' and P' = S. No formula cancels: under-, over- and critically damped,
// undamped, and free (omega = 0). Source: any text on linear vibrations.
#pragma once

namespace springspice::dynamics {

struct ModeResponse {
  double kick = 0.0;       ///< S(t)
  double kick_rate = 0.0;  ///< S'(t)
  double hold = 0.0;       ///< C(t)
  double force = 0.0;      ///< P(t)
};
ModeResponse compute_mode_response(double gamma, double omega2, double t);

/// (1 - e^(-z)) / z, the mean of e^(-s z) over 0 < s < 1; 1 at z = 0.
double decay_mean(double z);

}  // namespace springspice::dynamics
