#include "netlist/foreign_load.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"

namespace springspice::netlist {
namespace {

bool holds(const Element& element) {
  return element.kind == Kind::voltage || element.kind == Kind::vcvs || element.kind == Kind::ccvs;
}

// Nodes whose voltage no current changes.
std::unordered_set<std::string> find_held(const FlatCircuit& circuit) {
  std::unordered_set<std::string> held = {"0"};
  for (const Element& element : circuit.elements) {
    if (element.kind == Kind::nullor) held.insert(lower(element.nodes[2]));
  }
  for (std::size_t before = 0; before != held.size();) {
    before = held.size();
    for (const Element& element : circuit.elements) {
      if (!holds(element)) continue;
      const std::string a = lower(element.nodes[0]);
      const std::string b = lower(element.nodes[1]);
      if (held.contains(a)) held.insert(b);
      if (held.contains(b)) held.insert(a);
    }
  }
  return held;
}

}  // namespace

std::string find_load(const FlatCircuit& circuit, const std::vector<ForeignCard>& foreign) {
  if (foreign.empty()) return {};
  const std::unordered_set<std::string> held = find_held(circuit);
  std::unordered_set<std::string> nodes;
  for (const Element& element : circuit.elements) {
    for (const std::string& node : element.nodes) nodes.insert(lower(node));
  }
  for (const ForeignCard& card : foreign) {
    constexpr std::string_view kBetween = " \t=(),'\"{}";
    for (std::size_t begin = card.text.find_first_not_of(kBetween); begin != std::string::npos;) {
      const std::size_t end = std::min(card.text.find_first_of(kBetween, begin), card.text.size());
      const std::string word = lower(card.text.substr(begin, end - begin));
      if (nodes.contains(word) && !held.contains(word)) {
        return fmt::format(
            "{} touches node {} of the circuit that is certified, and may change it; put a buffer "
            "between them, such as `ebuf out 0 {} 0 1`",
            quoted(card.name), quoted(word), word);
      }
      begin = card.text.find_first_not_of(kBetween, end);
    }
  }
  return {};
}

}  // namespace springspice::netlist
