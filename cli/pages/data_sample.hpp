// The rows of a table that a page shows: all of a small one, a sample of a large one.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/data_rows.hpp"

namespace springspice::cli {

struct DataSample {
  core::DataRows rows;
  std::size_t all = 0;  ///< of the table

  /// "80 points", "1500 of 200000 points, drawn at random".
  std::string describe() const;
};

/// From each of equally many stretches of the table one row, drawn with a fixed seed.
/// @pre the table can be read again and has `all` rows
DataSample read_sample(const std::string& path, const std::vector<std::string>& inputs,
                       const std::vector<std::string>& targets, std::size_t all);
DataSample take_sample(const core::DataRows& rows);

}  // namespace springspice::cli
