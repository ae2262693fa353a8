#include "hw/cells.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace springspice::hw {
namespace {

using netlist::Element;
using netlist::Kind;
using netlist::Subcircuit;

// What differs between two parts of the same role: the value, or an instance's arguments.
struct Slot {
  std::string name;
  double value = 0.0;
  std::size_t member = 0;
};

// A group with the names that its parts and nodes have inside.
struct Drawn {
  std::size_t group = 0;
  std::vector<std::string> nodes;  // outside, in order of first use
  std::vector<std::string> local;  // the same inside
  std::vector<Slot> slots;
  std::string structure;
};

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool ends_with_label(const std::string& node, const std::string& label) {
  const PartName name = split_name(node);
  return !name.role.empty() && name.rest == label;
}

class CellMaker {
 public:
  CellMaker(std::span<const Element> parts, const CoordinateLabels& labels,
            const std::unordered_set<std::string>& pins)
      : parts_(parts), labels_(labels), pins_(pins) {
    out_.group_of.resize(parts.size());
    for (const Element& part : parts) {
      for (const std::string& node : part.nodes) ++uses_[node];
      referenced_.insert(part.references.begin(), part.references.end());
    }
  }

  Cells run() {
    collect();
    std::vector<Drawn> drawn;
    for (std::size_t g = 0; g < out_.groups.size(); ++g) drawn.push_back(draw(g));
    std::map<std::string, std::vector<std::size_t>> alike;
    std::vector<std::string> order;
    for (std::size_t g = 0; g < drawn.size(); ++g) {
      auto& same = alike[drawn[g].structure];
      if (same.empty()) order.push_back(drawn[g].structure);
      same.push_back(g);
    }
    std::vector<bool> kept(out_.groups.size(), false);
    for (const std::string& structure : order) {
      const std::vector<std::size_t>& same = alike[structure];
      // A spring that is the only one of its kind is no hierarchy.
      if (same.size() < 2 && !out_.groups[same.front()].cell) continue;
      std::vector<const Drawn*> shared;
      for (const std::size_t g : same) shared.push_back(&drawn[g]);
      define(shared);
      for (const std::size_t g : same) kept[g] = true;
    }
    drop_others(kept);
    return std::move(out_);
  }

 private:
  // An initial value of a part cannot be a parameter, and F, H, K see their own scope alone.
  bool can_move(const Element& part) const {
    return !part.initial && !part.waveform && !part.ac && part.value_expression.empty() &&
           (part.kind == Kind::instance || part.references.empty()) &&
           !referenced_.contains(part.name);
  }

  void collect() {
    std::map<std::string, std::size_t> cells, springs;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (!can_move(parts_[i])) continue;
      const PartName name = split_name(parts_[i].name);
      const bool cell = labels_.own.contains(name.rest);
      const std::string head = name.rest.substr(0, name.rest.find("__"));
      if (!cell && (head.empty() || labels_.indices.contains(head) || labels_.own.contains(head))) {
        continue;
      }
      const std::string& label = cell ? name.rest : head;
      auto& index = cell ? cells : springs;
      const auto [at, fresh] = index.emplace(label, out_.groups.size());
      if (fresh) {
        Group group;
        group.cell = cell;
        group.label = label;
        out_.groups.push_back(std::move(group));
      }
      out_.groups[at->second].members.push_back(i);
    }
    for (Group& group : out_.groups) {
      if (group.cell) keep_connected(group);
    }
    std::erase_if(out_.groups, [](const Group& group) { return group.members.size() < 2; });
  }

  // Of a cell, what hangs together with the nodes of the coordinate: a name alone may mislead.
  void keep_connected(Group& group) const {
    std::unordered_set<std::string> reached = labels_.own.at(group.label);
    std::vector<std::size_t> left = group.members, in;
    for (bool grown = true; grown;) {
      const std::size_t before = in.size();
      std::erase_if(left, [&](std::size_t i) {
        const auto& nodes = parts_[i].nodes;
        if (std::ranges::none_of(nodes, [&](const auto& n) { return reached.contains(n); })) {
          return false;
        }
        for (const auto& node : nodes) {
          if (ends_with_label(node, group.label)) reached.insert(node);
        }
        in.push_back(i);
        return true;
      });
      grown = in.size() > before;
    }
    std::ranges::sort(in);
    group.members = std::move(in);
  }

  Drawn draw(std::size_t g) {
    Group& group = out_.groups[g];
    Drawn drawn;
    drawn.group = g;
    drawn.structure = group.cell ? "cell" : "spring";
    std::map<std::string, int> ordinals;
    int foreign = 0;
    for (std::size_t m = 0; m < group.members.size(); ++m) {
      const Element& part = parts_[group.members[m]];
      const PartName name = split_name(part.name);
      const bool numbered = name.rest != group.label;
      group.inner_names.push_back(numbered ? fmt::format("{}{}", name.role, ++ordinals[name.role])
                                           : name.role);
      drawn.structure +=
          fmt::format("; {} {} {} {}", group.inner_names.back(), static_cast<int>(part.kind),
                      part.noisy, fmt::join(part.references, " "));
      for (const std::string& node : part.nodes) {
        drawn.structure += " " + local_node(node, group.label, drawn, foreign);
      }
      add_slots(part, group.inner_names.back(), m, drawn);
    }
    return drawn;
  }

  std::string local_node(const std::string& node, const std::string& label, Drawn& drawn,
                         int& foreign) const {
    if (netlist::is_ground(node)) return "0";
    const auto seen = std::ranges::find(drawn.nodes, node);
    if (seen != drawn.nodes.end()) {
      return drawn.local[static_cast<std::size_t>(seen - drawn.nodes.begin())];
    }
    drawn.nodes.push_back(node);
    drawn.local.push_back(ends_with_label(node, label) ? split_name(node).role
                                                       : fmt::format("n{}", ++foreign));
    return drawn.local.back();
  }

  static void add_slots(const Element& part, const std::string& inner, std::size_t member,
                        Drawn& drawn) {
    if (part.kind != Kind::instance) {
      drawn.slots.push_back(
          {fmt::format("{}_{}", inner, unit_word(part.kind)), part.value, member});
      return;
    }
    for (const netlist::Parameter& parameter : part.parameters) {
      drawn.slots.push_back({fmt::format("{}_{}", inner, parameter.name), parameter.value, member});
      drawn.structure += " " + parameter.name + "=";
    }
  }

  // True if anything outside the group sees the node.
  bool is_outside(const std::string& node, const Drawn& drawn) const {
    if (pins_.contains(node)) return true;
    std::size_t inside = 0;
    for (const std::size_t i : out_.groups[drawn.group].members) {
      inside += static_cast<std::size_t>(std::ranges::count(parts_[i].nodes, node));
    }
    return uses_.at(node) > inside;
  }

  void define(const std::vector<const Drawn*>& same) {
    const Group& first = out_.groups[same.front()->group];
    int& number = first.cell ? cell_count_ : spring_count_;
    Subcircuit definition;
    definition.name = fmt::format("{}{}", first.cell ? "ss_cell" : "ss_spring", ++number);
    definition.heading =
        fmt::format("{}: {} of this kind", first.cell ? "the parts of one coordinate" : "a spring",
                    same.size());
    std::vector<std::size_t> pins;
    for (std::size_t n = 0; n < same.front()->nodes.size(); ++n) {
      if (std::ranges::any_of(same, [&](const Drawn* d) { return is_outside(d->nodes[n], *d); })) {
        pins.push_back(n);
        definition.pins.push_back(same.front()->local[n]);
      }
    }
    const std::vector<bool> differs = find_differences(same);
    definition.elements = make_elements(same, differs);
    for (std::size_t s = 0; s < differs.size(); ++s) {
      const Slot& slot = same.front()->slots[s];
      if (differs[s]) definition.parameters.push_back({slot.name, slot.value});
    }
    for (const Drawn* drawn : same) place(*drawn, definition.name, pins, differs);
    out_.definitions.push_back(std::move(definition));
  }

  static std::vector<bool> find_differences(const std::vector<const Drawn*>& same) {
    std::vector<bool> differs;
    for (std::size_t s = 0; s < same.front()->slots.size(); ++s) {
      const double value = same.front()->slots[s].value;
      differs.push_back(std::ranges::any_of(
          same, [&](const Drawn* d) { return !same_bits(d->slots[s].value, value); }));
    }
    return differs;
  }

  std::vector<Element> make_elements(const std::vector<const Drawn*>& same,
                                     const std::vector<bool>& differs) const {
    const Drawn& first = *same.front();
    const Group& group = out_.groups[first.group];
    std::vector<Element> elements;
    for (std::size_t m = 0; m < group.members.size(); ++m) {
      Element element = parts_[group.members[m]];
      element.name = group.inner_names[m];
      element.heading.clear();
      for (const Drawn* other : same) {
        const Group& twin = out_.groups[other->group];
        if (parts_[twin.members[m]].comment != element.comment) element.comment.clear();
      }
      for (std::string& node : element.nodes) {
        if (netlist::is_ground(node)) continue;
        const auto at = std::ranges::find(first.nodes, node) - first.nodes.begin();
        node = first.local[static_cast<std::size_t>(at)];
      }
      elements.push_back(std::move(element));
    }
    for (std::size_t s = 0; s < differs.size(); ++s) {
      if (differs[s]) use_parameter(elements[first.slots[s].member], first.slots[s].name);
    }
    return elements;
  }

  static void use_parameter(Element& element, const std::string& name) {
    if (element.kind != Kind::instance) {
      element.value_expression = name;
      return;
    }
    for (netlist::Parameter& parameter : element.parameters) {
      if (name == element.name + "_" + parameter.name) parameter.expression = name;
    }
  }

  void place(const Drawn& drawn, const std::string& definition,
             const std::vector<std::size_t>& pins, const std::vector<bool>& differs) {
    Group& group = out_.groups[drawn.group];
    std::vector<std::string> nodes;
    for (const std::size_t n : pins) nodes.push_back(drawn.nodes[n]);
    for (std::size_t n = 0; n < drawn.nodes.size(); ++n) {
      if (std::ranges::find(pins, n) == pins.end()) {
        group.inner_nodes.emplace(drawn.nodes[n], drawn.local[n]);
      }
    }
    std::vector<netlist::Parameter> arguments;
    std::string heading;
    for (std::size_t s = 0; s < differs.size(); ++s) {
      if (!differs[s]) continue;
      const Slot& slot = drawn.slots[s];
      arguments.push_back({slot.name, slot.value});
      const std::string& comment = parts_[group.members[slot.member]].comment;
      if (!comment.empty()) heading += (heading.empty() ? "" : "\n") + slot.name + ": " + comment;
    }
    const char* prefix = group.cell ? "xcell" : "xspring";
    group.instance =
        netlist::instance(prefix + group.label, std::move(nodes), definition, std::move(arguments));
    group.instance.heading = std::move(heading);
  }

  void drop_others(const std::vector<bool>& kept) {
    std::vector<Group> groups;
    for (std::size_t g = 0; g < kept.size(); ++g) {
      if (!kept[g]) continue;
      for (const std::size_t i : out_.groups[g].members) out_.group_of[i] = groups.size();
      groups.push_back(std::move(out_.groups[g]));
    }
    out_.groups = std::move(groups);
  }

  std::span<const Element> parts_;
  const CoordinateLabels& labels_;
  const std::unordered_set<std::string>& pins_;
  std::unordered_map<std::string, std::size_t> uses_;
  std::unordered_set<std::string> referenced_;
  Cells out_;
  int cell_count_ = 0;
  int spring_count_ = 0;
};

}  // namespace

PartName split_name(const std::string& name) {
  const auto letters =
      std::ranges::find_if(name, [](char c) { return c < 'a' || c > 'z'; }) - name.begin();
  return {name.substr(0, static_cast<std::size_t>(letters)),
          name.substr(static_cast<std::size_t>(letters))};
}

const char* unit_word(Kind kind) {
  switch (kind) {
    case Kind::resistor:
    case Kind::ccvs:
      return "ohm";
    case Kind::capacitor:
      return "farad";
    case Kind::inductor:
      return "henry";
    case Kind::vccs:
      return "siemens";
    case Kind::voltage:
      return "volt";
    case Kind::current:
      return "ampere";
    default:
      return "gain";
  }
}

CoordinateLabels find_labels(const netlist::Design& design) {
  int outputs = 1;
  for (const netlist::Probe& probe : design.probes) outputs = std::max(outputs, probe.output + 1);
  CoordinateLabels labels;
  std::map<std::pair<int, int>, std::string> names;
  for (const netlist::Probe& probe : design.probes) {
    const std::string index = fmt::format("{}", fmt::join(probe.index, "_"));
    const std::string label = outputs == 1 ? index : fmt::format("{}y{}", index, probe.output + 1);
    labels.indices.insert(index);
    labels.own[label].insert(probe.node);
    names[{probe.coordinate, probe.output}] = label;
  }
  for (const netlist::Port& port : design.ports) {
    const auto found = names.find({port.coordinate, port.output});
    if (found != names.end()) labels.own[found->second].insert(port.node);
  }
  return labels;
}

Cells make_cells(std::span<const Element> parts, const CoordinateLabels& labels,
                 const std::unordered_set<std::string>& pins) {
  return CellMaker(parts, labels, pins).run();
}

}  // namespace springspice::hw
