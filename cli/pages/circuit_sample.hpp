// Data points for a picture: some of the table's rows, evenly spread over it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/table.hpp"

namespace springspice::cli {

struct CircuitSample {
  std::vector<std::vector<double>> inputs;   ///< a row a point
  std::vector<std::vector<double>> targets;  ///< a row a point
  std::size_t total = 0;                     ///< rows of the table
  std::size_t every = 1;                     ///< one of so many rows is here

  /// "120 data points", "one of every 8 of 15234 data points".
  std::string describe() const;
};

/// Memory O(most): where there are more rows, one of every 2, 4, 8...
/// @return none where the table can be read only once, and was
/// @throws core::InputError as core::Table
std::optional<CircuitSample> sample_circuit_data(const std::string& path, const core::ColumnChoice& columns,
                                      std::size_t most = 2000);

}  // namespace springspice::cli
