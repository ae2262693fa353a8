// Observed paths from a table: what a simulation recorded, a board's logger, or both.
//
// Columns `t` and coordinates by the names that path_writer.hpp gives them (x2_3, v2_3; with
// several outputs x2_3y1), any of them, in any order. With a column `run` a path begins where its
// value changes; runs are independent. A time at which nothing was measured has no row: a table has
// no word for a missing value.
#pragma once

#include <string>
#include <vector>

#include "core/system.hpp"
#include "sim/dynamics/kalman_filter.hpp"

namespace springspice::dynamics {

/// @param sigma standard deviation of the error of measurement, of every column
/// @throws core::InputError as core::Table does, and for times that do not increase; with the file
/// and the row. core::ParameterError for a column that is no coordinate (lists those that are), a
/// table without `t` or without coordinates, a negative sigma
std::vector<ObservedPath> read_observed_paths(const std::string& file,
                                              const core::SecondOrderSystem& system, double sigma);

}  // namespace springspice::dynamics
