#include "core/null_space.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "core/pivoted_ldl.hpp"
#include "core/random.hpp"
#include "core/sparse_cholesky.hpp"

namespace springspice::core {
namespace {

using Triplets = std::vector<Eigen::Triplet<double>>;

// A smallest eigenvalue this large (of a matrix with unit diagonal) cannot be a null direction:
// rounding leaves at most about n eps there.
constexpr double kClearlyPositive = 1e-8;
// Of the scaled basis, beside the 1 in each column: below the first rounding, below the second too
// small to say that a coordinate is free.
constexpr double kNegligible = 1e-16;
constexpr double kSupported = 1e-10;

SparseMatrix scale_to_unit_diagonal(const SparseMatrix& K, const Eigen::VectorXd& inverse_root) {
  return inverse_root.asDiagonal() * K * inverse_root.asDiagonal();
}

// By inverse iteration. The pivots alone do not tell: rounding may keep all of them large.
bool is_clearly_definite(const SparseMatrix& scaled) {
  const std::optional<SparseCholesky> factor = SparseCholesky::try_factor(scaled);
  if (!factor || factor->smallest_pivot() <= kClearlyPositive) return false;
  Eigen::VectorXd x(scaled.rows());
  for (Eigen::Index i = 0; i < x.size(); ++i) x(i) = normal(0, 0, static_cast<std::uint64_t>(i));
  for (int pass = 0; pass < 3; ++pass) {
    x.normalize();
    factor->solve_in_place(x);
  }
  return x.norm() < 1.0 / kClearlyPositive;
}

// l_r restricted to the pivots is a triangle T with T_rr = 1; the other coordinates hang on them by
// K_:H K_HH^-1 = L T^-1. So the column of a dependent coordinate j is e_j - T^-T (row j of L),
// found from the last pivot back to the first.
class Dependent {
 public:
  explicit Dependent(const PivotedLdl& factors)
      : factors_(factors), place_(factors.scale.size(), -1), shares_(factors.scale.size()) {
    for (std::size_t r = 0; r < factors.terms.size(); ++r) {
      place_[static_cast<std::size_t>(factors.terms[r].pivot)] = static_cast<int>(r);
    }
    for (std::size_t r = 0; r < factors.terms.size(); ++r) {
      for (const auto& [coordinate, value] : factors.terms[r].entries) {
        shares_[static_cast<std::size_t>(coordinate)].emplace_back(static_cast<int>(r), value);
      }
    }
  }

  /// The null vector with 1 at coordinate j, which is no pivot, as (coordinate, value).
  std::vector<std::pair<int, double>> direction(int j) const {
    std::vector<std::pair<int, double>> entries{{j, 1.0}};
    std::map<int, double, std::greater<>> waiting;  // by place of the pivot, the last first
    for (const auto& [r, value] : shares_[static_cast<std::size_t>(j)]) waiting[r] -= value;
    while (!waiting.empty()) {
      const auto [r, value] = *waiting.begin();
      waiting.erase(waiting.begin());
      if (std::abs(value) <= kNegligible) continue;
      const int pivot = factors_.terms[static_cast<std::size_t>(r)].pivot;
      entries.emplace_back(pivot, value);
      for (const auto& [before, share] : shares_[static_cast<std::size_t>(pivot)]) {
        if (before != r) waiting[before] -= share * value;
      }
    }
    return entries;
  }

  bool is_pivot(int coordinate) const { return place_[static_cast<std::size_t>(coordinate)] >= 0; }

 private:
  const PivotedLdl& factors_;
  std::vector<int> place_;
  /// Row by row what the terms hold: (term, entry), in the order of elimination.
  std::vector<std::vector<std::pair<int, double>>> shares_;
};

}  // namespace

NullSpace find_null_space(const SparseMatrix& K) {
  const Eigen::Index size = K.rows();
  NullSpace null_space;
  Eigen::VectorXd inverse_root(size);
  bool all_held = true;
  const Eigen::VectorXd diagonals = K.diagonal();
  for (Eigen::Index i = 0; i < size; ++i) {
    const double diagonal = diagonals(i);
    all_held = all_held && diagonal > 0.0;
    inverse_root(i) = diagonal != 0.0 ? 1.0 / std::sqrt(std::abs(diagonal)) : 1.0;
  }
  const SparseMatrix scaled = scale_to_unit_diagonal(K, inverse_root);
  if (all_held && is_clearly_definite(scaled)) {
    null_space.basis.resize(size, 0);
    null_space.independent.resize(static_cast<std::size_t>(size));
    std::iota(null_space.independent.begin(), null_space.independent.end(), 0);
    return null_space;
  }

  PivotedLdl factors = factor_pivoted(scaled);
  // Not semidefinite: the square has the same null space and the same independent columns.
  if (factors.negative >= 0) factors = factor_pivoted(scaled * scaled);
  const Dependent dependent(factors);
  Triplets entries;
  std::vector<char> supported(static_cast<std::size_t>(size), 0);
  int columns = 0;
  for (int i = 0; i < size; ++i) {
    if (dependent.is_pivot(i)) {
      null_space.independent.push_back(i);
      continue;
    }
    for (const auto& [coordinate, value] : dependent.direction(i)) {
      const double unscaled = value / factors.scale[static_cast<std::size_t>(coordinate)];
      entries.emplace_back(coordinate, columns, unscaled * inverse_root(coordinate));
      if (std::abs(value) > kSupported) supported[static_cast<std::size_t>(coordinate)] = 1;
    }
    ++columns;
  }
  null_space.basis.resize(size, columns);
  null_space.basis.setFromTriplets(entries.begin(), entries.end());
  for (int i = 0; i < size; ++i) {
    if (supported[static_cast<std::size_t>(i)] != 0) null_space.support.push_back(i);
  }
  return null_space;
}

std::string name_free_directions(const SecondOrderSystem& system, const NullSpace& null_space) {
  constexpr std::size_t kShown = 8;
  const std::size_t count = null_space.support.size();
  std::string nodes;
  for (std::size_t k = 0; k < std::min(kShown, count); ++k) {
    nodes += (k == 0 ? "" : ", ") + system.label(null_space.support[k]);
  }
  if (count > kShown) nodes += ", ...";
  return fmt::format("K is singular: {} of {} directions are free (rank {}), over {} node{}: {}",
                     null_space.dimension(), system.size(), system.size() - null_space.dimension(),
                     count, count == 1 ? "" : "s", nodes);
}

}  // namespace springspice::core
