#include "core/pivoted_ldl.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::core {
namespace {

// Pivots of a matrix with unit diagonal: rounding leaves some 1e-16 where the exact value is 0.
constexpr double kNegligiblePivot = 1e-13;
constexpr double kIndefinite = 1e-12;
// At 0.5 random cases leave 1e-15 where the exact pivot is 0, at 0.1 it was 7e-14; 1 doubles the
// fill.
constexpr double kPivotThreshold = 0.5;

[[noreturn]] void fail_too_large(std::size_t size) {
  throw InputError(
      fmt::format("K of {} coordinates is singular, or nearly so, and telling its rank would take "
                  "too long; hold "
                  "what is free with --neighbor-spring 0.01, or give fewer --sticks",
                  size));
}

// A row of what is left of the matrix, without the coordinates that are eliminated, by column.
using Row = std::vector<std::pair<int, double>>;

double entry_of(const Row& row, int column) {
  const auto found = std::lower_bound(row.begin(), row.end(), column,
                                      [](const auto& entry, int at) { return entry.first < at; });
  return found == row.end() || found->first != column ? 0.0 : found->second;
}

// row - factor * pivot_row, without the column of the pivot.
Row eliminate(const Row& row, const Row& pivot_row, double factor, int pivot) {
  Row result;
  result.reserve(row.size() + pivot_row.size());
  auto a = row.begin();
  auto b = pivot_row.begin();
  while (a != row.end() || b != pivot_row.end()) {
    const bool take_a = b == pivot_row.end() || (a != row.end() && a->first <= b->first);
    const bool take_b = a == row.end() || (b != pivot_row.end() && b->first <= a->first);
    const int column = take_a ? a->first : b->first;
    const double value = (take_a ? a->second : 0.0) - (take_b ? factor * b->second : 0.0);
    if (take_a) ++a;
    if (take_b) ++b;
    if (column != pivot) result.emplace_back(column, value);
  }
  return result;
}

int choose_pivot(const std::vector<Row>& rows, const std::vector<double>& diagonal) {
  double largest = 0.0;
  for (const double pivot : diagonal) largest = std::max(largest, pivot);
  if (largest <= kNegligiblePivot) return -1;
  int best = -1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (diagonal[i] < kPivotThreshold * largest) continue;
    if (best < 0 || rows[i].size() < rows[static_cast<std::size_t>(best)].size()) {
      best = static_cast<int>(i);
    }
  }
  return best;
}

}  // namespace

PivotedLdl factor_pivoted(const SparseMatrix& K, double most_work) {
  const auto size = static_cast<std::size_t>(K.rows());
  PivotedLdl factors;
  factors.scale.assign(size, 1.0);
  std::vector<double> diagonal(size, 0.0);
  const auto is_negative = [&](std::size_t i, double pivot) {
    factors.negative = static_cast<int>(i);
    factors.negative_pivot = pivot;
  };
  for (std::size_t i = 0; i < size; ++i) {
    const double entry = K.coeff(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i));
    if (entry < 0.0) {
      is_negative(i, entry);
      return factors;
    }
    if (entry == 0.0) continue;
    factors.scale[i] = std::sqrt(entry);
    diagonal[i] = 1.0;
  }
  std::vector<Row> rows(size);
  for (std::size_t i = 0; i < size; ++i) {
    for (SparseMatrix::InnerIterator it(K, static_cast<Eigen::Index>(i)); it; ++it) {
      const auto j = static_cast<std::size_t>(it.row());
      // The quotients in this order, since the product of two scales may leave the range.
      const double value = i == j ? diagonal[i] : it.value() / factors.scale[i] / factors.scale[j];
      if (value != 0.0) rows[i].emplace_back(it.row(), value);
    }
  }
  double work = 0.0;  // entries touched
  for (int pivot = choose_pivot(rows, diagonal); pivot >= 0; pivot = choose_pivot(rows, diagonal)) {
    work += static_cast<double>(size);
    const auto p = static_cast<std::size_t>(pivot);
    PivotedLdl::Term term{pivot, diagonal[p], std::move(rows[p])};
    rows[p].clear();
    diagonal[p] = 0.0;
    for (const auto& [coordinate, value] : term.entries) {
      if (coordinate == pivot) continue;
      const auto i = static_cast<std::size_t>(coordinate);
      work += static_cast<double>(rows[i].size() + term.entries.size());
      rows[i] = eliminate(rows[i], term.entries, value / term.stiffness, pivot);
      diagonal[i] = entry_of(rows[i], coordinate);
      if (diagonal[i] < -kIndefinite) {
        is_negative(i, diagonal[i]);
        return factors;
      }
    }
    if (work > most_work) fail_too_large(size);
    for (auto& entry : term.entries) entry.second /= term.stiffness;
    factors.terms.push_back(std::move(term));
  }
  // Beside pivots of 0 nothing may stand: [0 a; a 0] has the eigenvalues a and -a.
  for (std::size_t i = 0; i < size; ++i) {
    for (const auto& [column, value] : rows[i]) {
      if (std::abs(value) <= kIndefinite) continue;
      is_negative(i, -std::abs(value));
      return factors;
    }
  }
  return factors;
}

}  // namespace springspice::core
