// How heavy is the upper tail of a sample? The shape k of the generalized Pareto distribution
//
//     P(X - threshold > x) = (1 + k x / sigma)^(-1/k)
//
// fitted to the largest min(N/5, 3 sqrt N) values. X has a finite variance where k < 1/2, a finite
// mean where k < 1. Where it has none, the spread of a sample says nothing about the error of its
// mean.
//
// Sources: Zhang and Stephens, Technometrics 51 (2009) 316 (the fit: one integral over a profile
// likelihood, no iteration); Vehtari, Simpson, Gelman, Yao and Gabry, J. Mach. Learn. Res. 25
// (2024) 72 (its use on weights, how many of them, and a weak prior: k = 1/2 of ten observations).
#pragma once

#include <vector>

namespace springspice::thermo {

/// k. 0 where the tail cannot be told: fewer than 25 values, or a tail of equal ones.
/// @pre all are finite and not negative
double fit_pareto_tail(std::vector<double> values);

}  // namespace springspice::thermo
