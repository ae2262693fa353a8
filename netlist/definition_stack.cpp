#include "netlist/definition_stack.hpp"

#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/parameters.hpp"

namespace springspice::netlist {
namespace {

constexpr std::size_t kDeepest = 100;

}  // namespace

const std::unordered_set<std::string>& DefinitionStack::parameters() const {
  static const std::unordered_set<std::string> none;
  return open_.empty() ? none : open_.back().parameters;
}

void DefinitionStack::open(Subcircuit definition, const Token& place) {
  if (open_.size() >= kDeepest) {
    places_.fail(place, fmt::format("more than {} .subckt inside one another; write some of them "
                                    "side by side",
                                    kDeepest));
  }
  Entry entry;
  entry.place = place;
  entry.written = definition.name;
  if (is_open()) {
    const Entry& outer = open_.back();
    definition.name = outer.scopes.front() + definition.name;
    entry.scopes = outer.scopes;
  }
  try {
    check_name(definition.name, "subcircuit");
  } catch (const NetlistError& error) {
    places_.fail(place, error.what());
  }
  entry.scopes.insert(entry.scopes.begin(), definition.name + ".");
  for (const auto& parameter : definition.parameters) entry.parameters.insert(lower(parameter.name));
  entry.definition = std::move(definition);
  open_.push_back(std::move(entry));
}

void DefinitionStack::add(Element element, const Token& place) {
  open_.back().definition.elements.push_back(std::move(element));
  open_.back().element_places.push_back(place);
}

void DefinitionStack::add(Parameter local, const Token& place) {
  Entry& entry = open_.back();
  if (entry.definition.locals.size() >= kMostParameters) {
    places_.fail(place, fmt::format("more than {} parameters; write the numbers themselves",
                                    kMostParameters));
  }
  if (!entry.parameters.insert(lower(local.name)).second) {
    places_.fail(place, fmt::format("parameter {} is given twice", quoted(local.name)));
  }
  entry.definition.locals.push_back(std::move(local));
}

void DefinitionStack::close() {
  closed_.push_back(std::move(open_.back()));
  open_.pop_back();
  if (is_open()) return;
  std::unordered_set<std::string> known;
  for (const auto& entry : closed_) known.insert(lower(entry.definition.name));
  for (auto& entry : closed_) {
    if (closed_.size() > 1) resolve(entry, known);
    try {
      circuit_.define(std::move(entry.definition));
    } catch (const NetlistError& error) {
      places_.fail(entry.place, error.what());
    }
    element_places_.push_back(std::move(entry.element_places));
  }
  closed_.clear();
}

void DefinitionStack::resolve(Entry& entry, const std::unordered_set<std::string>& known) const {
  for (auto& element : entry.definition.elements) {
    if (element.kind != Kind::instance) continue;
    for (const auto& scope : entry.scopes) {
      std::string name = scope + element.references[0];
      if (!known.contains(lower(name))) continue;
      element.references[0] = std::move(name);
      break;
    }
  }
}

void DefinitionStack::check_open(const Token& place) const {
  if (!is_open()) places_.fail(place, ".ends without .subckt; remove it");
}

void DefinitionStack::refuse_inside(const Token& card) const {
  if (!is_open()) return;
  const Entry& entry = open_.back();
  places_.fail(card, fmt::format("{} inside .subckt {}, which began in line {}; close it with .ends",
                                 quoted(card.text), quoted(entry.written),
                                 places_.line(entry.place)));
}

}  // namespace springspice::netlist
