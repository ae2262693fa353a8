#include "hw/signs.hpp"

#include <cmath>
#include <deque>

#include <fmt/format.h>

#include "hw/error.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;

// Gives neighbours of `node` their sign.
void colour_neighbours(const SparseMatrix& matrix, Eigen::Index node, std::vector<int>& signs,
                       std::deque<Eigen::Index>& queue) {
  for (SparseMatrix::InnerIterator it(matrix, node); it; ++it) {
    const auto other = static_cast<std::size_t>(it.row());
    if (it.row() == node || it.value() == 0.0 || signs[other] != 0) continue;
    const int sign = signs[static_cast<std::size_t>(node)];
    signs[other] = it.value() > 0.0 ? -sign : sign;
    queue.push_back(it.row());
  }
}

void check_row_sums(const SparseMatrix& matrix, const char* name,
                    const core::SecondOrderSystem& system, const char* realization) {
  const std::vector<NegativeRow> rows = find_negative_rows(matrix);
  if (rows.empty()) return;
  const std::string label = system.label(rows.front().row);
  throw RealizationError(fmt::format(
      "{0} needs S {1} S with row sums of at least 0 (the part to ground), but row {2} sums to "
      "{3}: {1}({2},{2}) = {4} is too small; take --realization opamp",
      realization, name, label, rows.front().sum,
      matrix.coeff(rows.front().row, rows.front().row)));
}

}  // namespace

Colouring colour(const std::vector<const SparseMatrix*>& matrices) {
  Colouring result;
  const Eigen::Index size = matrices.front()->outerSize();
  std::vector<int>& signs = result.signs;
  signs.assign(static_cast<std::size_t>(size), 0);
  for (Eigen::Index start = 0; start < size; ++start) {
    if (signs[static_cast<std::size_t>(start)] != 0) continue;
    signs[static_cast<std::size_t>(start)] = 1;
    std::deque<Eigen::Index> queue{start};
    while (!queue.empty()) {
      const Eigen::Index node = queue.front();
      queue.pop_front();
      for (const SparseMatrix* matrix : matrices) colour_neighbours(*matrix, node, signs, queue);
    }
  }
  for (std::size_t m = 0; m < matrices.size(); ++m) {
    for (Eigen::Index j = 0; j < size; ++j) {
      for (SparseMatrix::InnerIterator it(*matrices[m], j); it; ++it) {
        const int product =
            signs[static_cast<std::size_t>(it.row())] * signs[static_cast<std::size_t>(j)];
        if (it.row() < j && it.value() * product > 0.0) {
          result.conflicts.push_back({m, it.row(), j, it.value()});
        }
      }
    }
  }
  return result;
}

std::vector<NegativeRow> find_negative_rows(const SparseMatrix& matrix) {
  std::vector<NegativeRow> rows;
  for (Eigen::Index i = 0; i < matrix.outerSize(); ++i) {
    double sum = 0.0;
    double scale = 0.0;
    for (SparseMatrix::InnerIterator it(matrix, i); it; ++it) {
      sum += it.value();
      scale += std::abs(it.value());
    }
    if (sum < -1e-14 * scale) rows.push_back({i, sum});
  }
  return rows;
}

std::vector<int> find_signs(const core::SecondOrderSystem& system, const char* realization) {
  const Colouring colouring = colour({&system.M, &system.D});
  if (!colouring.conflicts.empty()) {
    const SignConflict& conflict = colouring.conflicts.front();
    throw RealizationError(fmt::format(
        "{} needs signs that make every off-diagonal of M and D negative, but the cycle through "
        "{}({},{}) = {} has none; take --realization opamp",
        realization, conflict.matrix == 0 ? "M" : "D", system.label(conflict.row),
        system.label(conflict.column), conflict.value));
  }
  check_row_sums(apply_signs(system.M, colouring.signs), "M", system, realization);
  check_row_sums(apply_signs(system.D, colouring.signs), "D", system, realization);
  return colouring.signs;
}

core::SparseMatrix apply_signs(const core::SparseMatrix& matrix, const std::vector<int>& signs) {
  SparseMatrix flipped = matrix;
  for (Eigen::Index column = 0; column < flipped.outerSize(); ++column) {
    for (SparseMatrix::InnerIterator it(flipped, column); it; ++it) {
      it.valueRef() *=
          signs[static_cast<std::size_t>(it.row())] * signs[static_cast<std::size_t>(it.col())];
    }
  }
  return flipped;
}

}  // namespace springspice::hw
