// Signs that make a network of positive capacitors and resistors out of M and D.
//
// A capacitor C between nodes i and j adds -C to the off-diagonal; so a passive network needs
// off-diagonals <= 0, but a stick adds +M_s/6. With S = diag(s_i), s_i = +1 or -1, the coordinates
// S x have the matrices S M S and S D S. The grid is bipartite, so the checkerboard signs
// (-1)^(sum of indices) make every off-diagonal -M_s/6, and every row sum deg(i) M_s/6 > 0.
// In general the signs are a two-colouring of the graph of M and D: entries > 0 join different
// signs, entries < 0 equal ones.
#pragma once

#include <vector>

#include "core/system.hpp"

namespace springspice::hw {

/// An off-diagonal entry that the signs leave positive.
struct SignConflict {
  std::size_t matrix = 0;  ///< number among those that were coloured
  Eigen::Index row = 0;
  Eigen::Index column = 0;
  double value = 0.0;
};

/// Two-colouring of the joint graph of the matrices, breadth first; where there is none, signs as
/// far as they go, and each entry (row < column) that they leave positive.
struct Colouring {
  std::vector<int> signs;
  std::vector<SignConflict> conflicts;
};
Colouring colour(const std::vector<const core::SparseMatrix*>& matrices);

/// A row whose sum is below 0 by more than rounding: a negative part to ground.
struct NegativeRow {
  Eigen::Index row = 0;
  double sum = 0.0;
};
std::vector<NegativeRow> find_negative_rows(const core::SparseMatrix& matrix);

/// s_i; the lowest coordinate of each connected component has +1.
/// @param realization for the error's text
/// @throws RealizationError where no signs exist, or where a row sum of S M S or S D S is negative
/// (a negative capacitor or resistor to ground): names the entry and what to take instead.
std::vector<int> find_signs(const core::SecondOrderSystem& system, const char* realization);

/// S matrix S.
core::SparseMatrix apply_signs(const core::SparseMatrix& matrix, const std::vector<int>& signs);

}  // namespace springspice::hw
