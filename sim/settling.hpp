// The settled state: whether there is one, how long a transient takes to it, and how far a circuit
// is from it. Shared by the `steady` checks of all engines.
#pragma once

#include <string>

#include <Eigen/Core>

#include "sim/check.hpp"
#include "sim/harness.hpp"

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

/// The run whose last point is the settled circuit: the operating point where the design has one,
/// else a transient of that length. Adds what it needs to the harness.
Run make_rest_run(const Checker& checker, Harness& harness);

/// Limit and origin of a `steady` check: by the operating point where the design has one, else by a
/// transient.
void set_settling_limit(Check& check, bool has_operating_point);

/// What a read-out shows of a state: sum of weight x position, or velocity.
double value_of(const netlist::Readout& readout, const core::State& state);

/// The largest difference from the least-squares fit, of the data's range; infinite for a NaN.
double measure_settled(const Checker& checker, const Eigen::MatrixXd& x);

}  // namespace springspice::sim
