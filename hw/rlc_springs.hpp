// The springs of rlc that are parts of their own, one file each.
//
//   rlc_gyrator.cpp      a capacitor behind gyrators: for simulation
//   rlc_transformer.cpp  an inductor behind ideal transformers: for boards
//   rlc_coils.cpp        coupled coils, the transformers' real form
#pragma once

#include <span>
#include <vector>

#include "core/springs.hpp"
#include "hw/builder.hpp"

namespace springspice::hw {

/// The node's flux at the start, weber: s_i (x - offset) s_v tau.
double initial_flux(const Builder& builder, const std::vector<int>& signs, Eigen::Index i,
                    Eigen::Index output);

/// Position i is the flux of node v<i>, with its sign: x - offset = s_i flux / (s_v tau).
void add_flux_probes(Builder& builder, const std::vector<int>& signs);

/// An inductor for each branch of S K S, which has off-diagonals <= 0 and row sums >= 0.
void add_direct_inductors(Builder& builder, const core::SparseMatrix& K,
                          const std::vector<int>& signs, Eigen::Index output);

void add_gyrator_springs(Builder& builder, std::span<const core::Spring> springs,
                         const std::vector<int>& signs);

void add_transformer_springs(Builder& builder, std::span<const core::Spring> springs,
                             const std::vector<int>& signs);

/// Coils to ground that share one node set, with the stiffness that they stand for.
struct CoilGroup {
  std::string label;        ///< "2_3" of a cell; g1, g2... of other node sets
  std::string description;  ///< "cell 2_3"
  std::vector<int> nodes;
  Eigen::MatrixXd stiffness;   ///< S K_c S
  Eigen::MatrixXd inductance;  ///< its inverse, model units
};

/// @throws RealizationError where a group's stiffness is not positive definite, or where it needs a
/// coupling factor above `largest_factor`: names the group, the factor, and what to take.
std::vector<CoilGroup> make_coil_groups(const core::SecondOrderSystem& system,
                                        std::span<const core::Spring> springs,
                                        const std::vector<int>& signs, double largest_factor);

void add_coils(Builder& builder, std::span<const CoilGroup> groups, const std::vector<int>& signs);

}  // namespace springspice::hw
