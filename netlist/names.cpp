#include "netlist/names.hpp"

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"

namespace springspice::netlist {
namespace {

using Colour = std::uint64_t;

constexpr int kMostMarks = 50;

// SplitMix64's finalizer (Steele, Lea and Flood 2014): colours stand in files, so they must not
// depend on a library's version.
Colour mix(Colour value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

Colour join(Colour a, Colour b) { return mix(a ^ mix(b)); }

// Nodes first, then elements, under one numbering.
class Colouring {
 public:
  explicit Colouring(const FlatCircuit& circuit) : circuit_(circuit) {
    for (const Element& element : circuit.elements) {
      for (const std::string& node : element.nodes) add(is_ground(node) ? "0" : node);
    }
    node_count_ = names_.size();
    for (const Element& element : circuit.elements) {
      // A node and an element of one name are two things.
      element_index_.emplace(lower(element.name), names_.size());
      names_.push_back(element.name);
    }
    colours_.assign(names_.size(), 0);
    for (const auto& [node, volt] : circuit.initial_voltages) {
      const auto found = node_index_.find(lower(node));
      if (found != node_index_.end()) {
        colours_[found->second] = join(colours_[found->second], bits_of(volt));
      }
    }
    if (const auto ground = node_index_.find("0"); ground != node_index_.end()) {
      colours_[ground->second] = 1;
    }
    for (std::size_t e = 0; e < circuit.elements.size(); ++e) {
      colours_[node_count_ + e] = seed_of(circuit.elements[e]);
    }
    refine();
  }

  std::optional<std::size_t> find(const std::string& name) const {
    if (const auto node = node_index_.find(lower(name)); node != node_index_.end()) {
      return node->second;
    }
    const auto element = element_index_.find(lower(name));
    if (element == element_index_.end()) return std::nullopt;
    return element->second;
  }

  Colour colour(std::size_t index) const { return colours_[index]; }
  const std::string& name(std::size_t index) const { return names_[index]; }

  /// All that have this colour, in the order of the circuit.
  std::vector<std::size_t> having(Colour colour) const {
    std::vector<std::size_t> out;
    for (std::size_t k = 0; k < colours_.size(); ++k) {
      if (colours_[k] == colour) out.push_back(k);
    }
    return out;
  }

  /// Sets one apart from all others of its colour.
  void mark(std::size_t index) {
    colours_[index] = join(colours_[index], 2);
    refine();
  }

 private:
  void add(const std::string& node) {
    if (node_index_.emplace(lower(node), names_.size()).second) names_.push_back(node);
  }

  static Colour bits_of(double value) {
    return std::bit_cast<Colour>(value == 0.0 ? 0.0 : value);  // -0 is 0
  }

  static Colour seed_of(const Element& element) {
    Colour colour = join(static_cast<Colour>(element.kind) + 3, bits_of(element.value));
    if (element.initial) colour = join(colour, bits_of(*element.initial));
    return colour;
  }

  static bool ends_are_alike(const Element& element) {
    const bool passive = element.kind == Kind::resistor || element.kind == Kind::inductor ||
                         element.kind == Kind::capacitor;
    // The sense of a coupled inductor counts; K sees it through the colour of its references.
    return passive && element.initial.value_or(0.0) == 0.0;
  }

  std::size_t node_of(const std::string& node) const {
    return node_index_.at(is_ground(node) ? "0" : lower(node));
  }

  Colour colour_of_element(std::size_t e, std::vector<std::vector<Colour>>& met) const {
    const Element& element = circuit_.elements[e];
    Colour colour = colours_[node_count_ + e];
    std::vector<Colour> ends;
    for (const std::string& node : element.nodes) ends.push_back(colours_[node_of(node)]);
    const bool alike = ends_are_alike(element) && !coupled_.contains(lower(element.name));
    if (alike) std::ranges::sort(ends);
    for (const Colour end : ends) colour = join(colour, end);
    for (const std::string& reference : element.references) {
      const auto found = element_index_.find(lower(reference));
      if (found == element_index_.end()) continue;
      colour = join(colour, colours_[found->second]);
      met[found->second].push_back(join(colours_[node_count_ + e], 5));
    }
    return colour;
  }

  void refine() {
    if (coupled_.empty()) {
      for (const Element& element : circuit_.elements) {
        if (element.kind != Kind::coupling) continue;
        for (const std::string& reference : element.references) coupled_.insert(lower(reference));
      }
    }
    std::size_t told_apart = 0;
    while (true) {
      std::vector<std::vector<Colour>> met(names_.size());
      std::vector<Colour> next(colours_);
      for (std::size_t e = 0; e < circuit_.elements.size(); ++e) {
        next[node_count_ + e] = colour_of_element(e, met);
        const Element& element = circuit_.elements[e];
        const bool alike = ends_are_alike(element) && !coupled_.contains(lower(element.name));
        for (std::size_t end = 0; end < element.nodes.size(); ++end) {
          met[node_of(element.nodes[end])].push_back(
              join(next[node_count_ + e], alike ? 7 : 11 + end));
        }
      }
      for (std::size_t k = 0; k < names_.size(); ++k) {
        std::ranges::sort(met[k]);
        for (const Colour colour : met[k]) next[k] = join(next[k], colour);
      }
      colours_ = std::move(next);
      const std::unordered_set<Colour> distinct(colours_.begin(), colours_.end());
      if (distinct.size() <= told_apart) return;
      told_apart = distinct.size();
    }
  }

  const FlatCircuit& circuit_;
  std::vector<std::string> names_;
  std::size_t node_count_ = 0;
  std::unordered_map<std::string, std::size_t> node_index_, element_index_;
  std::unordered_set<std::string> coupled_;
  std::vector<Colour> colours_;
};

// Visits every name that the design gives to a place of the circuit.
template <typename SomeDesign, typename Visit>
void for_each_name(SomeDesign& design, const Visit& visit) {
  for (auto& probe : design.probes) visit(probe.node);
  for (auto& port : design.ports) visit(port.node);
  for (auto& readout : design.readouts) visit(readout.node);
  for (auto& source : design.noise) {
    for (auto& entry : source.incidence) visit(entry.where);
  }
}

std::optional<std::size_t> find_pin(const Subcircuit& definition, const std::string& name) {
  const auto pin = std::ranges::find(definition.pins, lower(name), lower);
  if (pin == definition.pins.end()) return std::nullopt;
  return static_cast<std::size_t>(pin - definition.pins.begin());
}

// The first probe that is no pin of the instance's definition; empty if all are.
std::string find_missing_pin(const Circuit& circuit, const Design& design,
                             const Element& instance) {
  const Subcircuit& definition = *circuit.find_definition(instance.references[0]);
  for (const Probe& probe : design.probes) {
    if (!find_pin(definition, probe.node)) return probe.node;
  }
  return {};
}

const Element* choose_instance(const Circuit& circuit, const Design& design,
                               const std::string& name) {
  if (!name.empty()) {
    const Element* given = circuit.find(name);
    if (given == nullptr || given->kind != Kind::instance) {
      throw NetlistError(
          fmt::format("no instance {} is in the deck; give the name of an X card", quoted(name)));
    }
    const std::string missing = find_missing_pin(circuit, design, *given);
    if (missing.empty()) return given;
    throw NetlistError(
        fmt::format("instance {}: its subcircuit {} has no pin {}, which the "
                    "manifest reads; is it the manifest's array?",
                    quoted(name), quoted(given->references[0]), quoted(missing)));
  }
  const Element* found = nullptr;
  for (const Element& element : circuit.elements()) {
    if (element.kind != Kind::instance) continue;
    if (!find_missing_pin(circuit, design, element).empty()) continue;
    if (found != nullptr) {
      throw NetlistError(
          fmt::format("{} and {} both have the pins that the manifest reads; choose "
                      "one with --instance",
                      quoted(found->name), quoted(element.name)));
    }
    found = &element;
  }
  return found;
}

}  // namespace

std::optional<std::vector<NameColour>> colour_names(const FlatCircuit& circuit,
                                                    const std::vector<std::string>& names) {
  if (circuit.elements.size() > kMostElementsToName) return std::nullopt;
  Colouring colouring(circuit);
  std::vector<NameColour> out;
  int marks = 0;
  for (const std::string& name : names) {
    const auto index = colouring.find(name);
    if (!index) return std::nullopt;
    out.push_back({name, colouring.colour(*index)});
    if (colouring.having(out.back().colour).size() == 1) continue;
    if (++marks > kMostMarks) return std::nullopt;
    colouring.mark(*index);
  }
  return out;
}

std::vector<Renamed> match_names(const FlatCircuit& circuit,
                                 const std::vector<NameColour>& colours) {
  if (circuit.elements.size() > kMostElementsToName) {
    throw NetlistError(fmt::format("the deck has {} elements; names are matched up to {}",
                                   circuit.elements.size(), kMostElementsToName));
  }
  Colouring colouring(circuit);
  std::vector<Renamed> out;
  for (const NameColour& wanted : colours) {
    const std::vector<std::size_t> found = colouring.having(wanted.colour);
    if (found.empty()) {
      throw NetlistError(fmt::format(
          "nothing in the deck stands where {} stood ({} of {} names were found): it differs in "
          "more than names; names can be matched only where every value and wire is as written",
          quoted(wanted.name), out.size(), colours.size()));
    }
    out.push_back({wanted.name, colouring.name(found.front())});
    if (found.size() > 1) colouring.mark(found.front());
  }
  return out;
}

std::optional<std::vector<Renamed>> match_pins(const Circuit& circuit, const Design& design,
                                               const std::string& instance) {
  const Element* chosen = choose_instance(circuit, design, instance);
  if (chosen == nullptr) return std::nullopt;
  const Subcircuit& definition = *circuit.find_definition(chosen->references[0]);
  std::vector<Renamed> out;
  for (const std::string& name : names_of(design)) {
    const auto pin = find_pin(definition, name);
    const auto dot = name.find('.');
    if (pin) {
      out.push_back({name, chosen->nodes[*pin]});
    } else if (dot != std::string::npos) {
      out.push_back({name, chosen->name + name.substr(dot)});
    } else {
      out.push_back({name, name});  // a source beside the array
    }
  }
  return out;
}

std::vector<std::string> names_of(const Design& design) {
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for_each_name(design, [&](const std::string& name) {
    if (seen.insert(lower(name)).second) names.push_back(name);
  });
  return names;
}

void rename(Design& design, const std::vector<Renamed>& names) {
  std::unordered_map<std::string, std::string> to;
  for (const Renamed& name : names) to.emplace(lower(name.from), name.to);
  for_each_name(design, [&](std::string& name) {
    if (const auto found = to.find(lower(name)); found != to.end()) name = found->second;
  });
}

}  // namespace springspice::netlist
