// The rows of a table in memory, for those who must meet a data point more than once: mini-batches.
//
//   symbol | shape | meaning
//   -------|-------|----------------------------------------
//   inputs | N x d | u_j, one data point a row
//   targets| N x m | y_j; no columns where none were asked for
//
// Memory: O(N (d + m)). Where one look at each row is enough, core/model.hpp reads data in
// O(cells).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "core/grid.hpp"
#include "core/table.hpp"

namespace springspice::core {

struct DataRows {
  using Values = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  std::string path;  ///< for messages
  std::vector<std::string> input_names, target_names;
  Values inputs, targets;

  Eigen::Index size() const { return inputs.rows(); }
  std::span<const double> input(Eigen::Index row) const {
    return {inputs.row(row).data(), static_cast<std::size_t>(inputs.cols())};
  }
  std::span<const double> target(Eigen::Index row) const {
    return {targets.row(row).data(), static_cast<std::size_t>(targets.cols())};
  }
};

/// @param on_progress told the rows read so far, some times a second; may be empty
/// @throws InputError, ParameterError as core::Table
DataRows read_rows(const std::string& path, const ColumnChoice& columns,
                   const std::function<void(std::size_t)>& on_progress);

/// The grid's axes: sticks and bounds as the command line gives them, bounds by default the rows'
/// extent.
/// @throws ParameterError for text that cannot be, as many pairs as there are not inputs;
/// InputError for an input without extent and a row outside the given bounds (names row and column)
std::vector<Axis> make_axes(const DataRows& rows, const std::string& sticks,
                            const std::optional<std::string>& bounds);

}  // namespace springspice::core
