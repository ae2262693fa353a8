#include "netlist/foreign_load.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"

namespace springspice::netlist {
namespace {

using Nodes = std::unordered_set<std::string>;

std::string name_of(const std::string& node) { return is_ground(node) ? "0" : lower(node); }

bool is_voltage_defined(Kind kind) {
  return kind == Kind::voltage || kind == Kind::vcvs || kind == Kind::ccvs;
}

// Nodes whose voltage no current changes.
Nodes find_held(const FlatCircuit& circuit) {
  Nodes held = {"0"};
  for (const Element& element : circuit.elements) {
    if (element.kind == Kind::nullor) held.insert(name_of(element.nodes[2]));
  }
  for (std::size_t before = 0; before != held.size();) {
    before = held.size();
    for (const Element& element : circuit.elements) {
      if (!is_voltage_defined(element.kind)) continue;
      const std::string a = name_of(element.nodes[0]);
      const std::string b = name_of(element.nodes[1]);
      if (held.contains(a)) held.insert(b);
      if (held.contains(b)) held.insert(a);
    }
  }
  return held;
}

// From each node, the nodes that change with it.
class Influence {
 public:
  explicit Influence(const FlatCircuit& circuit) : held_(find_held(circuit)) {
    for (const Element& element : circuit.elements) {
      for (const std::string& node : element.nodes) at_[name_of(node)].push_back(&element);
      if (element.kind == Kind::voltage) sources_.emplace(lower(element.name), &element);
    }
    for (const Element& element : circuit.elements) add(element);
  }

  bool has(const std::string& node) const { return at_.contains(node); }
  bool is_held(const std::string& node) const { return held_.contains(node); }

  /// A node of `wanted` that changes with `start`; empty if there is none.
  std::string reach(const std::string& start, const Nodes& wanted) const {
    Nodes seen = {start};
    std::vector<std::string> open = {start};
    while (!open.empty()) {
      const std::string node = std::move(open.back());
      open.pop_back();
      if (wanted.contains(node)) return node;
      const auto found = to_.find(node);
      if (found == to_.end()) continue;
      for (const std::string& next : found->second) {
        if (seen.insert(next).second) open.push_back(next);
      }
    }
    return {};
  }

 private:
  // A current out of `from` moves `to`, if anything can.
  void load(const std::string& from, const std::string& to) {
    if (from != "0" && !is_held(to)) to_[from].push_back(to);
  }

  void control(const std::string& input, const Element& element, std::size_t outputs) {
    for (std::size_t k = 0; k < outputs; ++k) to_[input].push_back(name_of(element.nodes[k]));
  }

  void add(const Element& element) {
    switch (element.kind) {
      case Kind::resistor:
      case Kind::inductor:
      case Kind::capacitor:
      case Kind::voltage:
        load(name_of(element.nodes[0]), name_of(element.nodes[1]));
        load(name_of(element.nodes[1]), name_of(element.nodes[0]));
        break;
      case Kind::vcvs:
      case Kind::vccs:
        control(name_of(element.nodes[2]), element, 2);
        control(name_of(element.nodes[3]), element, 2);
        break;
      case Kind::nullor:
        for (std::size_t k = 0; k < 2; ++k) {
          to_[name_of(element.nodes[k])].push_back(name_of(element.nodes[2]));
        }
        break;
      case Kind::cccs:
      case Kind::ccvs:
        add_current_control(element);
        break;
      default:
        break;
    }
  }

  // The current of a V source changes with everything that hangs at its ends.
  void add_current_control(const Element& element) {
    const auto source = sources_.find(lower(element.references[0]));
    if (source == sources_.end()) return;
    for (const std::string& end : source->second->nodes) {
      for (const Element* neighbour : at_[name_of(end)]) {
        for (const std::string& node : neighbour->nodes) control(name_of(node), element, 2);
      }
    }
  }

  Nodes held_;
  std::unordered_map<std::string, std::vector<const Element*>> at_;
  std::unordered_map<std::string, const Element*> sources_;
  std::unordered_map<std::string, std::vector<std::string>> to_;
};

std::vector<std::string> words_of(const std::string& text) {
  constexpr std::string_view kBetween = " \t=(),'\"{}";
  std::vector<std::string> words;
  for (std::size_t begin = text.find_first_not_of(kBetween); begin != std::string::npos;) {
    const std::size_t end = std::min(text.find_first_of(kBetween, begin), text.size());
    words.push_back(name_of(text.substr(begin, end - begin)));
    begin = text.find_first_not_of(kBetween, end);
  }
  return words;
}

}  // namespace

std::string find_load(const FlatCircuit& circuit, const std::vector<ForeignCard>& foreign,
                      const std::unordered_set<std::string>& certified) {
  if (foreign.empty()) return {};
  const Influence influence(circuit);
  for (const ForeignCard& card : foreign) {
    for (const std::string& node : words_of(card.text)) {
      if (!influence.has(node) || influence.is_held(node)) continue;
      const std::string reached = influence.reach(node, certified);
      if (reached.empty()) continue;
      return fmt::format(
          "{} touches node {}, which changes node {} of what is certified; put a buffer between "
          "them, such as `ebuf out 0 {} 0 1`",
          quoted(card.name), quoted(node), quoted(reached), node);
    }
  }
  return {};
}

}  // namespace springspice::netlist
