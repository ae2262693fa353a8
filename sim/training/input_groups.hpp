// Divide and conquer: which inputs are learned together on one grid.
//
// A grid of d inputs has prod (s_b + 1) nodes; split into groups, the sum over the groups instead.
// The price is the form of what can be learned: a sum (or mean) of functions of one group each.
// Source: arXiv 2508.19015, Section 2.1.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/grid.hpp"
#include "sim/training/spring_rows.hpp"

namespace springspice::training {

/// "a,b;c" by name, or "2": so many at a time, in order. The places of each group's inputs.
/// @throws core::ParameterError for a name that is no input (lists those there are) or stands
/// twice, an input in no group, an empty group, and a number that is not above 0
std::vector<std::vector<std::size_t>> parse_groups(const std::string& text,
                                                   const std::vector<std::string>& inputs);

/// One grid for each group. @throws core::ParameterError as core::Grid
std::vector<InputGroup> make_groups(const std::vector<std::vector<std::size_t>>& groups,
                                    const std::vector<core::Axis>& axes);

}  // namespace springspice::training
