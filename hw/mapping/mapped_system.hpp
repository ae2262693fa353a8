// The equations of motion that a circuit's parts make, with other values than those computed.
//
// Each part adds its coefficient to its matrix, as the entry (row, column) or along a combination
// l as coefficient l l^T (netlist/design.hpp). Another value multiplies the coefficient by the
// factor value / wanted, or wanted / value where it is inverse to it.
#pragma once

#include <vector>

#include "hw/mapping/scaled_parts.hpp"

namespace springspice::hw {

/// Sum over the parts of one role; matrices are those of the first output, which all share.
/// @param factors one a part
core::SparseMatrix sum_matrix(netlist::Part::Role role, const std::vector<ScaledPart>& parts,
                              const std::vector<double>& factors, Eigen::Index size);
Eigen::MatrixXd sum_force(const std::vector<ScaledPart>& parts, const std::vector<double>& factors,
                          Eigen::Index size, Eigen::Index outputs);

/// Factor of the coefficient for a part of `value` in place of `wanted`.
double factor_of(netlist::Kind kind, double value, double wanted);

/// M', D', K', f', in the coordinates of the shifted system.
core::SecondOrderSystem sum_system(const core::SecondOrderSystem& shifted,
                                   const std::vector<ScaledPart>& parts,
                                   const std::vector<double>& factors);

/// Parts that have one value in common: the entries (i, j) and (j, i), the copies of all outputs,
/// the parts of all integrators, those of which only the ratio counts.
struct TiedParts {
  netlist::Part::Role role = netlist::Part::Role::mass;
  std::vector<std::size_t> parts;
};
std::vector<TiedParts> tie_parts(const std::vector<ScaledPart>& parts);

}  // namespace springspice::hw
