#include "hw/mapping/mapped_system.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace springspice::hw {

using core::SparseMatrix;
using netlist::Part;
using Role = Part::Role;

SparseMatrix sum_matrix(Role role, const std::vector<ScaledPart>& parts,
                        const std::vector<double>& factors, Eigen::Index size) {
  std::vector<Eigen::Triplet<double>> entries;
  for (std::size_t q = 0; q < parts.size(); ++q) {
    const Part& part = parts[q].part;
    if (part.role != role || part.output != 0) continue;
    const double coefficient = part.coefficient * factors[q];
    if (part.combination.empty()) entries.emplace_back(part.row, part.column, coefficient);
    for (const auto& [i, a] : part.combination) {
      for (const auto& [j, b] : part.combination) entries.emplace_back(i, j, coefficient * a * b);
    }
  }
  SparseMatrix matrix(size, size);
  matrix.setFromTriplets(entries.begin(), entries.end());
  // Entries (i, j) and (j, i) come from two parts, alike but for rounding.
  return 0.5 * (matrix + SparseMatrix(matrix.transpose()));
}

Eigen::MatrixXd sum_force(const std::vector<ScaledPart>& parts, const std::vector<double>& factors,
                          Eigen::Index size, Eigen::Index outputs) {
  Eigen::MatrixXd force = Eigen::MatrixXd::Zero(size, outputs);
  for (std::size_t q = 0; q < parts.size(); ++q) {
    const Part& part = parts[q].part;
    if (part.role == Role::force) force(part.row, part.output) += part.coefficient * factors[q];
  }
  return force;
}

double factor_of(netlist::Kind kind, double value, double wanted) {
  return is_proportional(kind) ? value / wanted : wanted / value;
}

core::SecondOrderSystem sum_system(const core::SecondOrderSystem& shifted,
                                   const std::vector<ScaledPart>& parts,
                                   const std::vector<double>& factors) {
  core::SecondOrderSystem mapped = shifted;
  if (shifted.dynamics == core::Dynamics::underdamped) {
    mapped.M = sum_matrix(Role::mass, parts, factors, shifted.size());
  }
  mapped.D = sum_matrix(Role::damping, parts, factors, shifted.size());
  mapped.K = sum_matrix(Role::stiffness, parts, factors, shifted.size());
  mapped.f = sum_force(parts, factors, shifted.size(), shifted.outputs());
  // The sticks' own noise is that of D = gamma M with equal sticks, which snapped parts are not.
  mapped.stick_mass.reset();
  mapped.noise_model = core::NoiseModel::fdt;
  return mapped;
}

std::vector<TiedParts> tie_parts(const std::vector<ScaledPart>& parts) {
  // role, kind, and what tells the values of the role apart
  std::map<std::array<int, 5>, std::size_t> numbers;
  std::vector<TiedParts> tied;
  for (std::size_t q = 0; q < parts.size(); ++q) {
    const Part& part = parts[q].part;
    const int low = std::min(part.row, part.column);
    const int high = std::max(part.row, part.column);
    std::array<int, 5> key{static_cast<int>(part.role), static_cast<int>(parts[q].kind), 0, 0, 0};
    if (part.role == Role::weight) {
      key = {key[0], key[1], part.row, part.column, 0};
    } else if (part.role != Role::rate && part.role != Role::unity) {
      key = {key[0], key[1], low, high, part.role == Role::force ? part.output : 0};
    }
    const auto [at, is_new] = numbers.emplace(key, tied.size());
    if (is_new) tied.push_back({part.role, {}});
    tied[at->second].parts.push_back(q);
  }
  return tied;
}

}  // namespace springspice::hw
