#include "netlist/references.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/expression.hpp"

namespace springspice::netlist {
namespace {

std::string names_of(const std::vector<Parameter>& parameters) {
  if (parameters.empty()) return "no parameters";
  constexpr std::size_t kShown = 10;
  std::string out = "only";
  for (const auto& parameter : std::span(parameters).first(std::min(parameters.size(), kShown))) {
    out += " " + parameter.name;
  }
  return parameters.size() > kShown ? out + " ..." : out;
}

// Looked up for each argument of each instance; the sets of long lists are made once.
class ParameterNames {
 public:
  bool has(const Subcircuit& definition, std::string_view name) {
    constexpr std::size_t kFew = 8;
    const auto& parameters = definition.parameters;
    if (parameters.size() <= kFew) return find_parameter(parameters, name) != nullptr;
    auto& known = sets_[&definition];
    if (known.empty()) {
      for (const auto& parameter : parameters) known.insert(lower(parameter.name));
    }
    return known.contains(lower(name));
  }

 private:
  std::unordered_map<const Subcircuit*, std::unordered_set<std::string>> sets_;
};

// What is wrong with the instance; empty if nothing is.
std::string instance_fault(const Element& element, const Circuit& circuit, ParameterNames& names) {
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
    if (!names.has(*definition, parameter.name)) {
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
  ParameterNames parameters;
  for (std::size_t i = 0; i < scope.size(); ++i) {
    const Element& element = scope[i];
    if (element.references.empty()) continue;
    const std::string fault =
        element.kind == Kind::instance ? instance_fault(element, circuit, parameters)
                                                       : names.fault(element);
    if (!fault.empty()) throw NetlistError(where(i) + fault);
  }
}

void check_expressions(const std::vector<Element>& scope, const Subcircuit* definition,
                       const GlobalParameters& globals,
                       const std::function<std::string(std::size_t)>& where) {
  std::unordered_set<std::string> own;
  if (definition != nullptr) {
    for (const auto* list : {&definition->parameters, &definition->locals}) {
      for (const auto& parameter : *list) own.insert(lower(parameter.name));
    }
  }
  const auto check = [&](std::size_t i, const std::string& expression) {
    if (expression.empty()) return;
    for (const auto& name : names_in(expression)) {
      const std::string key = lower(name);
      if (own.contains(key) || globals.find(key) != nullptr || key == "pi") continue;
      throw NetlistError(fmt::format("{}element {}: {} is not known; give it with .param{}",
                                     where(i), quoted(scope[i].name), quoted(name),
                                     definition == nullptr
                                         ? ""
                                         : ", or as a parameter of the .subckt"));
    }
  };
  for (std::size_t i = 0; i < scope.size(); ++i) {
    check(i, scope[i].value_expression);
    for (const auto& argument : scope[i].parameters) check(i, argument.expression);
  }
}

}  // namespace springspice::netlist
