// A stamped circuit whose parts have other values, draw by draw. Not installed.
//
// Each entry of the descriptor E z' + A z = s (netlist/stamp.hpp) is a sum of monomials in the
// parts' multipliers m_q: those of an element that varies are
//
//     value * m^e,   e = 1 (C, L, V, I, transconductance), e = -1 (R),
//     value * sqrt(m_i m_j)                                 (the mutual inductance of two coils)
//
// so a draw is the nominal matrix plus value * (product of m^e - 1) for each of these terms.
// An element's terms are what doubling its value (halving its resistance) adds to its own stamp:
// the rules of stamping stand in stamp() alone.
//
// An instance varies in its parameter `gm`, or in its only parameter; the values of its inner
// elements must be proportional to it.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "netlist/stamp.hpp"
#include "sim/tolerance/tolerance.hpp"

namespace springspice::sim {

struct Term {
  enum class Matrix { E, A, s };
  struct Factor {
    int part = -1;  ///< none
    double exponent = 1.0;
  };
  Matrix matrix = Matrix::A;
  Eigen::Index row = 0, column = 0;  ///< s: column 0
  double value = 0.0;
  std::array<Factor, 2> factors;

  /// Product of m^e, less 1.
  double change(const Eigen::VectorXd& multipliers) const;
};

/// The circuit with its parts' values multiplied. Parts that are not there are an error.
/// @throws netlist::NetlistError for a part that the circuit lacks, and one whose value a tolerance
/// cannot be of: an expression, a coupling factor, an instance without a parameter.
netlist::Circuit multiply_values(const netlist::Circuit& circuit,
                                 std::span<const PartSpread> spreads,
                                 const Eigen::VectorXd& multipliers);

/// Without initial voltages and currents, which those of other inductances would be.
netlist::Circuit start_from_rest(const netlist::Circuit& circuit);

class VariedCircuit {
 public:
  /// @throws netlist::NetlistError as multiply_values()
  VariedCircuit(const netlist::Circuit& circuit, std::span<const PartSpread> spreads);

  const netlist::Descriptor& nominal() const { return nominal_; }
  const std::vector<Term>& terms() const { return terms_; }
  /// The elements of the circuit as drawn.
  netlist::FlatCircuit flat(const Eigen::VectorXd& multipliers) const;
  Eigen::Index parts() const { return parts_; }

 private:
  void find_owners(const netlist::Circuit& circuit, std::span<const PartSpread> spreads);
  void add_terms_of_elements();
  void add_terms_of_couplings();
  void add_difference(const netlist::FlatCircuit& less, const netlist::FlatCircuit& more,
                      const std::array<Term::Factor, 2>& factors);

  Eigen::Index parts_ = 0;
  netlist::FlatCircuit flat_;
  std::vector<int> owner_;  // of each element: position among the spreads, or -1
  netlist::Descriptor nominal_;
  std::vector<Term> terms_;
};

}  // namespace springspice::sim
