// Free energy differences from samples of reduced work, forward w_F and reverse w_R.
//
//     Jarzynski   phi = -ln mean exp(-w_F)       (and +ln mean exp(-w_R))
//                 error: relative standard deviation of exp(-w) / sqrt(N); bias, to first order
//                 in 1/N: +error^2 / 2 (the estimate of phi is too high)
//     Bennett     phi with mean_F 1/(1 + n_F/n_R e^(w - phi)) n_F = mean_R 1/(1 + n_R/n_F e^(w +
//     phi)) n_R
//                 (Phys. Rev. E 1976; the best use of both); error: Shirts et al. 2003, eq. 10
//     Crooks      ln P_F(w) / P_R(-w) = w - phi: a logistic regression of direction on w, whose
//                 slope must be 1 within its error and whose zero is phi
//
// phi is F_1/kT_1 - F_0/kT_0. Which runs matter: those in which the reverse process would typically
// pass, so an estimate by Jarzynski needs some exp(dissipated work of the reverse process) runs
// (Jarzynski, Phys. Rev. E 73 (2006) 046105). Too few give a number without meaning, which no error
// bar shows.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace springspice::thermo {

struct Estimate {
  double value = 0.0;  ///< phi
  double error = 0.0;  ///< standard error
  double bias = 0.0;   ///< estimated, of `value`; 0 where it is of higher order
  /// Empty, or why the number means nothing, with the runs that it would take.
  std::string obstacle;
};

/// @param needed runs that an estimate takes, where they are known (needed_runs()), else 0: then
/// judged by the effective number of samples alone
Estimate estimate_jarzynski(std::span<const double> reduced_work, double needed);
Estimate estimate_bennett(std::span<const double> forward, std::span<const double> reverse);

struct CrooksTest {
  Estimate crossing;                      ///< where P_F(w) = P_R(-w)
  double slope = 0.0, slope_error = 0.0;  ///< 1 if the theorem holds
  std::string obstacle;
};
CrooksTest test_crooks(std::span<const double> forward, std::span<const double> reverse);

/// exp(dissipated): @param dissipated mean reduced work of the *opposite* direction, less its
/// change of phi (never negative).
double needed_runs(double dissipated);

}  // namespace springspice::thermo
