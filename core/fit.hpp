// The least-squares fit, which is where the sticks come to rest, and its predictions.
//
// K x = f. Where K is singular (null_space.hpp) many x fit equally well; the one returned is where
// the noise-free system settles when it starts at x = 0 at rest: G x is orthogonal to the null
// space, with G = D (for D = gamma M, of least mass-weighted norm; overdamped, of least norm),
// since the null space feels no spring and N^T (M v + D x) never changes. Undamped (D = 0) G is M.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/grid.hpp"
#include "core/null_space.hpp"
#include "core/system.hpp"

namespace springspice::core {

/// nu x m. Solved by sparse Cholesky with two steps of iterative refinement.
/// @throws InputError where f has a part that no spring can balance (K singular, given matrices).
Eigen::MatrixXd solve_fit(const SecondOrderSystem& system, const NullSpace& null_space);

/// Predictions, and how many queries were clamped to the bounds.
class Predictor {
 public:
  /// @pre x has one row a node of the grid
  Predictor(const Grid& grid, Eigen::MatrixXd x) : grid_(grid), x_(std::move(x)) {}

  /// yhat(u), one value an output, into `y`.
  void predict(std::span<const double> u, std::span<double> y);
  std::size_t clamped() const { return clamped_; }

 private:
  Grid grid_;
  Eigen::MatrixXd x_;
  Stencil stencil_;
  std::size_t clamped_ = 0;
};

}  // namespace springspice::core
