// The exact log-likelihood of a path whose positions and velocities are all observed.
//
//     log p(theta_1 ... theta_n | theta_0) = sum_k log N(theta_k; F theta_k-1 + d, Sigma)
//
// with F, d and Sigma of the k-th gap (core/moments.hpp): no error of a time step, whatever the
// gaps are. Outputs are independent copies and their terms add up. In units of the states' own
// density: 1 / (position^nu velocity^nu) for each output and gap. For a path of which only some
// coordinates are seen, or with errors of measurement, see kalman_filter.hpp.
//
// Coordinates that no noise reaches (a zero on Sigma's diagonal; all at kT = 0) have no density:
// they must follow the prediction to rounding, else the path is impossible and its log-likelihood
// -infinity; the density is then that of the other coordinates. "To rounding" is 64 n eps times the
// terms that the prediction sums up. Noise that is singular along a combination of coordinates is
// refused, because a density over combinations of positions and velocities has no unit.
#pragma once

#include <cstdint>
#include <span>

#include "core/system.hpp"

namespace springspice::dynamics {

struct PathLikelihood {
  double log_likelihood = 0.0;
  /// Numbers that have a density, and the sum of squares of their standardised innovations,
  /// L^-1 (theta_k - F theta_k-1 - d) with Sigma = L L^T: chi-squared of so many degrees of freedom
  /// where the model is true.
  std::uint64_t observations = 0;
  double chi_squared = 0.0;
  std::uint64_t noise_free = 0;  ///< numbers that had to be exact
};

/// O(n^3) for each length of gap, O(n^2) for each gap; n = 2 nu (overdamped nu).
/// @param times strictly increasing; states.size() of them
/// @throws core::ParameterError for sizes that do not fit, times that do not increase, values that
/// are not finite, more than kLyapunovLimit coordinates
/// (stationary_state.hpp), and a Sigma that is singular: scaled to a
/// unit diagonal, of a reciprocal condition below 1e-10 (the quadratic form then has lost all but
/// five digits)
PathLikelihood compute_path_likelihood(const core::SecondOrderSystem& system,
                                       std::span<const double> times,
                                       std::span<const core::State> states);

}  // namespace springspice::dynamics
