#include "netlist/references.hpp"

#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"

namespace springspice::netlist {
namespace {

std::string names_of(const std::vector<Parameter>& parameters) {
  if (parameters.empty()) return "no parameters";
  std::string out = "only";
  for (const auto& parameter : parameters) out += " " + parameter.name;
  return out;
}

// What is wrong with the instance; empty if nothing is.
std::string instance_fault(const Element& element, const Circuit& circuit) {
  const Subcircuit* definition = circuit.find_definition(element.references[0]);
  if (definition == nullptr) {
    return fmt::format("instance {}: no subcircuit {} is defined; add its .subckt",
                       quoted(element.name), quoted(element.references[0]));
  }
  if (definition->pins.size() != element.nodes.size()) {
    return fmt::format("instance {}: {} nodes given; {} has {} pins", quoted(element.name),
                       element.nodes.size(), quoted(definition->name), definition->pins.size());
  }
  for (const auto& parameter : element.parameters) {
    if (find_parameter(definition->parameters, parameter.name) == nullptr) {
      return fmt::format("instance {}: unknown parameter {}; {} has {}", quoted(element.name),
                         quoted(parameter.name), quoted(definition->name),
                         names_of(definition->parameters));
    }
  }
  return {};
}

// The names that F, H and K of one scope may refer to, and the pairs that K coupled already.
class Scope {
 public:
  explicit Scope(const std::vector<Element>& elements) {
    for (const auto& element : elements) {
      if (element.kind == Kind::voltage || element.kind == Kind::inductor) {
        referable_.insert(lower(element.name));
      }
    }
  }

  std::string fault(const Element& element) {
    for (const auto& name : element.references) {
      if (referable_.contains(lower(name))) continue;
      return fmt::format(
          "element {} refers to {}, which is not there; name {} of the same circuit or "
          "subcircuit",
          quoted(element.name), quoted(name),
          element.kind == Kind::coupling ? "an inductor" : "a voltage source");
    }
    return element.kind == Kind::coupling ? pair_fault(element) : std::string();
  }

 private:
  // ngspice warns of a pair that is coupled twice and goes on.
  std::string pair_fault(const Element& element) {
    std::pair pair(lower(element.references[0]), lower(element.references[1]));
    if (pair.second < pair.first) std::swap(pair.first, pair.second);
    if (coupled_.insert(std::move(pair)).second) return {};
    return fmt::format("element {}: {} and {} are coupled already; give one K for a pair",
                       quoted(element.name), quoted(element.references[0]),
                       quoted(element.references[1]));
  }

  std::unordered_set<std::string> referable_;
  std::set<std::pair<std::string, std::string>> coupled_;
};

}  // namespace

void check_references(const std::vector<Element>& scope, const Circuit& circuit,
                      const std::function<std::string(std::size_t)>& where) {
  Scope names(scope);
  for (std::size_t i = 0; i < scope.size(); ++i) {
    const Element& element = scope[i];
    if (element.references.empty()) continue;
    const std::string fault =
        element.kind == Kind::instance ? instance_fault(element, circuit) : names.fault(element);
    if (!fault.empty()) throw NetlistError(where(i) + fault);
  }
}

}  // namespace springspice::netlist
