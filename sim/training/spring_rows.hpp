// The data springs one by one, as mini-batches need them: the rows of W in memory.
//
//     yhat_j = w_j . x = sum over corners c of weight_jc x_(node_jc)
//
// The x of several groups of inputs, each on a grid of its own, may stand in one vector: then
// W = [W_1 W_2 ...] and a row has the corners of all groups. See core/grid.hpp for the weights.
//
//   symbol  | shape | unit   | meaning
//   --------|-------|--------|------------------------------------------------------------
//   nodes   | N x c |        | coordinates that row j hangs on; c the same for every row
//   weights | N x c | 1      | their weights, >= 0
//   targets | N x m | length | y_j
//
// Memory: O(N (c + m)).
#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/data_rows.hpp"
#include "core/grid.hpp"
#include "core/system.hpp"

namespace springspice::training {

/// Inputs that are learned on one grid: their places among the table's inputs, and the grid.
struct InputGroup {
  std::vector<std::size_t> inputs;
  core::Grid grid;
};

struct SpringRows {
  Eigen::Index coordinates = 0;  ///< nu
  std::size_t corners = 0;       ///< c
  std::size_t outputs = 0;       ///< m
  std::vector<int> nodes;
  std::vector<double> weights, targets;  ///< row-major
  std::size_t clamped = 0;               ///< rows that lay outside a grid

  std::size_t size() const { return corners == 0 ? 0 : nodes.size() / corners; }
  /// w_j . x for one output's x.
  double predict(std::size_t row, const double* x) const {
    double sum = 0.0;
    for (std::size_t c = row * corners; c < (row + 1) * corners; ++c) {
      sum += weights[c] * x[nodes[c]];
    }
    return sum;
  }
};

/// The springs of the chosen rows, in that order, on all groups' grids side by side.
SpringRows make_spring_rows(std::span<const InputGroup> groups, const core::DataRows& data,
                            std::span<const int> rows);

/// k W^T W and k W^T y of all rows, nu x nu and nu x m.
core::SparseMatrix sum_stiffness(const SpringRows& rows, double stiffness);
Eigen::MatrixXd sum_force(const SpringRows& rows, double stiffness);

/// Mean over rows and outputs of (yhat - y)^2, yhat the mean of the models' predictions.
/// @param which rows that count
/// @pre models and positions are as many; each position is nu x m of its model
double mean_squared_error(std::span<const SpringRows> models,
                          std::span<const core::State> positions, std::span<const int> which);
/// Of all rows.
double mean_squared_error(std::span<const SpringRows> models,
                          std::span<const core::State> positions);

}  // namespace springspice::training
