// The descriptor matrices of a circuit: modified nodal analysis.
//
//     E z'(t) + A z(t) = s,      z = (node voltages, branch currents)
//
//   symbol | shape | unit                            | meaning
//   -------|-------|---------------------------------|--------------------------------------------
//   E      | n x n | farad in KCL rows, henry in     | capacitors; inductors and their couplings
//          |       | branch rows                     |
//   A      | n x n | siemens, 1, ohm                 | resistors, controlled sources, incidence
//   s      | n     | ampere in KCL rows, volt in     | DC values of the sources, without waveforms
//          |       | branch rows                     |
//
// Row order equals column order for nodes: row i is Kirchhoff's current law of node i, the sum of
// the currents that leave it, so a source that drives current into the node appears positive in s.
// Branches follow: one for each V, L, E, H and nullor; F and H read the branch current of their V.
// The branch row of a V: v+ - v- = s; an L: v+ - v- - L i' - sum M i_other' = 0, M = k sqrt(L1 L2);
// an E: v+ - v- - gain (vc+ - vc-) = 0; an H: v+ - v- - r i_control = 0; a nullor: inp - inn = 0,
// with its branch current flowing from the output node to ground, whatever it needs to be.
//
// Source: Ho, Ruehli, Brennan, "The modified nodal approach to network analysis", 1975.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <Eigen/SparseCore>

#include "netlist/flatten.hpp"

namespace springspice::netlist {

/// A capacitor that brings an initial voltage of its own (`ic=`), which overrides `.ic`.
struct CapacitorInitial {
  std::string element, plus, minus;
  double volt = 0.0;
};

struct Descriptor {
  Eigen::SparseMatrix<double> E, A;
  Eigen::VectorXd s;
  /// Sums of the absolute contributions to each entry: what rounding may do to it.
  Eigen::SparseMatrix<double> E_abs, A_abs;
  Eigen::VectorXd s_abs;
  /// For each unknown: lower-case node name, or "i(element)" for a branch current.
  std::vector<std::string> unknowns;
  std::unordered_map<std::string, Eigen::Index> index;
  Eigen::Index node_count = 0;  ///< the first `node_count` unknowns are node voltages
  /// `.ic` for a node, `ic=` for an inductor's current; no value where the deck gives none.
  std::vector<std::optional<double>> initial;
  std::vector<CapacitorInitial> capacitor_initial;

  /// The position of a node (any case) among the unknowns. @throws NetlistError if it is not there.
  Eigen::Index node(std::string_view name) const;
};

/// @throws NetlistError for an F, H or K that refers to what is not there, for coupled inductors of
/// opposite sign (M would be imaginary), for a resistance of 0, and for an initial voltage of ground or of a node that no
/// element touches.
Descriptor stamp(const FlatCircuit& circuit);

}  // namespace springspice::netlist
