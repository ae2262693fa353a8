// The rows of a table that a page shows: all of a small one, a sample of a large one.
//
// The sample is Vitter's reservoir (Algorithm R): of N rows, met once each in their order, every
// set of 1000 is as likely as any other, in memory for 1000, with N known at the end alone. The
// seed is fixed, so a page is the same each time; what is kept stays in the table's order.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/data_rows.hpp"

namespace springspice::cli {

/// More cannot be told apart in a picture half a page wide.
inline constexpr std::size_t kMostSampledRows = 1000;

struct DataSample {
  core::DataRows rows;
  std::size_t all = 0;  ///< of the table

  /// "80 points", "1000 of 200000 points, drawn at random".
  std::string describe() const;
};

/// Reads the table once more. None where it cannot be, as one from a pipe.
/// @throws core::InputError, core::ParameterError as core::Table
std::optional<DataSample> read_sample(const std::string& path, const core::ColumnChoice& columns);

DataSample take_sample(const core::DataRows& rows);

}  // namespace springspice::cli
