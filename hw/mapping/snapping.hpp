// Which of the values near the wanted ones: all parts together, not each by itself.
//
// Other values multiply the coefficients of the parts by factors c_p, and the circuit settles at
// x' with K' x' = f'. With x = K^-1 f and e = x' - x
//
//     K' e = r,     r = f' - K' x = sum_p c_p a_p,     e^T G e = r^T P r,   P = K'^-1 G K'^-1
//
//   symbol | shape   | meaning
//   -------|---------|------------------------------------------------------------------------
//   r      | nu x m  | force that the fit leaves over; 0 where all c_p are 1
//   a_p    | nu x m  | what part p adds to it: a few entries
//   G      | nu x nu | Gram matrix of the prediction error (core/prediction_error.hpp)
//
// r is linear in the factors, whatever their sizes. So errors of parts can cancel, and with more
// parts than coordinates there are choices for which they nearly do. With P held at one K' the
// error is a quadratic form in the factors: a closest-vector problem. It is searched by annealing
// moves of one and two parts, each O(m), and descent over single and pair moves; who calls judges
// what is found by the exact error, and may hold P at the K' found.
#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

namespace springspice::hw {

struct SnapVariable {
  struct Entry {
    Eigen::Index row = 0, output = 0;
    double value = 0.0;
  };
  std::vector<Entry> change;    ///< a_p, of all parts that share the value
  std::vector<double> factors;  ///< c_p of each value that it may have
};

struct SnapProblem {
  Eigen::MatrixXd P;  ///< nu x nu
  Eigen::Index outputs = 1;
  std::vector<SnapVariable> variables;
};

/// One number of a factor a variable.
using SnapChoice = std::vector<std::size_t>;

struct SnapEffort {
  int restarts = 1;
  double sweeps = 100.0;  ///< moves tried in each, a variable
};

/// Mean over the outputs of r^T P r.
double quadratic_error(const SnapProblem& problem, const SnapChoice& choice);

/// What each restart ends at, the least quadratic error first; deterministic in the seed.
/// @param start where the first restart begins
std::vector<SnapChoice> search_choices(const SnapProblem& problem, const SnapChoice& start,
                                       const SnapEffort& effort, std::uint64_t seed);

}  // namespace springspice::hw
