#include "core/null_space.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCholesky>
#include <Eigen/SparseQR>

namespace springspice::core {
namespace {

using Triplets = std::vector<Eigen::Triplet<double>>;

// A Cholesky pivot this large (of a matrix with unit diagonal) cannot come from a null direction:
// rounding leaves at most about n eps there.
constexpr double kClearlyPositive = 1e-8;
// Entries of the orthonormal basis below this are rounding.
constexpr double kNegligible = 1e-10;

SparseMatrix scale_to_unit_diagonal(const SparseMatrix& K, const Eigen::VectorXd& inverse_root) {
  return inverse_root.asDiagonal() * K * inverse_root.asDiagonal();
}

bool is_clearly_definite(const SparseMatrix& scaled) {
  const Eigen::SimplicialLDLT<SparseMatrix> factor(scaled);
  return factor.info() == Eigen::Success && factor.vectorD().minCoeff() > kClearlyPositive;
}

// Connected components of the graph of K, as lists of coordinates; free ones are not listed.
std::vector<std::vector<int>> find_components(const SparseMatrix& K) {
  std::vector<char> seen(static_cast<std::size_t>(K.rows()), 0);
  std::vector<std::vector<int>> components;
  for (int start = 0; start < K.rows(); ++start) {
    if (seen[static_cast<std::size_t>(start)] != 0 || K.coeff(start, start) == 0.0) continue;
    seen[static_cast<std::size_t>(start)] = 1;
    std::vector<int> component{start};
    for (std::size_t at = 0; at < component.size(); ++at) {
      for (SparseMatrix::InnerIterator it(K, component[at]); it; ++it) {
        char& mark = seen[static_cast<std::size_t>(it.row())];
        if (mark != 0 || it.value() == 0.0) continue;
        mark = 1;
        component.push_back(static_cast<int>(it.row()));
      }
    }
    std::sort(component.begin(), component.end());
    components.push_back(std::move(component));
  }
  return components;
}

SparseMatrix restrict_to(const SparseMatrix& matrix, const std::vector<int>& coordinates) {
  std::vector<int> local(static_cast<std::size_t>(matrix.rows()), -1);
  for (std::size_t i = 0; i < coordinates.size(); ++i) {
    local[static_cast<std::size_t>(coordinates[i])] = static_cast<int>(i);
  }
  Triplets entries;
  for (const int column : coordinates) {
    for (SparseMatrix::InnerIterator it(matrix, column); it; ++it) {
      const int row = local[static_cast<std::size_t>(it.row())];
      if (row >= 0) entries.emplace_back(row, local[static_cast<std::size_t>(column)], it.value());
    }
  }
  const auto size = static_cast<Eigen::Index>(coordinates.size());
  SparseMatrix part(size, size);
  part.setFromTriplets(entries.begin(), entries.end());
  return part;
}

// Appends the null space of one component to the basis entries; collects independent coordinates.
void add_component(const SparseMatrix& scaled, const std::vector<int>& coordinates,
                   const Eigen::VectorXd& inverse_root, Triplets& basis, Eigen::Index& columns,
                   std::vector<int>& independent) {
  SparseMatrix part = restrict_to(scaled, coordinates);
  if (is_clearly_definite(part)) {
    independent.insert(independent.end(), coordinates.begin(), coordinates.end());
    return;
  }
  part.makeCompressed();
  const Eigen::SparseQR<SparseMatrix, Eigen::COLAMDOrdering<int>> qr(part);
  const Eigen::Index size = part.rows();
  for (Eigen::Index k = 0; k < qr.rank(); ++k) {
    const Eigen::Index column = qr.colsPermutation().indices()(k);
    independent.push_back(coordinates[static_cast<std::size_t>(column)]);
  }
  for (Eigen::Index k = qr.rank(); k < size; ++k, ++columns) {
    const Eigen::VectorXd unit = Eigen::VectorXd::Unit(size, k);
    const Eigen::VectorXd direction = qr.matrixQ() * unit;
    for (Eigen::Index i = 0; i < size; ++i) {
      if (std::abs(direction(i)) <= kNegligible) continue;
      const int coordinate = coordinates[static_cast<std::size_t>(i)];
      basis.emplace_back(coordinate, static_cast<int>(columns),
                         direction(i) * inverse_root(coordinate));
    }
  }
}

}  // namespace

NullSpace find_null_space(const SparseMatrix& K) {
  const Eigen::Index size = K.rows();
  NullSpace null_space;
  Eigen::VectorXd inverse_root(size);
  bool all_held = true;
  for (Eigen::Index i = 0; i < size; ++i) {
    const double diagonal = K.coeff(i, i);
    all_held = all_held && diagonal > 0.0;
    inverse_root(i) = diagonal > 0.0 ? 1.0 / std::sqrt(diagonal) : 1.0;
  }
  const SparseMatrix scaled = scale_to_unit_diagonal(K, inverse_root);
  if (all_held && is_clearly_definite(scaled)) {
    null_space.basis.resize(size, 0);
    null_space.independent.resize(static_cast<std::size_t>(size));
    std::iota(null_space.independent.begin(), null_space.independent.end(), 0);
    return null_space;
  }

  Triplets entries;
  Eigen::Index columns = 0;
  for (int i = 0; i < size; ++i) {
    if (K.coeff(i, i) == 0.0) entries.emplace_back(i, static_cast<int>(columns++), 1.0);
  }
  for (const std::vector<int>& component : find_components(scaled)) {
    add_component(scaled, component, inverse_root, entries, columns, null_space.independent);
  }
  std::sort(null_space.independent.begin(), null_space.independent.end());
  null_space.basis.resize(size, columns);
  null_space.basis.setFromTriplets(entries.begin(), entries.end());

  std::vector<char> touched(static_cast<std::size_t>(size), 0);
  for (const auto& entry : entries) touched[static_cast<std::size_t>(entry.row())] = 1;
  for (int i = 0; i < size; ++i) {
    if (touched[static_cast<std::size_t>(i)] != 0) null_space.support.push_back(i);
  }
  return null_space;
}

}  // namespace springspice::core
