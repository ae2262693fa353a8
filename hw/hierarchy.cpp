#include "hw/hierarchy.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>

#include <fmt/format.h>

#include "hw/array_pins.hpp"
#include "hw/cells.hpp"

namespace springspice::hw {
namespace {

using netlist::Circuit;
using netlist::Design;
using netlist::Element;
using netlist::Kind;

constexpr const char* kArray = "ss_array";
constexpr const char* kInstance = "xarray";
constexpr std::size_t kRepeats = 3;

// A number of the array: an element's value, or an instance's argument.
struct ArrayValue {
  Element* element = nullptr;
  netlist::Parameter* argument = nullptr;  // null: the element's own value
  std::string name;                        // "cm_farad"
  double value() const { return argument != nullptr ? argument->value : element->value; }
};

std::vector<ArrayValue> list_values(std::vector<Element>& elements) {
  std::vector<ArrayValue> values;
  for (Element& element : elements) {
    const std::string role = split_name(element.name).role;
    if (element.kind != Kind::instance) {
      values.push_back({&element, nullptr, fmt::format("{}_{}", role, unit_word(element.kind))});
      continue;
    }
    for (netlist::Parameter& argument : element.parameters) {
      // An argument of a cell has its part in its name already.
      const bool named = argument.name.find('_') != std::string::npos;
      values.push_back({&element, &argument, named ? argument.name : role + "_" + argument.name});
    }
  }
  return values;
}

class HierarchyMaker {
 public:
  HierarchyMaker(const Design& design, std::span<const std::string> further_pins)
      : design_(design), pins_(find_array_pins(design, further_pins)) {}

  HierarchicalDesign run() {
    const std::unordered_set<std::string> sources = find_bench_sources(design_.circuit);
    for (const Element& element : design_.circuit.elements()) {
      (sources.contains(element.name) ? sources_ : parts_).push_back(element);
    }
    std::unordered_set<std::string> names;
    for (const ArrayPin& pin : pins_) names.insert(pin.node);
    cells_ = make_cells(parts_, find_labels(design_), names);
    fill_array();
    map_names(names);
    make_array();
    make_bench();
    make_design();
    return std::move(out_);
  }

 private:
  void fill_array() {
    std::vector<bool> placed(cells_.groups.size(), false);
    std::string heading;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto group = cells_.group_of[i];
      // The heading of a section goes to the first part that stays.
      if (!parts_[i].heading.empty()) heading = parts_[i].heading;
      if (!group) {
        array_.push_back(parts_[i]);
        array_.back().heading = std::exchange(heading, {});
      } else if (!placed[*group]) {
        placed[*group] = true;
        Element instance = cells_.groups[*group].instance;
        const Group& placed_group = cells_.groups[*group];
        // "coordinate 0" is the cell's, "mass M: capacitors" the section's.
        if (!placed_group.cell || heading.ends_with(" " + placed_group.label)) {
          prepend_heading(instance, std::exchange(heading, {}));
        }
        array_.push_back(std::move(instance));
      }
    }
  }

  static void prepend_heading(Element& element, const std::string& heading) {
    if (heading.empty()) return;
    element.heading = element.heading.empty() ? heading : heading + "\n" + element.heading;
  }

  void map_names(const std::unordered_set<std::string>& pins) {
    for (const Element& source : sources_) out_.element_paths[source.name] = source.name;
    for (const std::string& pin : pins) out_.node_paths[pin] = pin;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const Group* group = cells_.group_of[i] ? &cells_.groups[*cells_.group_of[i]] : nullptr;
      std::string path = fmt::format("{}.", kInstance);
      std::string name = parts_[i].name;
      if (group != nullptr) {
        const auto member = std::ranges::find(group->members, i) - group->members.begin();
        name = fmt::format("{}.{}", group->instance.name,
                           group->inner_names[static_cast<std::size_t>(member)]);
      }
      out_.element_paths[parts_[i].name] = path + name;
      for (const std::string& node : parts_[i].nodes) {
        if (netlist::is_ground(node) || out_.node_paths.contains(node)) continue;
        const bool inner = group != nullptr && group->inner_nodes.contains(node);
        out_.node_paths[node] =
            path + (inner ? fmt::format("{}.{}", group->instance.name, group->inner_nodes.at(node))
                          : node);
      }
    }
  }

  // Values that stand at several places, as parameters of the array.
  void name_repeated(netlist::Subcircuit& array) {
    std::vector<ArrayValue> values = list_values(array.elements);
    std::map<std::pair<std::string, std::uint64_t>, std::size_t> counts;
    for (const ArrayValue& value : values) ++counts[key_of(value)];
    std::map<std::pair<std::string, std::uint64_t>, std::string> named;
    std::map<std::string, int> numbers;
    for (const ArrayValue& value : values) {
      const auto key = key_of(value);
      if (counts[key] < kRepeats) continue;
      std::string& name = named[key];
      if (name.empty()) {
        name = fmt::format("{}_{}", value.name, ++numbers[value.name]);
        array.locals.push_back({name, value.value()});
      }
      (value.argument != nullptr ? value.argument->expression : value.element->value_expression) =
          name;
    }
  }

  static std::pair<std::string, std::uint64_t> key_of(const ArrayValue& value) {
    return {value.name, std::bit_cast<std::uint64_t>(value.value())};
  }

  void make_array() {
    const Circuit& flat = design_.circuit;
    out_.array.title = fmt::format("{}: the array, a subcircuit with pins", flat.title);
    out_.array.heading = flat.heading;
    for (const auto& definition : flat.definitions()) out_.array.define(definition);
    for (const auto& definition : cells_.definitions) out_.array.define(definition);
    netlist::Subcircuit array;
    array.name = kArray;
    array.heading = "pins, in this order:";
    for (const ArrayPin& pin : pins_) {
      array.pins.push_back(pin.node);
      array.heading += fmt::format("\n  {}  {}", pin.node, pin.meaning);
    }
    array.elements = std::move(array_);
    name_repeated(array);
    out_.array.define(std::move(array));
  }

  void make_bench() {
    const Circuit& flat = design_.circuit;
    Circuit& bench = out_.bench;
    bench.title = flat.title;
    bench.heading =
        flat.heading +
        "\ntest bench: sources, one instance of the array, initial conditions, analysis";
    bench.options = flat.options;
    bench.transient = flat.transient;
    bench.measures = flat.measures;
    bench.saved = flat.saved;
    for (netlist::InitialVoltage initial : flat.initial_voltages) {
      const auto path = out_.node_paths.find(initial.node);
      if (path != out_.node_paths.end()) initial.node = path->second;
      bench.initial_voltages.push_back(std::move(initial));
    }
    for (const Element& source : sources_) bench.add(source);
    std::vector<std::string> nodes;
    for (const ArrayPin& pin : pins_) nodes.push_back(pin.node);
    Element array = netlist::instance(kInstance, std::move(nodes), kArray);
    array.heading = "the array; its file says what each pin is";
    bench.add(std::move(array));
  }

  void make_design() {
    Design& design = out_.design;
    design = design_;
    design.circuit = out_.bench;
    for (const auto& definition : out_.array.definitions()) design.circuit.define(definition);
    for (netlist::NoiseSource& source : design.noise) {
      for (netlist::Incidence& entry : source.incidence) {
        const auto element = out_.element_paths.find(entry.where);
        const auto node = out_.node_paths.find(entry.where);
        if (element != out_.element_paths.end()) {
          entry.where = element->second;
        } else if (node != out_.node_paths.end()) {
          entry.where = node->second;
        }
      }
    }
  }

  const Design& design_;
  std::vector<ArrayPin> pins_;
  std::vector<Element> sources_, parts_, array_;
  Cells cells_;
  HierarchicalDesign out_;
};

}  // namespace

HierarchicalDesign make_hierarchy(const Design& design, std::span<const std::string> further_pins) {
  return HierarchyMaker(design, further_pins).run();
}

}  // namespace springspice::hw
