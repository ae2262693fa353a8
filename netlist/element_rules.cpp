#include "netlist/element_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <variant>

#include <fmt/format.h>

#include "netlist/error.hpp"
#include "netlist/expression.hpp"
#include "netlist/parameters.hpp"

namespace springspice::netlist {
namespace {

constexpr std::array<KindRules, 11> kRules = {{
    {Kind::resistor, 'r', 2, 0, '\0', "a resistor", "resistance"},
    {Kind::inductor, 'l', 2, 0, '\0', "an inductor", "inductance"},
    {Kind::capacitor, 'c', 2, 0, '\0', "a capacitor", "capacitance"},
    {Kind::coupling, 'k', 0, 2, 'l', "a coupling", "coupling factor"},
    {Kind::voltage, 'v', 2, 0, '\0', "a voltage source", "voltage"},
    {Kind::current, 'i', 2, 0, '\0', "a current source", "current"},
    {Kind::vcvs, 'e', 4, 0, '\0', "a voltage-controlled voltage source", "gain"},
    {Kind::cccs, 'f', 2, 1, 'v', "a current-controlled current source", "gain"},
    {Kind::vccs, 'g', 4, 0, '\0', "a transconductor", "transconductance"},
    {Kind::ccvs, 'h', 2, 1, 'v', "a current-controlled voltage source", "transresistance"},
    {Kind::instance, 'x', 0, 1, '\0', "an instance", "value"},
}};

// ngspice's expression evaluator takes these for functions and stops with a fatal error; `m` it
// keeps for the number of parallel devices.
constexpr std::string_view kReservedParameters[] = {
    "abs",    "acos",  "acosh",  "agauss",      "and",  "arctan", "asin",    "asinh",
    "atan",   "atanh", "aunif",  "ceil",        "cos",  "cosh",   "defined", "div",
    "exp",    "floor", "gauss",  "if",          "int",  "limit",  "ln",      "log",
    "log10",  "m",     "max",    "min",         "mod",  "nint",   "not",     "or",
    "params", "pow",   "pwr",    "sgn",         "sin",  "sinh",   "sqr",     "sqrt",
    "tan",    "tanh",  "temper", "ternary_fcn", "time", "unif",   "v",       "var"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// As a table: a deck of a million elements has a hundred million of them.
constexpr auto kNameCharacters = [] {
  std::array<bool, 256> allowed{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789_.#+-")) {
    allowed[static_cast<unsigned char>(c)] = true;
  }
  return allowed;
}();

bool is_name_character(char c) { return kNameCharacters[static_cast<unsigned char>(c)]; }

[[noreturn]] void fail(const Element& element, std::string_view text) {
  throw NetlistError(fmt::format("element {}: {}", quoted(element.name), text));
}

// An instance's path stands before each name inside it: long names multiply.
constexpr std::size_t kLongestName = 1000;

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return false;
  for (const char c : name) {
    if (!is_name_character(c)) return false;
  }
  return true;
}

// Builds no text for a good name: there are hundreds of thousands of them.
void check_inner_name(const Element& element, std::string_view name, std::string_view what) {
  if (!is_name(name)) check_name(name, fmt::format("element {}: {}", quoted(element.name), what));
}

void check_counts(const Element& element, const KindRules& rules) {
  const bool instance = element.kind == Kind::instance;
  if (instance ? element.nodes.empty() : element.nodes.size() != rules.nodes) {
    fail(element, fmt::format("{} nodes given; {} has {}", element.nodes.size(), rules.noun,
                              instance ? "one for each pin" : std::to_string(rules.nodes)));
  }
  if (element.references.size() != rules.references) {
    fail(element, fmt::format("{} references given; {} has {}", element.references.size(),
                              rules.noun, rules.references));
  }
}

void check_references(const Element& element, const KindRules& rules) {
  for (const auto& reference : element.references) {
    check_inner_name(element, reference, "reference");
    if (rules.reference_letter != '\0' &&
        lower(reference.substr(0, 1))[0] != rules.reference_letter) {
      fail(element, fmt::format("refers to {}; {} refers to {}", quoted(reference), rules.noun,
                                rules.reference_letter == 'l'
                                    ? "inductors, whose names begin with l"
                                    : "a voltage source, whose name begins with v"));
    }
  }
  if (element.kind == Kind::coupling &&
      lower(element.references[0]) == lower(element.references[1])) {
    fail(element,
         fmt::format("couples {} with itself; name two inductors", quoted(element.references[0])));
  }
}

void check_parameters(const Element& element) {
  if (element.parameters.empty()) return;
  try {
    check_parameter_list(element.parameters);
  } catch (const NetlistError& error) {
    fail(element, error.what());
  }
}

void check_expression(const Element& element) {
  try {
    names_in(element.value_expression);
  } catch (const ExpressionError& error) {
    fail(element, fmt::format("{}: {}", quoted(element.value_expression), error.what()));
  }
}

void check_waveform(const Element& element, const TransientNoise& noise) {
  if (!std::isfinite(noise.amplitude) || noise.amplitude < 0.0) {
    fail(element, fmt::format("noise amplitude is {}; give a finite number that is not negative",
                              noise.amplitude));
  }
  if (!std::isfinite(noise.step_s) || noise.step_s < std::numeric_limits<double>::min()) {
    fail(element, fmt::format("noise step is {} s; give a positive time", noise.step_s));
  }
}

void check_waveform(const Element& element, const PiecewiseLinear& points) {
  const std::size_t n = points.time_s.size();
  if (n == 0 || n != points.value.size()) {
    fail(element, fmt::format("pwl has {} times and {} values; give one value for each time", n,
                              points.value.size()));
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double time = points.time_s[i];
    if (!std::isfinite(time) || time < 0.0 || !std::isfinite(points.value[i])) {
      fail(element, fmt::format("pwl point {} is {} at {} s; give finite numbers, times from 0",
                                i + 1, points.value[i], time));
    }
    // ngspice reads a denormal as zero, so two times that differ by one could become equal.
    if (i > 0 && time - points.time_s[i - 1] < std::numeric_limits<double>::min()) {
      fail(element, fmt::format("pwl point {} is at {} s, after one at {} s; make the times ascend",
                                i + 1, time, points.time_s[i - 1]));
    }
  }
}

void check_waveform(const Element& element, const PiecewiseLinearFile& points) {
  if (points.file.empty() || points.file.find_first_of("\"\r\n") != std::string::npos) {
    fail(element, fmt::format("pwl file={}; give the name of a file", quoted(points.file)));
  }
}

// A field that the kind does not have would be lost in the text; so it is refused here.
void check_fields(const Element& element, const KindRules& rules) {
  const auto refuse = [&](std::string_view what, std::string_view who) {
    fail(element, fmt::format("{} has no {}; only {} has", rules.noun, what, who));
  };
  const Kind kind = element.kind;
  if (element.initial) {
    if (kind != Kind::inductor && kind != Kind::capacitor) {
      refuse("initial value (ic)", "an inductor or a capacitor");
    }
    if (!std::isfinite(*element.initial)) {
      fail(element, fmt::format("initial value is {}; give a finite number", *element.initial));
    }
  }
  if (element.ac) {
    if (kind != Kind::voltage && kind != Kind::current) refuse("ac amplitude", "a V or I source");
    if (!std::isfinite(element.ac->magnitude) || !std::isfinite(element.ac->phase_deg)) {
      fail(element, fmt::format("ac amplitude is {} with phase {}; give finite numbers",
                                element.ac->magnitude, element.ac->phase_deg));
    }
  }
  if (element.waveform) {
    if (kind != Kind::voltage && kind != Kind::current) refuse("waveform", "a V or I source");
    std::visit([&](const auto& waveform) { check_waveform(element, waveform); }, *element.waveform);
  }
  if (!element.noisy && kind != Kind::resistor) refuse("noisy flag", "a resistor");
  if (!element.parameters.empty() && kind != Kind::instance) refuse("parameters", "an instance");
  if (!element.value_expression.empty() && kind == Kind::instance) {
    refuse("value", "every other kind of element");
  }
}

}  // namespace

const KindRules& rules_of(Kind kind) {
  for (const auto& rules : kRules) {
    if (rules.kind == kind) return rules;
  }
  throw NetlistError(
      "a nullor exists only in a flattened circuit; place an instance of opamp_ideal instead");
}

const KindRules* rules_of_letter(char lower_letter) {
  const auto* found = std::find_if(kRules.begin(), kRules.end(), [&](const KindRules& rules) {
    return rules.letter == lower_letter;
  });
  return found == kRules.end() ? nullptr : found;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string out = "'";
  for (const char c : text.substr(0, kLongest)) out += c >= ' ' && c <= '~' ? c : '?';
  if (text.size() > kLongest) out += "...";
  return out + "'";
}

void check_name(std::string_view name, std::string_view what) {
  if (is_name(name)) return;
  constexpr std::string_view kAllowed = "use letters, digits and _ . # + -";
  if (name.empty()) throw NetlistError(fmt::format("{} without a name; {}", what, kAllowed));
  if (name.size() > kLongestName) {
    throw NetlistError(fmt::format("{} {} is longer than {} characters; shorten it", what,
                                   quoted(name), kLongestName));
  }
  const auto bad = std::find_if_not(name.begin(), name.end(), is_name_character);
  if (bad != name.end()) {
    throw NetlistError(fmt::format("{} {} holds {}; {}", what, quoted(name),
                                   quoted(std::string_view(&*bad, 1)), kAllowed));
  }
}

void check_parameter_name(std::string_view name) {
  const bool good = !name.empty() && !is_digit(name[0]) &&
                    std::all_of(name.begin(), name.end(),
                                [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
  if (!good) {
    throw NetlistError(fmt::format(
        "parameter name {}: begin with a letter or _ and use letters, digits and _", quoted(name)));
  }
  if (std::ranges::find(kReservedParameters, lower(name)) != std::end(kReservedParameters)) {
    throw NetlistError(fmt::format(
        "parameter name {} is kept by ngspice for itself; choose another", quoted(name)));
  }
}

void check_value(Kind kind, std::string_view name, double value) {
  const auto& rules = rules_of(kind);
  const auto refuse = [&](std::string_view advice) {
    throw NetlistError(
        fmt::format("element {}: {} is {}; {}", quoted(name), rules.quantity, value, advice));
  };
  if (!std::isfinite(value)) refuse("give a finite number");
  const bool passive = kind == Kind::resistor || kind == Kind::inductor || kind == Kind::capacitor;
  if (passive && value != 0.0 && std::abs(value) < std::numeric_limits<double>::min()) {
    refuse("ngspice reads a number below 2.2e-308 as 0; write 0 or a larger one");
  }
  if (kind == Kind::coupling && std::abs(value) > 1.0) refuse("give a number from -1 to 1");
}

void check_element(const Element& element) {
  const auto& rules = rules_of(element.kind);
  check_name(element.name, "element");
  if (lower(element.name.substr(0, 1))[0] != rules.letter) {
    fail(element, fmt::format("the name of {} begins with {}", rules.noun, rules.letter));
  }
  check_counts(element, rules);
  for (const auto& node : element.nodes) check_inner_name(element, node, "node");
  check_references(element, rules);
  check_parameters(element);
  check_fields(element, rules);
  if (element.value_expression.empty()) {
    check_value(element.kind, element.name, element.value);
  } else {
    check_expression(element);
  }
}

const Parameter* find_parameter(std::span<const Parameter> parameters, std::string_view name) {
  const std::string wanted = lower(name);
  for (const auto& parameter : parameters) {
    if (lower(parameter.name) == wanted) return &parameter;
  }
  return nullptr;
}

}  // namespace springspice::netlist
