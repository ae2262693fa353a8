// A model from a table: bounds, grid, data springs and matrices, in one or two passes over the
// rows.
//
// Memory O(cells). Without bounds the rows are read twice, first for the extent of each input; a
// pipe can be read only once, so it needs bounds.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/data_springs.hpp"
#include "core/lagrangian.hpp"
#include "core/springs.hpp"
#include "core/table.hpp"

namespace springspice::core {

struct ModelRequest {
  std::string path;  ///< CSV file, or "-" for standard input
  ColumnChoice columns;
  std::string sticks = "8";           ///< "8", or "4x4": one number an input
  std::optional<std::string> bounds;  ///< "lo:hi,lo:hi"
  Parameters parameters;
  bool literal_springs = false;  ///< keep one spring a data point: O(N) memory
  /// Told the rows read so far, some times a second.
  std::function<void(std::size_t rows)> on_progress;
};

struct Model {
  std::vector<std::string> inputs, targets;
  Parameters parameters;
  DataSprings data;
  SecondOrderSystem system;
  std::vector<Spring> literal;  ///< only where asked for
};

/// @throws ParameterError for sticks, bounds or parameters that cannot be; InputError for data that
/// cannot be used, an input without extent, a row outside given bounds.
Model read_model(const ModelRequest& request);

/// The same on a grid that is known already, e.g. from a manifest.
Model read_model(const ModelRequest& request, const std::vector<Axis>& axes);

/// "lo:hi,lo:hi" as pairs. @throws ParameterError
std::vector<std::pair<double, double>> parse_bounds(const std::string& text);

}  // namespace springspice::core
