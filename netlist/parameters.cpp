#include "netlist/parameters.hpp"

#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/expression.hpp"

namespace springspice::netlist {

namespace {

void check_parameter(const Parameter& parameter) {
  check_parameter_name(parameter.name);
  if (parameter.expression.empty()) {
    if (std::isfinite(parameter.value)) return;
    throw NetlistError(fmt::format("parameter {} is {}; give a finite number",
                                   quoted(parameter.name), parameter.value));
  }
  try {
    names_in(parameter.expression);
  } catch (const ExpressionError& error) {
    throw NetlistError(fmt::format("parameter {}: {}", quoted(parameter.name), error.what()));
  }
}

[[noreturn]] void refuse_second(const Parameter& parameter) {
  throw NetlistError(fmt::format("parameter {} is given twice", quoted(parameter.name)));
}

}  // namespace

void check_parameter_list(std::span<const Parameter> parameters) {
  if (parameters.size() > kMostParameters) {
    throw NetlistError(fmt::format("{} parameters; at most {} are read in one place",
                                   parameters.size(), kMostParameters));
  }
  constexpr std::size_t kFew = 8;  // a set costs more than looking at them
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    check_parameter(parameters[i]);
    const bool again = parameters.size() <= kFew
                           ? find_parameter(parameters.first(i), parameters[i].name) != nullptr
                           : !seen.insert(lower(parameters[i].name)).second;
    if (again) refuse_second(parameters[i]);
  }
}

GlobalParameters::GlobalParameters(std::span<const Parameter> parameters,
                                   const std::function<std::string(std::size_t)>& where)
    : parameters_(parameters), values_(parameters.size()), states_(parameters.size()) {
  try {
    check_parameter_list(parameters);
  } catch (const NetlistError& error) {
    throw NetlistError(fmt::format(".param: {}", error.what()));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    index_.emplace(lower(parameters[i].name), i);
    if (!parameters[i].expression.empty()) continue;
    values_[i] = parameters[i].value;
    states_[i] = State::known;
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) compute(i, where);
}

const double* GlobalParameters::find(std::string_view name) const {
  const auto found = index_.find(lower(name));
  return found == index_.end() ? nullptr : &values_[found->second];
}

// With a stack of our own: a hundred thousand parameters may stand in one chain.
void GlobalParameters::compute(std::size_t first,
                               const std::function<std::string(std::size_t)>& where) {
  std::vector<std::size_t> stack{first};
  std::vector<std::size_t> open;
  while (!stack.empty()) {
    const std::size_t i = stack.back();
    if (states_[i] == State::known) {
      stack.pop_back();
      continue;
    }
    const auto& parameter = parameters_[i];
    try {
      if (states_[i] == State::open) {  // all that it needs is known by now
        values_[i] = evaluate(parameter.expression, [&](auto name) { return find(name); });
        states_[i] = State::known;
        open.pop_back();
        continue;
      }
      states_[i] = State::open;
      open.push_back(i);
      for (const auto& name : names_in(parameter.expression)) {
        const auto found = index_.find(lower(name));
        if (found == index_.end() || states_[found->second] == State::known) continue;
        if (states_[found->second] == State::open) {
          throw ExpressionError(0, circle(open, found->second));
        };
        stack.push_back(found->second);
      }
    } catch (const ExpressionError& error) {
      throw NetlistError(fmt::format("{}.param {}: {}", where ? where(i) : "",
                                     quoted(parameter.name), error.what()));
    }
  }
}

std::string GlobalParameters::circle(const std::vector<std::size_t>& open,
                                     std::size_t again) const {
  constexpr std::size_t kShown = 10;
  std::string chain;
  std::size_t shown = 0;
  bool inside = false;
  for (const std::size_t i : open) {
    inside = inside || i == again;
    if (inside && shown++ < kShown) chain += parameters_[i].name + " -> ";
  }
  return fmt::format("{} refers to itself ({}{}{}); break the circle",
                     quoted(parameters_[again].name), chain, shown > kShown ? "... -> " : "",
                     parameters_[again].name);
}

}  // namespace springspice::netlist
