// The settled state: whether there is one, how long a transient takes to it, and how far a circuit
// is from it. Shared by the `steady` checks of all engines.
#pragma once

#include <string>

#include <Eigen/Core>

#include "sim/check.hpp"

namespace springspice::sim {

/// Empty, or why the model has no settled state that a circuit could be held to with this limit.
std::string find_reason_against_settling(const Checker& checker, double limit);

/// 30 relaxation times, in steps of a tenth of one. BDF2 and backward Euler damp every mode at any
/// step; a step that long leaves at most (1 + 0.1)^-300 = 4e-13 of the way.
struct Settling {
  double step_s = 0.0;
  double stop_s = 0.0;
  double length = 0.0;  ///< model time
};
/// @pre find_reason_against_settling() is empty
Settling plan_settling(const Checker& checker);

/// The largest difference from the least-squares fit, of the data's range; infinite for a NaN.
double measure_settled(const Checker& checker, const Eigen::MatrixXd& x);

}  // namespace springspice::sim
