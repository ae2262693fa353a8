// What changes on the bench when the data change: two circuits of one realization, part by part.
//
// A part is known by its name, since names carry the grid's indices. Groups, as in the decks'
// comments: `grid` (mass, friction, sticks), `inputs` (K, springs), `targets` (f, anchors), and
// `read-outs`. Start values (ic, .ic) are no parts and are not compared.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "netlist/circuit.hpp"

namespace springspice::hw {

struct PartChange {
  enum class What { changed, added, removed };
  What what = What::changed;
  std::string group;
  std::string part;
  std::string unit;
  std::optional<double> before, after;
  std::string rewired;  ///< nodes that differ: "refp s2 -> refn s2"; empty where they are the same
};

struct DesignComparison {
  std::vector<PartChange> changes;  ///< in the order of the new circuit, removed parts last
  std::size_t kept = 0;
};

/// @param tolerance values this close, relative, are the same part: rounding, not a change
DesignComparison compare_designs(const netlist::Circuit& before, const netlist::Circuit& after,
                                 double tolerance = 1e-12);

/// "grid", "inputs", "targets", "read-outs", or "fixed" for supplies and references.
std::string group_of(const std::string& part);

/// Counts by group, then one line a change: "rk0__1: 47.1 kohm -> 45.3 kohm".
std::string format_comparison(const DesignComparison& comparison);

}  // namespace springspice::hw
