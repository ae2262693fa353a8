// The work of forward runs and what reverse runs gave back, as two classes on one axis.
//
//     x = w_F of a forward run, -w_R of a reverse run;    ln P(forward | x) / P(reverse | x)
//       = ln(n_F / n_R) + x - phi                         (Crooks, Phys. Rev. E 60 (1999) 2721)
#pragma once

#include <span>
#include <string>
#include <vector>

namespace springspice::thermo {

struct PooledWork {
  std::vector<double> x;  ///< forward runs first
  std::size_t forward = 0, reverse = 0;
  double log_ratio = 0.0;  ///< ln(n_F / n_R)
  double least = 0.0, greatest = 0.0;
};

/// @throws core::ParameterError for an empty sample and a value that is not finite
PooledWork pool(std::span<const double> forward, std::span<const double> reverse);

/// @throws core::ParameterError as above; @param what "forward", "reverse": which sample
void check_work(std::span<const double> work, const char* what);

/// 1 / (1 + exp(-z)), of any z.
double logistic(double z);

/// Where too few runs lie where both directions have some: why, and how many runs would do.
/// @param overlap sum over all runs of P(forward | x) P(reverse | x)
std::string explain_overlap(const PooledWork& pooled, double overlap);

}  // namespace springspice::thermo
