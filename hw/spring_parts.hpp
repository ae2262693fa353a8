// What the realizations that keep springs as parts of their own share: which springs, their names,
// their words.
#pragma once

#include <string>
#include <vector>

#include "core/springs.hpp"
#include "hw/builder.hpp"

namespace springspice::hw {

/// The request's springs, or factors of K where none are given.
/// @throws core::InputError for a K that is not positive semidefinite.
std::vector<core::Spring> choose_springs(const Builder& builder);

/// data: the cell's indices and r1, r2...; literal: d and the data row; neighbour: its two nodes;
/// pin: the node and p; factors of a given K: the node and f. With several outputs y1, y2...
/// follow.
std::string spring_label(const Builder& builder, const core::Spring& spring, Eigen::Index output);

/// "condensed spring of the data in one cell: kappa = 1.875, inputs": the heading above its parts.
std::string describe(const core::Spring& spring);

/// "2_3" of grid cell (2, 3).
std::string cell_label(const core::SecondOrderSystem& system, int cell);

}  // namespace springspice::hw
