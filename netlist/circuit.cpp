#include "netlist/circuit.hpp"

#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/parameters.hpp"

namespace springspice::netlist {
namespace {

void check_pins(const Subcircuit& definition) {
  const std::string where = fmt::format("subcircuit {}", quoted(definition.name));
  if (definition.pins.empty()) throw NetlistError(where + ": no pins; name at least one");
  std::unordered_set<std::string> seen;
  for (const auto& pin : definition.pins) {
    check_name(pin, where + ": pin");
    if (is_ground(pin)) {
      throw NetlistError(
          fmt::format("{}: pin {} is ground, which every subcircuit has already; "
                      "leave it out or rename it",
                      where, quoted(pin)));
    }
    if (!seen.insert(lower(pin)).second) {
      throw NetlistError(fmt::format("{}: pin {} is given twice", where, quoted(pin)));
    }
  }
}

void check_parameters(const Subcircuit& definition) {
  try {
    check_parameter_list(definition.parameters);
    check_parameter_list(definition.locals);
    if (definition.locals.empty()) return;
    std::unordered_set<std::string> taken;
    for (const auto& parameter : definition.parameters) taken.insert(lower(parameter.name));
    for (const auto& local : definition.locals) {
      if (!taken.contains(lower(local.name))) continue;
      throw NetlistError(
          fmt::format(".param {} has the name of a parameter of the definition; "
                      "choose another",
                      quoted(local.name)));
    }
  } catch (const NetlistError& error) {
    throw NetlistError(fmt::format("subcircuit {}: {}", quoted(definition.name), error.what()));
  }
}

void check_inner_elements(const Subcircuit& definition) {
  const std::string where = fmt::format("subcircuit {}: ", quoted(definition.name));
  std::unordered_set<std::string> seen;
  for (const auto& element : definition.elements) {
    try {
      check_element(element);
    } catch (const NetlistError& error) {
      throw NetlistError(where + error.what());
    }
    if (!seen.insert(lower(element.name)).second) {
      throw NetlistError(
          fmt::format("{}the name {} is taken; choose another", where, quoted(element.name)));
    }
  }
}

Element two_terminal(Kind kind, std::string name, std::string a, std::string b, double value) {
  Element element;
  element.kind = kind;
  element.name = std::move(name);
  element.nodes = {std::move(a), std::move(b)};
  element.value = value;
  return element;
}

}  // namespace

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_ground(std::string_view node) {
  return node == "0" || (node.size() == 3 && lower(node) == "gnd");
}

Circuit Circuit::without_elements() const {
  Circuit copy;
  copy.title = title;
  copy.heading = heading;
  copy.options = options;
  copy.initial_voltages = initial_voltages;
  copy.transient = transient;
  copy.saved = saved;
  copy.parameters = parameters;
  copy.includes = includes;
  copy.measures = measures;
  copy.foreign = foreign;
  copy.definitions_ = definitions_;
  copy.definition_index_ = definition_index_;
  return copy;
}

void Circuit::reserve(std::size_t elements) {
  elements_.reserve(elements);
  element_index_.reserve(elements);
}

void Circuit::add(Element&& element) {
  check_element(element);
  const auto name_at = [&](std::size_t i) -> std::string_view { return elements_[i].name; };
  if (element_index_.insert(element.name, elements_.size(), name_at) != NameIndex::kNone) {
    throw NetlistError(
        fmt::format("element {}: the name is taken; choose another (names are "
                    "compared without regard to case)",
                    quoted(element.name)));
  }
  elements_.push_back(std::move(element));
}

void Circuit::define(Subcircuit definition) {
  check_name(definition.name, "subcircuit");
  check_pins(definition);
  check_parameters(definition);
  check_inner_elements(definition);
  const auto name_at = [&](std::size_t i) -> std::string_view { return definitions_[i].name; };
  if (definition_index_.insert(definition.name, definitions_.size(), name_at) != NameIndex::kNone) {
    throw NetlistError(
        fmt::format("subcircuit {}: the name is taken; choose another", quoted(definition.name)));
  }
  definitions_.push_back(std::move(definition));
}

const Element* Circuit::find(std::string_view name) const {
  const auto name_at = [&](std::size_t i) -> std::string_view { return elements_[i].name; };
  const std::size_t found = element_index_.find(name, name_at);
  return found == NameIndex::kNone ? nullptr : &elements_[found];
}

const Subcircuit* Circuit::find_definition(std::string_view name) const {
  const auto name_at = [&](std::size_t i) -> std::string_view { return definitions_[i].name; };
  const std::size_t found = definition_index_.find(name, name_at);
  return found == NameIndex::kNone ? nullptr : &definitions_[found];
}

std::vector<std::string> Circuit::nodes() const {
  std::vector<std::string> out;
  std::unordered_set<std::string> seen;
  for (const auto& element : elements_) {
    for (const auto& node : element.nodes) {
      if (!is_ground(node) && seen.insert(lower(node)).second) out.push_back(node);
    }
  }
  return out;
}

Element resistor(std::string name, std::string a, std::string b, double ohm) {
  return two_terminal(Kind::resistor, std::move(name), std::move(a), std::move(b), ohm);
}

Element inductor(std::string name, std::string a, std::string b, double henry) {
  return two_terminal(Kind::inductor, std::move(name), std::move(a), std::move(b), henry);
}

Element capacitor(std::string name, std::string a, std::string b, double farad) {
  return two_terminal(Kind::capacitor, std::move(name), std::move(a), std::move(b), farad);
}

Element coupling(std::string name, std::string inductor_1, std::string inductor_2, double factor) {
  Element element;
  element.kind = Kind::coupling;
  element.name = std::move(name);
  element.references = {std::move(inductor_1), std::move(inductor_2)};
  element.value = factor;
  return element;
}

Element voltage_source(std::string name, std::string plus, std::string minus, double volt) {
  return two_terminal(Kind::voltage, std::move(name), std::move(plus), std::move(minus), volt);
}

Element current_source(std::string name, std::string from, std::string into, double ampere) {
  return two_terminal(Kind::current, std::move(name), std::move(from), std::move(into), ampere);
}

Element transconductor(std::string name, std::string from, std::string into, std::string in_plus,
                       std::string in_minus, double siemens) {
  Element element;
  element.kind = Kind::vccs;
  element.name = std::move(name);
  element.nodes = {std::move(from), std::move(into), std::move(in_plus), std::move(in_minus)};
  element.value = siemens;
  return element;
}

Element vcvs(std::string name, std::string plus, std::string minus, std::string in_plus,
             std::string in_minus, double gain) {
  Element element = transconductor(std::move(name), std::move(plus), std::move(minus),
                                   std::move(in_plus), std::move(in_minus), gain);
  element.kind = Kind::vcvs;
  return element;
}

Element cccs(std::string name, std::string from, std::string into, std::string voltage_source,
             double gain) {
  Element element =
      two_terminal(Kind::cccs, std::move(name), std::move(from), std::move(into), gain);
  element.references = {std::move(voltage_source)};
  return element;
}

Element ccvs(std::string name, std::string plus, std::string minus, std::string voltage_source,
             double ohm) {
  Element element =
      two_terminal(Kind::ccvs, std::move(name), std::move(plus), std::move(minus), ohm);
  element.references = {std::move(voltage_source)};
  return element;
}

Element instance(std::string name, std::vector<std::string> nodes, std::string definition,
                 std::vector<Parameter> parameters) {
  Element element;
  element.kind = Kind::instance;
  element.name = std::move(name);
  element.nodes = std::move(nodes);
  element.references = {std::move(definition)};
  element.parameters = std::move(parameters);
  return element;
}

}  // namespace springspice::netlist
