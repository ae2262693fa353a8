// The grid of sticks, and the multilinear weights of a point in it.
//
// Along axis b the interval [lower_b, upper_b] is cut into s_b sticks, so s_b + 1 nodes; in all
// nu = prod_b (s_b + 1) nodes and prod_b s_b cells. A point u lies in one cell; with its relative
// position lambda_b in [0, 1] along each axis, the prediction is
//
//     yhat(u) = sum over the 2^d corners c of  prod_b (lambda_b or 1 - lambda_b)  x_c,
//
// lambda_b where corner c is on the upper side. The weights are >= 0 and sum to 1. The last cell is
// closed on the right. Source: Mantilla Calderon and Aspuru-Guzik, arXiv 2508.19015, Section 2.
//
// Nodes are numbered row-major: node (i_1, ..., i_d) is ((i_1 n_2 + i_2) n_3 + ...), n_b = s_b + 1.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace springspice::core {

struct Axis {
  std::string name;
  int sticks = 8;
  double lower = 0.0;
  double upper = 1.0;
};

/// Where a point lies: one cell, its corners' node numbers, and their weights.
struct Stencil {
  int cell = 0;
  std::vector<int> nodes;
  std::vector<double> weights;
  bool clamped = false;  ///< the point was outside the bounds and was moved to the nearest face
};

class Grid {
 public:
  /// @throws ParameterError for no axis, more than 16 axes, less than one stick, an axis without
  /// extent or with bounds that are not finite, and more than 2^31 - 1 nodes or matrix entries.
  explicit Grid(std::vector<Axis> axes);

  const std::vector<Axis>& axes() const { return axes_; }
  std::size_t dimension() const { return axes_.size(); }
  std::size_t corner_count() const { return std::size_t{1} << axes_.size(); }
  int node_count() const { return node_count_; }
  int cell_count() const { return cell_count_; }

  /// Nodes along each axis, s_b + 1.
  const std::vector<int>& shape() const { return shape_; }
  std::vector<int> node_index(int node) const;
  std::vector<int> cell_index(int cell) const;
  std::vector<double> node_position(int node) const;

  /// The stencil of u, clamped to the bounds. @pre u has one finite value an axis.
  void locate(std::span<const double> u, Stencil& stencil) const;
  /// The same for many points, without the corners: the cell of each, and lambda_b in the place of
  /// u_b. Returns whether a point was clamped. @pre point j is at rows[j stride], with one finite
  /// value an axis; there are as many points as cells
  bool find_cells(double* rows, std::size_t stride, std::span<int> cells) const;

 private:
  /// Corner c is on the upper side of axis b where bit d-1-b of c is set: corners in node order.
  bool is_upper(std::size_t corner, std::size_t axis) const {
    return (corner >> (axes_.size() - 1 - axis) & 1) != 0;
  }

  std::vector<Axis> axes_;
  std::vector<int> shape_;
  std::vector<int> stride_;  ///< of nodes
  int node_count_ = 0;
  int cell_count_ = 0;
};

/// Axes as `--sticks` and `--bounds` give them: "8" for every axis, or "4x4" one number each.
/// @throws ParameterError for text that is no list of d positive numbers.
std::vector<int> parse_sticks(const std::string& text, std::size_t dimension);

}  // namespace springspice::core
