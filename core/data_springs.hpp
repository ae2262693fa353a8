// The springs from data points to sticks, condensed cell by cell while the data stream by.
//
// With the weights W (N x nu) and targets y (N x m), the potential energy of unit springs is
//
//     U = 1/2 sum_j |w_j . x - y_j|^2 = 1/2 sum_cells ( |R_c x_c - z_c|^2 + rho_c^2 )
//
// where W_c = Q_c R_c is the QR factorisation of the rows of W in cell c, z_c = Q_c^T y_c, and
// rho_c^2 is what no x can remove. So the 2^d rows of R_c are springs that replace exactly all data
// springs of the cell. The points of a cell wait until there are sixteen; then Householder
// reflections take their rows into R_c and z_c, a square root and two divisions a column for all
// of them. Beside them the Gram matrix W_c^T W_c and W_c^T y_c are summed directly, because those
// sums are non-negative term by term and stay so (a resistor 1/K_ij needs that), which R^T R in
// floating point does not.
//
//   symbol  | shape           | meaning
//   --------|-----------------|------------------------------------------------
//   R_c     | 2^d x 2^d       | upper triangular factor of cell c
//   z_c     | 2^d x m         | rotated targets
//   G_c     | 2^d x 2^d       | W_c^T W_c
//   g_c     | 2^d x m         | W_c^T y_c
//   rho^2   | m               | residual sums of squares that remain at any x
//
// Memory: O(cells that hold data), whatever N is. Source: Golub and Van Loan, Matrix Computations,
// Sections 5.1 (Householder) and 6.5 (appending rows).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/grid.hpp"

namespace springspice::core {

/// Mean, spread and range of a target, of groups of values that are joined (Chan, Golub and
/// LeVeque).
struct TargetSummary {
  double minimum = 0.0;
  double maximum = 0.0;
  double mean = 0.0;
  double squares = 0.0;  ///< sum of squared deviations from the mean
};

/// Sums are the same to the last bit for the same points in the same order. What is read between
/// two add() has taken in all points before it: so reading earlier changes how later points are
/// grouped, and their rounding. The first reading after add() takes in what waits, so it must not
/// be done by two threads at once.
class DataSprings {
 public:
  using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Block = Eigen::Map<const RowMatrix>;

  DataSprings(const Grid& grid, std::size_t outputs);

  /// Adds one data point. @pre u lies within the bounds of the grid, all values finite.
  void add(std::span<const double> u, std::span<const double> y);

  std::size_t count() const { return count_; }
  std::size_t outputs() const { return outputs_; }
  const std::vector<TargetSummary>& targets() const;
  /// Standard deviation of target p, 0 for fewer than two points.
  double spread(std::size_t output) const;
  /// The largest range (maximum - minimum) of any target.
  double range() const;

  /// Cells that hold data, in order of their number.
  std::vector<int> occupied_cells() const;
  /// Node numbers of a cell's corners.
  std::vector<int> corners(int cell) const;
  Block factor(int cell) const;                         ///< R_c
  Block rotated_targets(int cell) const;                ///< z_c
  Block gram(int cell) const;                           ///< G_c
  Block gram_targets(int cell) const;                   ///< g_c
  std::span<const double> irreducible_squares() const;  ///< rho^2

  /// sum_j |w_j . x - y_j|^2 for one output, from the factors. @pre x has one value a node.
  double residual_squares(const Eigen::Ref<const Eigen::VectorXd>& x, std::size_t output) const;

  const Grid& grid() const { return grid_; }

 private:
  // Points are sorted into cells many at a time: the searches do not depend on each other, and the
  // processor can do several at once.
  static constexpr std::size_t kSorted = 64;
  // A block is what is kept of a cell: R, z, G, g row by row, then the points that wait: lambda of
  // each axis, then each target, kGroup values each.
  static constexpr std::size_t kGroup = 16;
  std::size_t block_number(int cell) const;
  double* block(std::size_t number) const {
    const std::size_t inside = number & ((std::size_t{1} << blocks_per_chunk_log2_) - 1);
    return chunks_[number >> blocks_per_chunk_log2_].data() + inside * block_size_;
  }
  const double* sums_of(int cell) const;
  void sort_points() const;
  void take_in(std::size_t number) const;
  template <int kCorners>
  void take_in_corners(std::size_t number) const;
  void take_in_all() const;

  Grid grid_;
  std::size_t outputs_;
  std::size_t corners_;
  std::size_t sums_size_;   ///< doubles before the points that wait
  std::size_t block_size_;  ///< doubles
  int blocks_per_chunk_log2_;
  std::size_t count_ = 0;
  // What reading finishes.
  mutable bool all_taken_in_ = true;
  mutable std::vector<double> unsorted_;  ///< u and y, point by point
  mutable std::size_t unsorted_points_ = 0;
  mutable std::vector<std::int32_t> block_number_;  ///< of each cell, -1 without data
  mutable std::size_t taken_in_ = 0;                ///< of count_
  mutable std::vector<TargetSummary> targets_;
  mutable std::vector<std::vector<double>> chunks_;  ///< of blocks, so that none ever moves
  mutable std::vector<std::uint8_t> waiting_;        ///< points of each block
  mutable std::vector<double> irreducible_;
};

}  // namespace springspice::core
