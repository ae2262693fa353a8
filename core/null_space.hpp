// The directions in which nothing holds the sticks: the null space of K, by rank.
//
// K is scaled to a unit diagonal first, so that the decision does not depend on how many data a
// node has. A coordinate with K_ii = 0 is free by itself. What remains is split into the connected
// components of K's graph, each with a rank-revealing sparse QR factorisation K P = Q R; columns
// whose remaining norm is below 20 (2 n) eps max|K_j| (Eigen's default) count as dependent, and the
// last columns of Q span the null space, since K is symmetric.
//
// Memory: O(non-zeros) where data hold every node; the basis is sparse.
#pragma once

#include <vector>

#include "core/system.hpp"

namespace springspice::core {

struct NullSpace {
  /// nu x dimension; K basis = 0 up to rounding. Columns are independent, not orthonormal.
  SparseMatrix basis;
  /// Coordinates with a non-zero entry in the basis: those that data do not fix.
  std::vector<int> support;
  /// rank(K) coordinates on which K is positive definite.
  std::vector<int> independent;

  Eigen::Index dimension() const { return basis.cols(); }
};

/// @pre K symmetric and positive semidefinite
NullSpace find_null_space(const SparseMatrix& K);

}  // namespace springspice::core
