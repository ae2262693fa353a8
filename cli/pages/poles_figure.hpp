// The poles of a model: exp(s t) are its motions without force and noise.
//
//   underdamped  s^2 + gamma s + omega^2 = 0 for each mode      overdamped  s = -lambda
//
// Where D is not gamma M, the eigenvalues of the drift matrix A (core/langevin.hpp).
#pragma once

#include <complex>
#include <vector>

#include "report/page.hpp"

#include "sim/check.hpp"

namespace springspice::cli {

/// Per unit of model time, in the order of the modes; empty where the model is too large.
std::vector<std::complex<double>> find_poles(const core::SecondOrderSystem& system,
                                             const sim::Analysis& analysis);

/// With the poles as points in the plane.
report::Section make_poles_section(const core::SecondOrderSystem& system,
                                   const sim::Analysis& analysis);

}  // namespace springspice::cli
