#include "core/springs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/QR>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "core/pivoted_ldl.hpp"

namespace springspice::core {
namespace {

// What rounding leaves of a row of R_c that is exactly zero: it grows as the square root of the
// number of data in the cell, measured 100 eps for 1e5 points that all lie in one place. Without
// such a row f moves by as much.
constexpr double kNegligibleRow = 1024 * std::numeric_limits<double>::epsilon();
// Moves the size of the turns into the stiffness, so that the largest turn is 1.
void normalise(Spring& spring) {
  double largest = 0.0;
  for (const double turn : spring.turns) largest = std::max(largest, std::abs(turn));
  for (double& turn : spring.turns) turn /= largest;
  spring.stiffness *= largest * largest;
  spring.anchor /= largest;
}

}  // namespace

std::vector<Spring> make_condensed_springs(const DataSprings& data, double stiffness) {
  std::vector<Spring> springs;
  if (stiffness == 0.0) return springs;
  for (const int cell : data.occupied_cells()) {
    const std::vector<int> corners = data.corners(cell);
    // The rows of R_c are unordered by size; with pivots, those of a cell without full rank end in
    // rows of rounding that no small pivot before them has blown up.
    const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(data.factor(cell));
    const Eigen::MatrixXd upper = qr.matrixQR().triangularView<Eigen::Upper>();
    const Eigen::MatrixXd factor = upper * qr.colsPermutation().transpose();
    const Eigen::MatrixXd targets = qr.householderQ().transpose() * data.rotated_targets(cell);
    const double negligible = kNegligibleRow * factor.norm();
    int number = 0;
    for (Eigen::Index r = 0; r < factor.rows(); ++r) {
      if (factor.row(r).norm() <= negligible) continue;
      Spring spring;
      spring.origin = cell;
      spring.number = number++;
      spring.stiffness = stiffness;
      for (Eigen::Index c = 0; c < factor.cols(); ++c) {
        if (factor(r, c) == 0.0) continue;
        spring.nodes.push_back(corners[static_cast<std::size_t>(c)]);
        spring.turns.push_back(factor(r, c));
      }
      spring.anchor = targets.row(r).transpose();
      normalise(spring);
      springs.push_back(std::move(spring));
    }
  }
  return springs;
}

Spring make_literal_spring(const Grid& grid, std::span<const double> u, std::span<const double> y,
                           double stiffness, int row) {
  Stencil stencil;
  grid.locate(u, stencil);
  Spring spring;
  spring.kind = Spring::Kind::literal;
  spring.origin = row;
  spring.stiffness = stiffness;
  for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
    if (stencil.weights[c] == 0.0) continue;
    spring.nodes.push_back(stencil.nodes[c]);
    spring.turns.push_back(stencil.weights[c]);
  }
  spring.anchor = Eigen::Map<const Eigen::VectorXd>(y.data(), static_cast<Eigen::Index>(y.size()));
  normalise(spring);
  return spring;
}

std::vector<Spring> make_neighbor_springs(const Grid& grid, double stiffness,
                                          Eigen::Index outputs) {
  std::vector<Spring> springs;
  if (stiffness == 0.0) return springs;
  for_each_stick(grid.shape(), [&](int i, int j) {
    const bool same = !springs.empty() && springs.back().origin == i;
    springs.push_back({Spring::Kind::neighbor,
                       i,
                       same ? springs.back().number + 1 : 0,
                       stiffness,
                       {i, j},
                       {-1.0, 1.0},
                       Eigen::VectorXd::Zero(outputs)});
  });
  return springs;
}

std::vector<Spring> make_pin_springs(const Grid& grid, double stiffness,
                                     const Eigen::Ref<const Eigen::VectorXd>& level) {
  std::vector<Spring> springs;
  if (stiffness == 0.0) return springs;
  for (int node = 0; node < grid.node_count(); ++node) {
    springs.push_back({Spring::Kind::pin, node, 0, stiffness, {node}, {1.0}, level});
  }
  return springs;
}

std::vector<Spring> factor_springs(const SparseMatrix& K, Eigen::Index outputs) {
  const PivotedLdl factors = factor_pivoted(K);
  if (factors.negative >= 0) {
    throw InputError(fmt::format(
        "K is not positive semidefinite: the pivot of coordinate {} is {}; springs of negative "
        "stiffness cannot be built from passive parts, take --realization opamp or gmc",
        factors.negative + 1, factors.negative_pivot));
  }
  std::vector<Spring> springs;
  for (const PivotedLdl::Term& term : factors.terms) {
    Spring spring;
    spring.kind = Spring::Kind::given;
    spring.origin = term.pivot;
    spring.stiffness = term.stiffness;
    for (const auto& [coordinate, value] : term.entries) {
      spring.nodes.push_back(coordinate);
      spring.turns.push_back(value * factors.scale[static_cast<std::size_t>(coordinate)]);
    }
    spring.anchor = Eigen::VectorXd::Zero(outputs);
    normalise(spring);
    springs.push_back(std::move(spring));
  }
  return springs;
}

SparseMatrix sum_stiffness(std::span<const Spring> springs, Eigen::Index size) {
  std::vector<Eigen::Triplet<double>> entries;
  for (const Spring& spring : springs) {
    for (std::size_t a = 0; a < spring.nodes.size(); ++a) {
      for (std::size_t b = 0; b < spring.nodes.size(); ++b) {
        entries.emplace_back(spring.nodes[a], spring.nodes[b],
                             spring.stiffness * spring.turns[a] * spring.turns[b]);
      }
    }
  }
  SparseMatrix sum(size, size);
  sum.setFromTriplets(entries.begin(), entries.end());
  return sum;
}

}  // namespace springspice::core
