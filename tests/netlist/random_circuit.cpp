#include "tests/netlist/random_circuit.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

namespace springspice::netlist::testing {

// Half of all values are random bits: they meet every exponent and need all 17 digits.
double RandomCircuit::any_double() {
  while (true) {
    const double value = std::bit_cast<double>(engine_());
    if (std::isnormal(value)) return value;
  }
}

double RandomCircuit::signed_value() {
  if (chance(8)) return chance(2) ? 0.0 : -0.0;
  if (chance(2)) return any_double();
  return (static_cast<double>(below(2000)) - 1000.0) *
         std::pow(10.0, static_cast<double>(below(24)) - 15.0);
}

double RandomCircuit::positive_value() {
  // Kept to 1e+-100, so that products and reciprocals in the stamp stay finite.
  while (true) {
    const double value = std::abs(signed_value());
    if (value > 1e-100 && value < 1e100) return value;
  }
}

std::string RandomCircuit::node() {
  constexpr std::string_view kOdd[] = {"0",   "gnd", "GND", "x2_3", "A#b", "c+d",
                                       "e-f", ".g",  "-h",  "ac",   "dc",  "ic"};
  if (chance(3)) return std::string(kOdd[below(std::size(kOdd))]);
  return (chance(2) ? "n" : "N") + std::to_string(below(20));
}

std::string RandomCircuit::text() {
  constexpr std::string_view kTexts[] = {"",
                                         "",
                                         "",
                                         "",
                                         "the mass of node 2",
                                         "a\nb",
                                         "two\r\nlines\n",
                                         "; .include x",
                                         "r9 a 0 1k",
                                         "\nr9 a 0 1k\n.end\n",
                                         "#echo",
                                         "  indented",
                                         "trailing  ",
                                         "quote \" ' { ( =",
                                         "\xc2\xb5"
                                         "F",
                                         "tab\there",
                                         "+ 5",
                                         "$ x",
                                         "\n\n",
                                         std::string_view("nul\0byte", 8)};
  return std::string(kTexts[below(std::size(kTexts))]);
}

std::string RandomCircuit::fresh_name(char letter) {
  constexpr std::string_view kMiddle[] = {"", "_", ".", "#", "-", "+", "k2_3__"};
  std::string out(1, letter);
  if (chance(3)) out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out + std::string(kMiddle[below(std::size(kMiddle))]) + std::to_string(count_++);
}

Element RandomCircuit::primitive(const std::vector<std::string>& voltages) {
  constexpr Kind kKinds[] = {Kind::resistor, Kind::inductor, Kind::capacitor,
                             Kind::voltage,  Kind::current,  Kind::vcvs,
                             Kind::vccs,     Kind::cccs,     Kind::ccvs};
  constexpr std::string_view kLetters = "rlcviegfh";
  const auto which = below(std::size(kKinds));
  Element out;
  out.kind = kKinds[which];
  out.name = fresh_name(kLetters[which]);
  out.nodes = {node(), node()};
  const bool passive = which < 3;
  out.value = passive ? positive_value() * (chance(4) && which != 1 ? -1.0 : 1.0) : signed_value();
  if (out.kind == Kind::vcvs || out.kind == Kind::vccs)
    out.nodes.insert(out.nodes.end(), {node(), node()});
  if (out.kind == Kind::cccs || out.kind == Kind::ccvs) {
    if (voltages.empty()) return primitive(voltages);
    out.references = {voltages[below(voltages.size())]};
  }
  if (out.kind == Kind::resistor) out.noisy = !chance(3);
  if ((out.kind == Kind::inductor || out.kind == Kind::capacitor) && chance(2))
    out.initial = signed_value();
  if ((out.kind == Kind::voltage || out.kind == Kind::current) && chance(2)) {
    out.ac = AcStimulus{signed_value(), chance(2) ? 0.0 : signed_value()};
  }
  if ((out.kind == Kind::voltage || out.kind == Kind::current) && chance(3))
    out.waveform = waveform();
  out.heading = text();
  out.comment = text();
  return out;
}

Waveform RandomCircuit::waveform() {
  if (chance(2)) return TransientNoise{chance(4) ? 0.0 : positive_value(), positive_value()};
  PiecewiseLinear out;
  for (std::uint64_t i = below(30) + 1; i > 0; --i) {
    out.time_s.push_back(chance(20) ? 0.0 : positive_value());
  }
  std::ranges::sort(out.time_s);
  out.time_s.erase(std::unique(out.time_s.begin(), out.time_s.end()), out.time_s.end());
  for (std::size_t i = 0; i < out.time_s.size(); ++i) out.value.push_back(signed_value());
  return out;
}

void RandomCircuit::add_coupling(std::vector<Element>& out) {
  std::vector<std::string> inductors;
  for (const auto& element : out) {
    if (element.kind == Kind::inductor) inductors.push_back(element.name);
  }
  if (inductors.size() < 2) return;
  out.push_back(coupling(fresh_name('k'), inductors[0], inductors.back(),
                         static_cast<double>(below(2001)) / 1000.0 - 1.0));
}

Element RandomCircuit::random_instance(const Subcircuit& of) {
  std::vector<std::string> nodes;
  for (std::size_t i = 0; i < of.pins.size(); ++i) nodes.push_back(node());
  std::vector<Parameter> parameters;
  for (const auto& parameter : of.parameters) {
    if (chance(2)) parameters.push_back({parameter.name, positive_value()});
  }
  Element out = instance(fresh_name('x'), nodes, of.name, parameters);
  out.comment = text();
  return out;
}

std::vector<Element> RandomCircuit::elements(int count, const std::vector<Subcircuit>& known,
                                             const std::vector<Parameter>& parameters) {
  std::vector<Element> out;
  std::vector<std::string> voltages;
  for (int i = 0; i < count; ++i) {
    if (!known.empty() && chance(6)) {
      out.push_back(random_instance(known[below(known.size())]));
      continue;
    }
    Element element = primitive(voltages);
    if (!parameters.empty() && chance(2)) {
      element.value = 0.0;
      element.value_expression = parameters[below(parameters.size())].name;
    }
    if (element.kind == Kind::voltage) voltages.push_back(element.name);
    out.push_back(std::move(element));
  }
  add_coupling(out);
  return out;
}

Subcircuit RandomCircuit::definition(const std::vector<Subcircuit>& known) {
  Subcircuit out;
  out.name = "part" + std::to_string(count_++);
  const int pins = 1 + static_cast<int>(below(40));
  for (int i = 0; i < pins; ++i) out.pins.push_back("pin_" + std::to_string(i));
  for (std::uint64_t i = below(3); i > 0; --i) {
    out.parameters.push_back({"p" + std::to_string(i), positive_value()});
  }
  out.elements = elements(1 + static_cast<int>(below(6)), known, out.parameters);
  out.heading = text();
  return out;
}

Circuit RandomCircuit::make() {
  Circuit out;
  constexpr std::string_view kTitles[] = {"", "resistor network", "* r1 a 0 1k", "\xce\xa9",
                                          "rlc chain of springs"};
  out.title = kTitles[below(std::size(kTitles))];
  out.heading = text();
  std::vector<Subcircuit> known;
  for (std::uint64_t i = below(4); i > 0; --i) known.push_back(definition(known));
  for (const auto& part : known) out.define(part);
  for (auto& element : elements(static_cast<int>(below(40)), known, {}))
    out.add(std::move(element));
  // Not from instances: a pin may lead to nothing, and `.ic` of a node that nothing touches is
  // refused.
  Circuit plain;
  for (const auto& element : out.elements()) {
    if (element.kind != Kind::instance) plain.add(element);
  }
  for (const auto& name : plain.nodes()) {
    if (chance(2)) out.initial_voltages.push_back({name, signed_value()});
  }
  if (chance(2)) out.options = {"noopac", "reltol=1e-6", "method=trap", "trtol=1e12"};
  if (chance(2)) out.saved = {"v(x1)", "v(a,b)", "i(l1)", "@r1[i]", "all"};
  if (chance(2)) {
    out.transient = Transient{positive_value(), positive_value(),
                              chance(2) ? 0.0 : positive_value(), chance(2)};
  }
  return out;
}

namespace {

bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same(const std::optional<double>& a, const std::optional<double>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool same(const std::vector<Parameter>& a, const std::vector<Parameter>& b) {
  return std::ranges::equal(a, b, [](const Parameter& p, const Parameter& q) {
    return p.name == q.name && same(p.value, q.value);
  });
}

bool same(const Waveform& a, const Waveform& b) {
  if (a.index() != b.index()) return false;
  if (const auto* noise = std::get_if<TransientNoise>(&a)) {
    const auto& other = std::get<TransientNoise>(b);
    return same(noise->amplitude, other.amplitude) && same(noise->step_s, other.step_s);
  }
  const auto equal = [](double p, double q) { return same(p, q); };
  const auto& p = std::get<PiecewiseLinear>(a);
  const auto& q = std::get<PiecewiseLinear>(b);
  return std::ranges::equal(p.time_s, q.time_s, equal) &&
         std::ranges::equal(p.value, q.value, equal);
}

bool same(const Element& a, const Element& b) {
  const bool ac =
      a.ac.has_value() == b.ac.has_value() &&
      (!a.ac || (same(a.ac->magnitude, b.ac->magnitude) && same(a.ac->phase_deg, b.ac->phase_deg)));
  const bool waveform = a.waveform.has_value() == b.waveform.has_value() &&
                        (!a.waveform || same(*a.waveform, *b.waveform));
  return ac && waveform && a.kind == b.kind && a.name == b.name && a.nodes == b.nodes &&
         (same(a.value, b.value) || a.kind == Kind::instance) &&
         a.value_expression == b.value_expression && a.references == b.references &&
         same(a.parameters, b.parameters) && same(a.initial, b.initial) && a.noisy == b.noisy;
}

bool same(const std::vector<Element>& a, const std::vector<Element>& b) {
  return std::ranges::equal(a, b, [](const Element& p, const Element& q) { return same(p, q); });
}

bool same(const Subcircuit& a, const Subcircuit& b) {
  return a.name == b.name && a.pins == b.pins && same(a.parameters, b.parameters) &&
         same(a.elements, b.elements);
}

bool same(const InitialVoltage& a, const InitialVoltage& b) {
  return a.node == b.node && same(a.volt, b.volt);
}

bool same(const std::optional<Transient>& a, const std::optional<Transient>& b) {
  return a.has_value() == b.has_value() &&
         (!a || (same(a->step_s, b->step_s) && same(a->stop_s, b->stop_s) &&
                 same(a->max_step_s, b->max_step_s) && a->use_initial == b->use_initial));
}

}  // namespace

bool same_meaning(const Circuit& a, const Circuit& b) {
  const auto equal = [](const auto& p, const auto& q) { return same(p, q); };
  return same(a.elements(), b.elements()) &&
         std::ranges::equal(a.definitions(), b.definitions(), equal) &&
         std::ranges::equal(a.initial_voltages, b.initial_voltages, equal) &&
         a.options == b.options && a.saved == b.saved && same(a.transient, b.transient);
}

}  // namespace springspice::netlist::testing
