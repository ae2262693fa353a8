// Which part of the netlist makes an entry differ from the model?
//
// Each part's value p is varied, the circuit stamped and reduced anew, and the p* sought at which
// the entry that differs most agrees; secant steps in p (in 1/p for R and L), where the entries are
// linear or nearly so. A part is a suspect if then *every* entry agrees: a single wrong value shows
// in all entries that it touches, so no part beside it explains them all. Several can remain where
// only a product counts (R and C of one integrator); those whose p* is the value of other parts of
// the deck come first, for a designer changes one part of a row of equal ones.
#pragma once

#include <string>
#include <vector>

#include "sim/check.hpp"
#include "sim/differences.hpp"
#include "sim/stamped.hpp"

namespace springspice::sim {

struct Suspect {
  std::string element;  ///< as the flattened deck calls it
  netlist::Kind kind = netlist::Kind::resistor;
  double value = 0.0;
  double expected = 0.0;
  std::size_t twins = 0;  ///< parts of the same kind that have the expected value
};

/// The parts that alone explain all differences, the likeliest first; empty where none does: a part
/// is missing or moved, or several are wrong.
/// @param worst the entry that differs most
/// Looks at the parts within a few nodes of the entry, 400 at most.
std::vector<Suspect> find_suspects(const Problem& problem, const ProbeMap& probes,
                                   const StampedDeck& deck, const ComparedEntry& worst);

/// "rk3_4 is 4.76 kohm, expected 5 kohm".
std::string describe(const Suspect& suspect);

}  // namespace springspice::sim
