// Small linear programs, solved exactly but for rounding, with the multipliers that prove it.
//
//     maximise  c^T y   subject to   A y <= h,   y free
//
//   symbol | shape | meaning
//   -------|-------|----------------------------------------------------
//   A      | k x n | one limit a row; n is a handful, k some dozens
//   u      | k     | multipliers: u >= 0, A^T u = c, h^T u = c^T y
//
// The dual, minimise h^T u over A^T u = c, u >= 0, by the simplex method on a dense tableau of n
// rows, with Bland's rule, so that it ends. The limits with u > 0 are those that bind.
#pragma once

#include <optional>

#include <Eigen/Core>

namespace springspice::hw {

struct LinearOptimum {
  double value = 0.0;
  Eigen::VectorXd y;            ///< variables that nothing depends on stay 0
  Eigen::VectorXd multipliers;  ///< u
};

/// None where nothing satisfies A y <= h, or c^T y has no bound.
std::optional<LinearOptimum> maximise(const Eigen::VectorXd& c, const Eigen::MatrixXd& A,
                                      const Eigen::VectorXd& h);

}  // namespace springspice::hw
