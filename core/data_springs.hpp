// The springs from data points to sticks, condensed cell by cell while the data stream by.
//
// With the weights W (N x nu) and targets y (N x m), the potential energy of unit springs is
//
//     U = 1/2 sum_j |w_j . x - y_j|^2 = 1/2 sum_cells ( |R_c x_c - z_c|^2 + rho_c^2 )
//
// where W_c = Q_c R_c is the QR factorisation of the rows of W in cell c, z_c = Q_c^T y_c, and
// rho_c^2 is what no x can remove. So the 2^d rows of R_c are springs that replace exactly all data
// springs of the cell. R_c and z_c are updated by Givens rotations, one row at a time; beside them
// the Gram matrix W_c^T W_c and W_c^T y_c are summed directly, because those sums are non-negative
// term by term and stay so (a resistor 1/K_ij needs that), which R^T R in floating point does not.
//
//   symbol  | shape           | meaning
//   --------|-----------------|------------------------------------------------
//   R_c     | 2^d x 2^d       | upper triangular factor of cell c
//   z_c     | 2^d x m         | rotated targets
//   G_c     | 2^d x 2^d       | W_c^T W_c
//   g_c     | 2^d x m         | W_c^T y_c
//   rho^2   | m               | residual sums of squares that remain at any x
//
// Memory: O(cells that hold data), whatever N is. Source: Golub and Van Loan, Section 5.1 (Givens).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/grid.hpp"

namespace springspice::core {

/// Count, mean, spread and range of each target, updated one value at a time (Welford).
struct TargetSummary {
  double minimum = 0.0;
  double maximum = 0.0;
  double mean = 0.0;
  double squares = 0.0;  ///< sum of squared deviations from the mean
};

class DataSprings {
 public:
  using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Block = Eigen::Map<const RowMatrix>;

  DataSprings(const Grid& grid, std::size_t outputs);

  /// Adds one data point. @pre u lies within the bounds of the grid, all values finite.
  void add(std::span<const double> u, std::span<const double> y);

  std::size_t count() const { return count_; }
  std::size_t outputs() const { return outputs_; }
  const std::vector<TargetSummary>& targets() const { return targets_; }
  /// Standard deviation of target p, 0 for fewer than two points.
  double spread(std::size_t output) const;
  /// The largest range (maximum - minimum) of any target.
  double range() const;

  /// Cells that hold data, in order of their number.
  std::vector<int> occupied_cells() const;
  /// Node numbers of a cell's corners.
  std::vector<int> corners(int cell) const;
  Block factor(int cell) const;                                                 ///< R_c
  Block rotated_targets(int cell) const;                                        ///< z_c
  Block gram(int cell) const;                                                   ///< G_c
  Block gram_targets(int cell) const;                                           ///< g_c
  std::span<const double> irreducible_squares() const { return irreducible_; }  ///< rho^2

  /// sum_j |w_j . x - y_j|^2 for one output, from the factors. @pre x has one value a node.
  double residual_squares(const Eigen::Ref<const Eigen::VectorXd>& x, std::size_t output) const;

  const Grid& grid() const { return grid_; }

 private:
  std::size_t block_size() const { return 2 * corners_ * (corners_ + outputs_); }
  double* block_of(int cell);
  const double* block_of(int cell) const;

  Grid grid_;
  std::size_t outputs_;
  std::size_t corners_;
  std::size_t count_ = 0;
  std::vector<std::int32_t> block_index_;  ///< of each cell, -1 without data
  std::vector<std::vector<double>> blocks_;
  std::vector<TargetSummary> targets_;
  std::vector<double> irreducible_;
  Stencil stencil_;
  std::vector<double> row_, rhs_;
};

}  // namespace springspice::core
