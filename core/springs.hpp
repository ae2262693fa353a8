// Springs: the terms whose sum is the potential energy.
//
//     U = sum_r kappa_r / 2 (l_r . x - a_r)^2,    K = sum_r kappa_r l_r l_r^T,
//                                                 f = sum_r kappa_r a_r l_r
//
//   symbol  | shape | unit         | meaning
//   --------|-------|--------------|----------------------------------------------
//   kappa_r | 1     | force/length | stiffness, > 0
//   l_r     | nu    | 1            | turns: few non-zero entries, scaled to max |l| = 1
//   a_r     | m     | length       | anchor, one an output
//
// Kinds: `data`, the condensed springs of one cell (rows of Q R_c, see data_springs.hpp, with an
// orthogonal Q: exactly equivalent to all data springs in the cell, at most 2^d of them);
// `literal`, one for one data point (l = w_j, a = y_j, kappa = k); `neighbor`, along one stick, a =
// 0; `pin`, from one node to a level; `given`, a column of the factorisation of a K that came as a
// matrix.
#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/data_springs.hpp"
#include "core/system.hpp"

namespace springspice::core {

struct Spring {
  enum class Kind { data, literal, neighbor, pin, given };
  Kind kind = Kind::data;
  int origin = 0;  ///< data: the cell; literal: the data row, from 0; else the (first) node
  int number = 0;  ///< counts the springs of one origin from 0
  double stiffness = 0.0;
  std::vector<int> nodes;
  std::vector<double> turns;
  Eigen::VectorXd anchor;
};

/// The condensed springs of all cells that hold data, as many for a cell as its data have rank.
/// Rows with |R_r| <= 1024 eps |R_c| (2e-13) are rounding of a cell without full rank: they are
/// left out.
std::vector<Spring> make_condensed_springs(const DataSprings& data, double stiffness);

/// One literal spring for one data point.
Spring make_literal_spring(const Grid& grid, std::span<const double> u, std::span<const double> y,
                           double stiffness, int row);

/// Springs k2/2 (x_{i+e} - x_i)^2 along every stick.
std::vector<Spring> make_neighbor_springs(const Grid& grid, double stiffness, Eigen::Index outputs);

/// Springs k3/2 (x_i - level_p)^2 at every node.
std::vector<Spring> make_pin_springs(const Grid& grid, double stiffness,
                                     const Eigen::Ref<const Eigen::VectorXd>& level);

/// Springs of any positive semidefinite K, from its factorisation P K P^T = L diag(d) L^T with
/// pivots: as many as K's rank. Anchors are not determined and left at 0.
/// @throws InputError for a K with a negative pivot (names the coordinate).
std::vector<Spring> factor_springs(const SparseMatrix& K, Eigen::Index outputs);

/// sum kappa l l^T, nu x nu.
SparseMatrix sum_stiffness(std::span<const Spring> springs, Eigen::Index size);

}  // namespace springspice::core
