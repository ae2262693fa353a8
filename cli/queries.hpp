// --query for a circuit: each row becomes a read-out, a weighted sum of the positions.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "cli/options.hpp"
#include "core/model.hpp"
#include "hw/realization.hpp"

namespace springspice::cli {

struct Queries {
  std::vector<hw::Query> sums;  ///< one a row: the corners of its cell, with their weights
  std::size_t clamped = 0;      ///< rows outside the bounds, moved to the nearest face
};

/// None where there is no --query.
Queries read_queries(const Options& options, const std::optional<core::Model>& model);

}  // namespace springspice::cli
