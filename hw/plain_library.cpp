#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hw/hierarchy.hpp"
#include "netlist/flatten.hpp"

namespace springspice::hw {
namespace {

using netlist::Circuit;
using netlist::Element;
using netlist::Kind;

// The transconductor that a flattened circuit shows as a nullor.
Element restore_opamp(const Element& nullor, const netlist::Subcircuit& definition) {
  const Element& inside = definition.elements.front();
  Element part = inside;
  for (std::string& node : part.nodes) {
    const auto pin = std::ranges::find(definition.pins, node);
    if (pin == definition.pins.end()) continue;  // ground
    node = nullor.nodes[static_cast<std::size_t>(pin - definition.pins.begin())];
  }
  part.name = nullor.name + "." + inside.name;
  return part;
}

// "xv0.g1" -> "g1_xv0": the first letter says what a part is.
std::string plain_name(const std::string& path) {
  const auto dot = path.rfind('.');
  if (dot == std::string::npos) return path;
  std::string name = path.substr(dot + 1) + "_" + path.substr(0, dot);
  std::ranges::replace(name, '.', '_');
  return name;
}

}  // namespace

Circuit make_plain_library(const netlist::Design& design, const HierarchicalDesign& hierarchy) {
  Circuit parts;
  for (const auto& definition : design.circuit.definitions()) parts.define(definition);
  for (const Element& element : design.circuit.elements()) {
    if (hierarchy.bench.find(element.name) == nullptr) parts.add(element);
  }
  const netlist::Subcircuit& array = hierarchy.array.definitions().back();
  netlist::Subcircuit plain;
  plain.name = array.name;
  plain.pins = array.pins;
  plain.heading = array.heading;
  for (Element element : netlist::flatten(parts).elements) {
    if (element.kind == Kind::nullor) {
      const Element* instance = parts.find(element.name);
      element = restore_opamp(element, *parts.find_definition(instance->references[0]));
    } else if (const Element* original = parts.find(element.name); original != nullptr) {
      element.heading = original->heading;
      element.comment = original->comment;
    }
    element.name = plain_name(element.name);
    for (std::string& node : element.nodes) std::ranges::replace(node, '.', '_');
    for (std::string& reference : element.references) reference = plain_name(reference);
    plain.elements.push_back(std::move(element));
  }
  Circuit library;
  library.title = design.circuit.title + ": the array for KiCad";
  library.heading = design.circuit.heading;
  library.heading += fmt::format(
      "\nKiCad: give a symbol of {} pins the fields Sim.Device = SUBCKT, Sim.Library = this file,\n"
      "Sim.Name = {}, Sim.Pins = \"1={} 2=...\" in the order of the .subckt line",
      plain.pins.size(), plain.name, plain.pins.empty() ? "" : plain.pins.front());
  library.define(std::move(plain));
  return library;
}

}  // namespace springspice::hw
