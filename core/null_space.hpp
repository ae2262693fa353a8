// The directions in which nothing holds the sticks: the null space of K, by rank.
//
// K is scaled to a unit diagonal first, so that the decision does not depend on how many data a
// node has. Where inverse iteration finds no eigenvalue below 1e-8, K is definite. Otherwise a
// factorisation with diagonal pivots (pivoted_ldl.hpp) finds the rank: coordinates whose pivot is
// below 1e-13 hang on the others, H, and each gives one null vector, 1 at itself and -K_HH^-1 K_Hj
// on H. Directions in which the data have singular values below 3e-7 of the largest cannot be told
// from free ones, because K = k W^T W squares them.
//
// Memory: O(non-zeros) where data hold every node; the basis is sparse.
#pragma once

#include <string>
#include <vector>

#include "core/system.hpp"

namespace springspice::core {

struct NullSpace {
  /// nu x dimension; K basis = 0 up to rounding. Columns are independent, not orthonormal.
  SparseMatrix basis;
  /// Coordinates with an entry in the basis above 1e-10 (scaled): those that data do not fix.
  std::vector<int> support;
  /// rank(K) coordinates whose block of K is regular, and positive definite where K is
  /// semidefinite.
  std::vector<int> independent;

  Eigen::Index dimension() const { return basis.cols(); }
};

/// @pre K is symmetric. One that is not semidefinite is squared for its rank: singular values below
/// 3e-7 of the largest then count as 0.
/// @throws InputError where K is not clearly definite and so large that the factorisation with
/// pivots would take more than some two minutes.
NullSpace find_null_space(const SparseMatrix& K);

/// "K is singular: 3 of 9 directions are free (rank 6), over 4 nodes: 0_1, ..."; the first eight.
/// @pre there is a free direction
std::string name_free_directions(const SecondOrderSystem& system, const NullSpace& null_space);

}  // namespace springspice::core
