// The mean squared error at the data points, as a function of the nodes.
//
//     loss(x) = 1/(N m) sum_p sum_j (w_j . x^p - y_j^p)^2
//             = loss(x0) + 1/(N m) sum_p (2 g0^p . (x - x0) + (x - x0) . G (x - x0))
//
// with G = W^T W from the condensed data (core/data_springs.hpp), x0 a reference near which the
// sticks are (the fit), and g0 = G x0 - W^T y: nothing cancels where the loss is small beside y^2.
// Memory O(cells), whatever N is.
#pragma once

#include "core/data_springs.hpp"
#include "core/system.hpp"

namespace springspice::dynamics {

class QuadraticLoss {
 public:
  /// @param reference x0, nu x m. @pre data.count() > 0
  QuadraticLoss(const core::DataSprings& data, const Eigen::MatrixXd& reference);

  /// Of runs of m columns each: theta's first nu rows are x, column r m + p is output p of run r.
  /// @return one loss a run
  Eigen::VectorXd compute(const Eigen::MatrixXd& theta) const;

 private:
  core::SparseMatrix G_;
  Eigen::MatrixXd reference_, gradient_;
  double at_reference_ = 0.0;  ///< sum of squares
  double scale_ = 0.0;         ///< 1/(N m)
};

}  // namespace springspice::dynamics
