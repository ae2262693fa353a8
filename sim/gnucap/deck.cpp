#include "sim/gnucap/deck.hpp"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "netlist/error.hpp"
#include "netlist/flatten.hpp"
#include "netlist/writer.hpp"

namespace springspice::sim {
namespace {

using netlist::Element;
using netlist::Kind;
using netlist::NetlistError;

constexpr double kGroundedShort = 1e-12;  // ohm
// sqrt(eps): where eps V / short and short I are alike.
constexpr double kFloatingShort = 1e-8;  // of the circuit's impedance
constexpr std::size_t kLongestLine = 4000;

char letter_of(Kind kind) {
  switch (kind) {
    case Kind::resistor:
      return 'r';
    case Kind::inductor:
      return 'l';
    case Kind::capacitor:
      return 'c';
    case Kind::coupling:
      return 'k';
    case Kind::voltage:
      return 'v';
    case Kind::current:
      return 'i';
    case Kind::vcvs:
      return 'e';
    case Kind::cccs:
      return 'f';
    case Kind::ccvs:
      return 'h';
    case Kind::vccs:
    case Kind::nullor:
      return 'g';
    case Kind::instance:
      break;
  }
  return 'x';
}

void refuse_unknown(const netlist::Circuit& circuit, const std::vector<Element>& elements) {
  for (const netlist::ForeignCard& card : circuit.foreign) {
    throw NetlistError(fmt::format(
        "'{}': gnucap is given R, C, L, K, V, I, E, F, G and H alone; leave --engine gnucap out",
        card.name));
  }
  for (const Element& element : elements) {
    if (element.waveform) {
      throw NetlistError(fmt::format(
          "{}: gnucap is given constant sources alone; leave its waveform out", element.name));
    }
    if (!element.value_expression.empty()) {
      throw NetlistError(fmt::format("{}: the value '{}' is an expression; gnucap is given numbers",
                                     element.name, element.value_expression));
    }
  }
}

/// The flat circuit's elements under gnucap's names, card by card.
class CardWriter {
 public:
  CardWriter(const netlist::Circuit& circuit, const netlist::FlatCircuit& flat,
             std::unordered_map<std::string, std::string>& nodes)
      : flat_(flat), nodes_(nodes) {
    if (const netlist::Subcircuit* opamp = circuit.find_definition("opamp_ideal")) {
      if (opamp->elements.size() == 1) opamp_siemens_ = opamp->elements[0].value;
    }
    for (const netlist::InitialVoltage& initial : flat.initial_voltages) {
      volts_[netlist::lower(initial.node)] = initial.volt;
    }
    for (std::size_t k = 0; k < flat.elements.size(); ++k) {
      const Element& element = flat.elements[k];
      names_[netlist::lower(element.name)] = fmt::format("{}{}", letter_of(element.kind), k);
      by_name_[netlist::lower(element.name)] = &element;
    }
    add_mutual_currents();
  }

  std::string format() {
    // What others refer to comes first.
    std::string referred;
    std::string others;
    for (const Element& element : flat_.elements) {
      const bool first = element.kind == Kind::voltage || element.kind == Kind::inductor;
      append(first ? referred : others, element);
    }
    return referred + others;
  }

 private:
  void add_mutual_currents() {
    for (const Element& element : flat_.elements) {
      if (element.kind != Kind::coupling) continue;
      const Element* one = by_name_.at(netlist::lower(element.references[0]));
      const Element* two = by_name_.at(netlist::lower(element.references[1]));
      const double mutual = element.value * std::sqrt(one->value * two->value);
      mutual_[one] += mutual / one->value * two->initial.value_or(0.0);
      mutual_[two] += mutual / two->value * one->initial.value_or(0.0);
    }
  }

  const std::string& node(const std::string& name) {
    static const std::string ground = "0";
    if (netlist::is_ground(name)) return ground;
    std::string& known = nodes_[netlist::lower(name)];
    if (known.empty()) known = fmt::format("n{}", nodes_.size());
    return known;
  }

  double initial_volt(const std::string& name) const {
    const auto found = volts_.find(netlist::lower(name));
    return found == volts_.end() ? 0.0 : found->second;
  }

  double initial_of(const Element& element) const {
    if (element.kind == Kind::inductor) {
      const auto mutual = mutual_.find(&element);
      return element.initial.value_or(0.0) + (mutual == mutual_.end() ? 0.0 : mutual->second);
    }
    return element.initial.value_or(initial_volt(element.nodes[0]) -
                                    initial_volt(element.nodes[1]));
  }

  void append(std::string& out, const Element& element) {
    out += names_.at(netlist::lower(element.name));
    if (element.kind == Kind::nullor) {
      out += fmt::format(" 0 {} {} {} ", node(element.nodes[2]), node(element.nodes[0]),
                         node(element.nodes[1]));
      netlist::append_number(out, opamp_siemens_);
      out += '\n';
      return;
    }
    for (const std::string& name : element.nodes) out += " " + node(name);
    for (const std::string& name : element.references) {
      out += " " + names_.at(netlist::lower(name));
    }
    const bool source = element.kind == Kind::voltage || element.kind == Kind::current;
    out += source ? " dc " : " ";
    netlist::append_number(out, element.value);
    if (element.kind == Kind::capacitor || element.kind == Kind::inductor) {
      out += " ic=";
      netlist::append_number(out, initial_of(element));
    }
    out += '\n';
  }

  const netlist::FlatCircuit& flat_;
  std::unordered_map<std::string, std::string>& nodes_;
  std::unordered_map<std::string, std::string> names_;
  std::unordered_map<std::string, const Element*> by_name_;
  std::unordered_map<std::string, double> volts_;
  std::unordered_map<const Element*, double> mutual_;
  double opamp_siemens_ = 1e12;
};

bool floats(const Element& element) {
  if (element.kind == Kind::cccs || element.kind == Kind::ccvs) return true;
  if (element.kind != Kind::voltage && element.kind != Kind::vcvs) return false;
  return !netlist::is_ground(element.nodes[0]) && !netlist::is_ground(element.nodes[1]);
}

}  // namespace

GnucapDeck::GnucapDeck(const netlist::Circuit& circuit, double impedance_ohm) {
  const netlist::FlatCircuit flat = netlist::flatten(circuit);
  refuse_unknown(circuit, flat.elements);
  cards_ = CardWriter(circuit, flat, nodes_).format();
  for (const Element& element : flat.elements) floating_ = floating_ || floats(element);
  short_ohm_ = floating_ ? kFloatingShort * impedance_ohm : kGroundedShort;
}

std::string GnucapDeck::node(std::string_view name) const {
  const auto found = nodes_.find(netlist::lower(name));
  return found == nodes_.end() ? std::string() : found->second;
}

std::string GnucapDeck::format(std::span<const std::string> columns,
                               const std::optional<GnucapTransient>& transient) const {
  using Method = GnucapTransient::Method;
  const bool euler = transient && transient->method == Method::backward_euler;
  // trtol: no error control, so that the grid alone decides; numdgt: 15 digits are gnucap's most.
  std::string out = fmt::format(
      "{}\n{}.options numdgt=15 gmin=1e-30 noincmode nobypass trtol=1e12 reltol=1e-12\n"
      ".options method={} short={}\n",
      kGnucapTitle, cards_, euler ? "euler" : "trap", netlist::format_number(short_ohm_));
  const std::string print = transient ? ".print tran" : ".print op";
  std::string line = print;
  for (const std::string& column : columns) {
    if (line.size() + column.size() + 4 > kLongestLine) {
      out += line + '\n';
      line = print + " +";  // adds to what is printed
    }
    line += fmt::format(" v({})", column);
  }
  out += line + '\n';
  if (transient) {
    out += fmt::format(".tran 0 {} {} uic basic trace=all\n",
                       netlist::format_number(transient->stop_s),
                       netlist::format_number(transient->step_s));
  } else {
    out += ".op basic\n";
  }
  return out + ".end\n";
}

}  // namespace springspice::sim
