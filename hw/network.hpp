// The passive network that gmc and rlc share: M as capacitors, D as resistors, with signs.
#pragma once

#include <vector>

#include "hw/builder.hpp"

namespace springspice::hw {

/// Groups of M (capacitances) and D (resistances) for choosing tau and Z0.
std::vector<ScaleGroup> network_scale_groups(const core::SparseMatrix& M,
                                             const core::SparseMatrix& D, const PartRanges& ranges);

/// Element values of a symmetric matrix with off-diagonals <= 0: the branch between i and j carries
/// -matrix_ij, the branch to ground (j = i) the row sum. Visits each branch once, i <= j, and skips
/// branches of zero; a row sum within rounding of zero is zero.
void for_each_branch(const core::SparseMatrix& matrix,
                     const std::function<void(Eigen::Index, Eigen::Index, double)>& visit);

/// Capacitors, resistors with their Johnson noise (fdt) or the sources of `diagonal` noise, force
/// sources, initial velocities, velocity probes and ports; nodes v<label>.
void add_network(Builder& builder, const std::vector<int>& signs);

}  // namespace springspice::hw
