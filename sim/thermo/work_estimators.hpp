// Free energy differences from samples of reduced work, forward w_F and reverse w_R.
//
//     Jarzynski   phi = -ln mean exp(-w_F)       (and +ln mean exp(-w_R))
//                 error: relative standard deviation of exp(-w) / sqrt(N); bias, to first order
//                 in 1/N: +error^2 / 2 (the estimate of phi is too high)
//     Bennett     phi with the sum over all runs of P(forward | w) equal to n_F, where
//                     P(forward | w) = 1 / (1 + n_R/n_F exp(phi - w))    (reverse runs: w = -w_R)
//                 (J. Comput. Phys. 22 (1976) 245; the best use of both); error: Shirts et al.,
//                 Phys. Rev. Lett. 91 (2003) 140601, eq. 10, 1/O - 1/n_F - 1/n_R with the overlap
//                 O = sum of P(forward | w) P(reverse | w)
//     Crooks      ln P_F(w) / P_R(-w) = w - phi: a logistic regression of direction on w, whose
//                 slope must be 1 within its error and whose zero is phi
//
// phi is F_1/kT_1 - F_0/kT_0. Which runs matter: those in which the reverse process would typically
// pass, so an estimate by Jarzynski needs some exp(dissipated work of the reverse process) runs
// (Jarzynski, Phys. Rev. E 73 (2006) 046105). Too few give a number without meaning, which no error
// bar shows. So an estimate has an obstacle where
//
//     Jarzynski   runs < exp(dissipated), where that is known; or
//                 (sum e^-w)^2 / sum e^-2w < 200: the weight of so many equal runs; or
//                 the tail of e^-w has a shape of 1/2 or more, no finite variance (pareto_tail.hpp;
//                 so it is for a quench to less than half of a stiffness, with any number of runs)
//     both others O < 5
//
// Where the numbers come from: repeated samples of 300 to 30,000 runs, of Gaussian work of variance
// 0.5 to 20 and of quenches of one to five modes by factors of 4 to 1/10. Without a rule the exact
// phi is more than two of Jarzynski's error bars away in up to 79 % of the samples. A sample that
// passes and errs so comes in up to 52 % (quenches; Gaussian 10 %) with the rule of 200 alone, and
// in 6 % with the tail as well. Bennett's and Crooks' bars cover wherever O is above 1: 5 to 8 %
// lie beyond two, for Gaussian work of variance 1 to 32 and 50 to 2000 runs.
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

/// @param needed runs that an estimate takes, where they are known (needed_runs()), else 0
/// @throws core::ParameterError for no runs, and for work that is not finite (all three)
Estimate estimate_jarzynski(std::span<const double> reduced_work, double needed);
/// By what is known exactly instead of the sample: @param needed runs_for_jarzynski()
/// (work_weights.hpp). What passes is independent of what was drawn, so its error bar covers.
Estimate estimate_jarzynski_known(std::span<const double> reduced_work, double needed);
Estimate estimate_bennett(std::span<const double> forward, std::span<const double> reverse);

struct CrooksTest {
  Estimate crossing;                      ///< where P_F(w) = P_R(-w)
  double slope = 0.0, slope_error = 0.0;  ///< 1 if the theorem holds
  std::string obstacle;  ///< to the slope; the crossing also needs a slope told from 0
};
CrooksTest test_crooks(std::span<const double> forward, std::span<const double> reverse);

/// exp(dissipated): @param dissipated mean reduced work of the *opposite* direction, less its
/// change of phi (never negative).
double needed_runs(double dissipated);

}  // namespace springspice::thermo
