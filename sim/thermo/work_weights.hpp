// The exact moments of exp(-w), which decide what Jarzynski's estimate is worth.
//
// The state is Gaussian, and w is a sum of quadratic functions of it. So <exp(-s w)> is carried up
// the staircase as an unnormalized Gaussian: a jump multiplies it by exp(-s (H'/kT' - H/kT)), which
// leaves a Gaussian of covariance (Theta^-1 + s A)^-1, A the jump's quadratic form, where that is
// positive definite, and no finite mean where it is not; a step moves it as any Gaussian. s = 1
// gives exp(-phi), Jarzynski's equality itself.
//
// With u = exp(phi - w), <u> = 1, n runs give the mean of u with a variance of (<u^2> - 1)/n. An
// error bar from the same runs is good to (<(u-1)^4>/<(u-1)^2>^2 - 1)/n of its square. A rule that
// looks at the sample for both would pass just those samples that have missed the rare runs.
#pragma once

#include "sim/thermo/protocol.hpp"

namespace springspice::thermo {

/// ln <exp(-order w)>; infinite where the mean is. Dense.
double log_mean_exponential(const Protocol& protocol, int order);

/// Runs from which on Jarzynski's estimate has a relative error of exp(-w)'s mean below
/// 1/sqrt(200), and an error bar that is right to a quarter; infinite where a moment is.
double runs_for_jarzynski(const Protocol& protocol);

/// The largest system for which it is computed: 40 coordinates and 100 steps take some tenths of a
/// second.
inline constexpr Eigen::Index kWeightsLimit = 40;

}  // namespace springspice::thermo
