// What the realizations that keep springs as parts of their own share: which springs, their names,
// their words.
#pragma once

#include <functional>
#include <string>
#include <utility>
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

/// The anchor in the coordinates that the circuit holds, a - (sum l) offset, where the request is
/// literal; else 0, since f is injected.
double anchor_of(const Builder& builder, const core::Spring& spring, Eigen::Index output);

/// Coordinate and turns, as weights.
std::vector<std::pair<int, double>> turns_of(const core::Spring& spring);

/// The conductances of the stiffness where positions are voltages, model units: the entries of K,
/// or of literal springs kappa l_i from a residual.
void for_each_conductance(const Builder& builder, const std::function<void(double)>& visit);

/// "2_3" of grid cell (2, 3).
std::string cell_label(const core::SecondOrderSystem& system, int cell);

}  // namespace springspice::hw
