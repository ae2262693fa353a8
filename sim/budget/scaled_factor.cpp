#include "sim/budget/scaled_factor.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::sim {
namespace {

using Eigen::Index;
using Eigen::SparseMatrix;
using Eigen::VectorXd;

// A solution this much larger than its right side (both of scaled size) is rounding alone.
constexpr double kLargestInverse = 1e15;
// Added to the diagonal of a singular matrix: its inverse then shows the free direction.
constexpr double kShift = 1e-6;

VectorXd root_of(VectorXd largest) {
  return largest.unaryExpr([](double size) { return size > 0.0 ? 1.0 / std::sqrt(size) : 1.0; });
}

void equilibrate(SparseMatrix<double>& matrix, VectorXd& rows, VectorXd& columns) {
  rows = VectorXd::Ones(matrix.rows());
  columns = VectorXd::Ones(matrix.cols());
  constexpr int kRounds = 8;
  for (int round = 0; round < kRounds; ++round) {
    VectorXd row = VectorXd::Zero(matrix.rows());
    VectorXd column = VectorXd::Zero(matrix.cols());
    for (Index j = 0; j < matrix.outerSize(); ++j) {
      for (SparseMatrix<double>::InnerIterator it(matrix, j); it; ++it) {
        row(it.row()) = std::max(row(it.row()), std::abs(it.value()));
        column(j) = std::max(column(j), std::abs(it.value()));
      }
    }
    row = root_of(row);
    column = root_of(column);
    matrix = SparseMatrix<double>(row.asDiagonal() * matrix * column.asDiagonal());
    rows = rows.cwiseProduct(row);
    columns = columns.cwiseProduct(column);
  }
}

// Entries of either sign without a pattern, the same each time.
VectorXd make_mixture(Index size) {
  VectorXd out(size);
  for (Index k = 0; k < size; ++k) {
    out(k) = std::fmod(static_cast<double>(k + 1) * 0.6180339887498949, 1.0) < 0.5 ? -1.0 : 1.0;
  }
  return out;
}

// The direction that the matrix takes to nothing, by inverse iteration on a neighbour.
VectorXd find_free_direction(const SparseMatrix<double>& matrix) {
  SparseMatrix<double> shift(matrix.rows(), matrix.cols());
  shift.setIdentity();
  const SparseLu lu(SparseMatrix<double>(matrix + kShift * shift));
  VectorXd direction = make_mixture(matrix.rows());
  for (int k = 0; k < 3; ++k) {
    lu.solve_in_place(direction);
    direction.normalize();
  }
  return direction;
}

[[noreturn]] void refuse(const SparseMatrix<double>& matrix, const VectorXd& columns,
                         const netlist::Descriptor& circuit) {
  const VectorXd direction = columns.cwiseProduct(find_free_direction(matrix)).cwiseAbs();
  Index free = 0;
  if (direction.size() == 0 || !(direction.maxCoeff(&free) >= 0.0)) free = 0;
  throw core::InputError(fmt::format(
      "the circuit has no solution: nothing determines {} (a node without a path for its current, "
      "or a loop of coils or voltage sources)",
      circuit.unknowns.empty() ? "it"
                               : "'" + circuit.unknowns[static_cast<std::size_t>(free)] + "'"));
}

}  // namespace

ScaledFactor::ScaledFactor(const SparseMatrix<double>& matrix, const netlist::Descriptor& circuit)
    : matrix_(matrix) {
  equilibrate(matrix_, rows_, columns_);
  matrix_.makeCompressed();
  try {
    factor_.emplace(matrix_);
  } catch (const core::InputError&) {
    refuse(matrix_, columns_, circuit);
  }
  const VectorXd answer = solve_once(make_mixture(matrix_.rows()));
  const double largest = answer.size() == 0 ? 0.0 : answer.cwiseAbs().maxCoeff();
  if (!(largest < kLargestInverse)) refuse(matrix_, columns_, circuit);
}

VectorXd ScaledFactor::solve_once(VectorXd right) const {
  factor_->solve_in_place(right);
  return right;
}

VectorXd ScaledFactor::solve(const VectorXd& right) const {
  const VectorXd scaled = rows_.cwiseProduct(right);
  VectorXd z = solve_once(scaled);
  z += solve_once(scaled - matrix_ * z);
  return columns_.cwiseProduct(z);
}

}  // namespace springspice::sim
