// A flat design as a hierarchy: a test bench, and the array as a subcircuit that a designer wires.
//
//   test bench    sources (supplies, references, force, noise), one instance `xarray` of ss_array,
//                 initial conditions, options, analysis; nodes are called as in the flat deck
//   ss_array      all other parts. Pins, in this order: positions, velocities, inputs of force,
//                 read-outs, then what the sources of the bench feed (supplies, references,
//                 generators of noise)
//   ss_cell1...   the parts of one coordinate (see cells.hpp); ss_spring1... a spring and what
//                 couples it. Values in which they differ are parameters.
//
// Values that stand at three places of the array or more are `.param`s of it, called after the part
// and the unit: cm_farad_1. Nothing is computed anew: the flattened hierarchy has the parts of the
// flat circuit, the same values to the bit, and the same nodes up to their names.
#pragma once

#include <span>
#include <string>
#include <unordered_map>

#include "netlist/design.hpp"

namespace springspice::hw {

struct HierarchicalDesign {
  netlist::Circuit bench;  ///< without definitions: they are the array's
  netlist::Circuit array;  ///< definitions alone, ss_array the last; for format_definitions()
  /// The design of the whole: its circuit is bench and array in one, its noise acts on the
  /// flattened names ("xarray.xcell0.rd"), which are those of netlist::flatten().
  netlist::Design design;
  /// Name in the flat circuit -> name in the flattened hierarchy; sources keep theirs.
  std::unordered_map<std::string, std::string> element_paths, node_paths;
};

/// Sources stay in the bench, unless an F or H reads their current.
/// @param further_pins nodes that must stay visible, because a file that the bench includes uses
/// them
HierarchicalDesign make_hierarchy(const netlist::Design& design,
                                  std::span<const std::string> further_pins = {});

/// The array as one subcircuit without parameters, instances and definitions besides: what KiCad's
/// simulator takes for a symbol (Sim.Library). Parts are called as in the flat deck; those of an
/// instance are called g1_xv0, after what they are.
/// @param design the flat one @param hierarchy made of it
netlist::Circuit make_plain_library(const netlist::Design& design,
                                    const HierarchicalDesign& hierarchy);

}  // namespace springspice::hw
