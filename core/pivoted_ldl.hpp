// Sparse L D L^T of a positive semidefinite matrix, with diagonal pivots, so that it shows the
// rank.
//
//     K = sum_r d_r l_r l_r^T + rest,    l_r = 1 at its pivot and 0 at the pivots before it
//
// K is scaled to a unit diagonal first, so that a pivot's size says something about its coordinate
// alone. Without pivots rounding is amplified by the condition of the leading block: on a chain of
// 20 cells with one datum each no pivot is below 1e-7, though one is 0 in exact arithmetic. Each
// pivot is at least half of the largest; of those the one with the fewest neighbours is taken, for
// the fill. The end is where no pivot is above 1e-13.
//
// Source: Higham, Accuracy and Stability of Numerical Algorithms, Section 10.3 (semidefinite
// matrices). Cost: some times that of a sparse Cholesky factorisation with minimum degree, and nu^2
// for the search: a minute for 2e4 coordinates of a grid in two dimensions.
#pragma once

#include <utility>
#include <vector>

#include "core/system.hpp"

namespace springspice::core {

struct PivotedLdl {
  struct Term {
    int pivot = 0;
    double stiffness = 0.0;                       ///< d_r, of K scaled to a unit diagonal
    std::vector<std::pair<int, double>> entries;  ///< l_r, likewise; by coordinate
  };
  std::vector<Term> terms;
  std::vector<double> scale;  ///< sqrt(K_ii), 1 where K_ii = 0: entry i of l_r times scale_i is K's
  int negative = -1;          ///< a coordinate with a pivot below -1e-12, where it ended; else -1
  double negative_pivot = 0.0;
};

/// Entries touched in some two minutes.
inline constexpr double kMostPivotingWork = 5e10;

/// @throws InputError where more than `most_work` entries are touched.
/// @pre K is symmetric
PivotedLdl factor_pivoted(const SparseMatrix& K, double most_work = kMostPivotingWork);

}  // namespace springspice::core
