#include "core/prediction_spread.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/sparse_cholesky.hpp"

namespace springspice::core {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowSparse = Eigen::SparseMatrix<double, Eigen::RowMajor>;

// Points that are solved for together: few enough that their columns fit a cache.
constexpr Index kTogether = 32;

/// The block of K on the independent coordinates; all of it where nothing is free.
SparseMatrix take_independent(const SparseMatrix& K, const std::vector<int>& place, Index count) {
  std::vector<Eigen::Triplet<double>> entries;
  for (Index column = 0; column < K.outerSize(); ++column) {
    for (SparseMatrix::InnerIterator entry(K, column); entry; ++entry) {
      const int i = place[static_cast<std::size_t>(entry.row())];
      const int j = place[static_cast<std::size_t>(column)];
      if (i >= 0 && j >= 0) entries.emplace_back(i, j, entry.value());
    }
  }
  SparseMatrix block(count, count);
  block.setFromTriplets(entries.begin(), entries.end());
  return block;
}

}  // namespace

std::optional<VectorXd> compute_prediction_spread(const SecondOrderSystem& system,
                                                  const NullSpace& null_space, const Grid& grid,
                                                  const Eigen::Ref<const MatrixXd>& points,
                                                  double most_products) {
  VectorXd spread = VectorXd::Zero(points.rows());
  if (system.kT == 0.0) return spread;
  std::vector<int> place(static_cast<std::size_t>(system.size()), -1);
  Index count = 0;
  if (null_space.dimension() == 0) {
    for (int& at : place) at = static_cast<int>(count++);
  } else {
    for (const int node : null_space.independent) {
      place[static_cast<std::size_t>(node)] = static_cast<int>(count++);
    }
  }
  const SparseCholesky factor(take_independent(system.K, place, count), "K");
  const auto products = 2.0 * static_cast<double>(factor.factor_entries() * points.rows());
  if (products > most_products) return std::nullopt;
  const RowSparse free_directions = null_space.basis;
  Stencil stencil;
  std::vector<double> u(grid.dimension());
  for (Index first = 0; first < points.rows(); first += kTogether) {
    const Index together = std::min(kTogether, points.rows() - first);
    MatrixXd weights = MatrixXd::Zero(count, together);
    for (Index k = 0; k < together; ++k) {
      VectorXd::Map(u.data(), points.cols()) = points.row(first + k);
      grid.locate(u, stencil);
      VectorXd along = VectorXd::Zero(free_directions.cols());
      for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
        const int at = place[static_cast<std::size_t>(stencil.nodes[c])];
        if (at >= 0) weights(at, k) += stencil.weights[c];
        for (RowSparse::InnerIterator entry(free_directions, stencil.nodes[c]); entry; ++entry) {
          along[entry.col()] += stencil.weights[c] * entry.value();
        }
      }
      // The basis has entries of 1, weights sum to 1: what rounding leaves is far below.
      constexpr double kRounding = 1e-9;
      if (along.size() > 0 && along.cwiseAbs().maxCoeff() > kRounding) {
        spread[first + k] = std::numeric_limits<double>::infinity();
      }
    }
    const VectorXd variances =
        system.kT * weights.cwiseProduct(factor.solve(weights)).colwise().sum().transpose();
    for (Index k = 0; k < together; ++k) {
      if (std::isfinite(spread[first + k])) spread[first + k] = std::sqrt(variances[k]);
    }
  }
  return spread;
}

}  // namespace springspice::core
