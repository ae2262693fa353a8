#include "hw/signs.hpp"

#include <cmath>
#include <deque>

#include <fmt/format.h>

#include "hw/error.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;

// Gives neighbours of `node` in `matrix` their sign; false entries are reported.
void colour_neighbours(const SparseMatrix& matrix, const char* name, int node,
                       const core::SecondOrderSystem& system, const char* realization,
                       std::vector<int>& signs, std::deque<int>& queue) {
  for (SparseMatrix::InnerIterator it(matrix, node); it; ++it) {
    const auto other = static_cast<std::size_t>(it.row());
    if (it.row() == node || it.value() == 0.0) continue;
    const int wanted = it.value() > 0.0 ? -signs[static_cast<std::size_t>(node)]
                                        : signs[static_cast<std::size_t>(node)];
    if (signs[other] == 0) {
      signs[other] = wanted;
      queue.push_back(static_cast<int>(other));
    } else if (signs[other] != wanted) {
      throw RealizationError(fmt::format(
          "{} needs signs that make every off-diagonal of M and D negative, but the cycle through "
          "{}({},{}) = {} has none; take --realization opamp",
          realization, name, system.label(node), system.label(it.row()), it.value()));
    }
  }
}

void check_row_sums(const SparseMatrix& matrix, const char* name,
                    const core::SecondOrderSystem& system, const char* realization) {
  for (Eigen::Index i = 0; i < matrix.outerSize(); ++i) {
    double sum = 0.0;
    double scale = 0.0;
    for (SparseMatrix::InnerIterator it(matrix, i); it; ++it) {
      sum += it.value();
      scale += std::abs(it.value());
    }
    if (sum < -1e-14 * scale) {
      throw RealizationError(
          fmt::format("{} needs S {} S with row sums of at least 0 (the part to ground), but row "
                      "{} sums to {}: "
                      "{}({},{}) = {} is too small; take --realization opamp",
                      realization, name, system.label(i), sum, name, system.label(i),
                      system.label(i), matrix.coeff(i, i)));
    }
  }
}

}  // namespace

std::vector<int> find_signs(const core::SecondOrderSystem& system, const char* realization) {
  std::vector<int> signs(static_cast<std::size_t>(system.size()), 0);
  for (int start = 0; start < system.size(); ++start) {
    if (signs[static_cast<std::size_t>(start)] != 0) continue;
    signs[static_cast<std::size_t>(start)] = 1;
    std::deque<int> queue{start};
    while (!queue.empty()) {
      const int node = queue.front();
      queue.pop_front();
      colour_neighbours(system.M, "M", node, system, realization, signs, queue);
      colour_neighbours(system.D, "D", node, system, realization, signs, queue);
    }
  }
  check_row_sums(apply_signs(system.M, signs), "M", system, realization);
  check_row_sums(apply_signs(system.D, signs), "D", system, realization);
  return signs;
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
