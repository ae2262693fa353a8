// Which node is which in a deck that was renamed: names told from the circuit's shape alone.
//
// Colour refinement (Weisfeiler and Leman 1968) of nodes and elements: the colour of an element is
// a hash of its kind, its value and the colours at its ends; that of a node of the colours of what
// meets there, and with which end; repeated until the colours tell no more apart. Nodes that are
// alike by symmetry keep one colour; then one of them is marked and the refinement goes on, so that
// its partners (the velocity beside the position) follow.
//
//   colour(name)   the colour of a name when it is its turn: what a manifest keeps
//   match          in the renamed deck, in the same turn, the name that has this colour
//
// Ends of R, L and C without start value may be exchanged. A changed value or wire anywhere changes
// all colours, and nothing is matched: this finds other names, not faults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "netlist/design.hpp"
#include "netlist/flatten.hpp"

namespace springspice::netlist {

struct NameColour {
  std::string name;  ///< of a node or an element
  std::uint64_t colour = 0;
};

/// The largest circuit whose names are told: above, the refinements would be felt.
inline constexpr std::size_t kMostElementsToName = 5000;

/// Colours of these names, in this order. None for a circuit that is too large, for a name that is
/// not there, and where more than 50 marks are needed.
std::optional<std::vector<NameColour>> colour_names(const FlatCircuit& circuit,
                                                    const std::vector<std::string>& names);

struct Renamed {
  std::string from, to;
};

/// For each colour the circuit's own name, in the same order.
/// @throws NetlistError where a colour is not in the circuit: says which name it was.
std::vector<Renamed> match_names(const FlatCircuit& circuit,
                                 const std::vector<NameColour>& colours);

/// Names by the pins of an instance: a pin that the design reads is the node that it is wired to,
/// a part inside another instance of the array (`xarray.xcell0.rd`) is that part inside this one.
/// @param instance its name; empty: the only one whose definition has all the design's probes among
/// its pins
/// @return none where no instance was asked for and none has these pins
/// @throws NetlistError for an instance that is not there or lacks a pin, and for several that fit
std::optional<std::vector<Renamed>> match_pins(const Circuit& circuit, const Design& design,
                                               const std::string& instance);

/// Every node and element that the design reads, drives or lets noise into, once each.
std::vector<std::string> names_of(const Design& design);

/// Puts the new names into the design's probes, ports, read-outs and noise.
void rename(Design& design, const std::vector<Renamed>& names);

}  // namespace springspice::netlist
