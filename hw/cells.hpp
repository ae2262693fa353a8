// Parts that belong together by their names, as subcircuits. Not installed.
//
// Names of parts are letters, then what they belong to (see realization.hpp):
//
//   rk2_3        all of them at one coordinate's end: its cell, where the rest is its label
//   ck0r1, xk0r1__2_3   a spring and what couples it: one group, named before the `__`
//   rk2_3__2_4   between two coordinates: belongs to no cell
//
// Groups of the same parts, wired alike, share one definition. Values in which they differ are its
// parameters; those in which all agree stand in it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "netlist/design.hpp"

namespace springspice::hw {

/// What a design calls its coordinates.
struct CoordinateLabels {
  /// "2_3" (several outputs: "2_3y1"), with the nodes that its probes and ports name.
  std::unordered_map<std::string, std::unordered_set<std::string>> own;
  /// "2_3" without the output: the first half of a name between two coordinates.
  std::unordered_set<std::string> indices;
};
CoordinateLabels find_labels(const netlist::Design& design);

/// "rk2_3" is "rk" and "2_3".
struct PartName {
  std::string role, rest;
};
PartName split_name(const std::string& name);

/// "ohm", "farad"...: what a parameter that carries the value of such a part is called after.
const char* unit_word(netlist::Kind kind);

struct Group {
  bool cell = false;  ///< of a coordinate; else a spring
  std::string label;
  std::vector<std::size_t> members;  ///< positions among the parts, ascending
  netlist::Element instance;
  std::unordered_map<std::string, std::string> inner_nodes;  ///< name outside -> name inside
  std::vector<std::string> inner_names;                      ///< of the members, inside
};

struct Cells {
  std::vector<netlist::Subcircuit> definitions;
  std::vector<Group> groups;
  std::vector<std::optional<std::size_t>> group_of;  ///< of each part
};

/// @param parts of the array @param pins the array's: nodes that stay visible
Cells make_cells(std::span<const netlist::Element> parts, const CoordinateLabels& labels,
                 const std::unordered_set<std::string>& pins);

}  // namespace springspice::hw
