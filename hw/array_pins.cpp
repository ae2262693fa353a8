#include "hw/array_pins.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace springspice::hw {
namespace {

using netlist::Design;
using netlist::Probe;

class PinList {
 public:
  void add(const std::string& node, const std::string& meaning) {
    if (netlist::is_ground(node)) return;
    const auto [at, fresh] = index_.emplace(node, pins_.size());
    if (fresh) {
      pins_.push_back({node, meaning});
    } else if (!meaning.empty()) {
      pins_[at->second].meaning += "; " + meaning;
    }
  }
  bool contains(const std::string& node) const { return index_.contains(node); }
  std::vector<ArrayPin> take() { return std::move(pins_); }

 private:
  std::vector<ArrayPin> pins_;
  std::unordered_map<std::string, std::size_t> index_;
};

std::string coordinate(const Probe& probe) {
  return fmt::format("{}{}", fmt::join(probe.index, "_"),
                     probe.output == 0 ? "" : fmt::format(" of output {}", probe.output + 1));
}

// "model value 0.5 v(x0) + 0.25".
std::string reading(const std::string& quantity, double gain, double offset) {
  std::string text = fmt::format("model value {:.6g} {}", gain, quantity);
  if (offset != 0.0) {
    text += fmt::format(" {} {:.6g}", offset < 0.0 ? "-" : "+", std::abs(offset));
  }
  return text;
}

std::string volts(const std::string& node) { return "v(" + node + ")"; }

void add_probes(const Design& design, Probe::Kind kind, PinList& pins) {
  for (const Probe& probe : design.probes) {
    if (probe.kind != kind) continue;
    const bool flux = probe.quantity == Probe::Quantity::flux;
    const std::string quantity = flux ? "integral " + volts(probe.node) + " dt" : volts(probe.node);
    pins.add(probe.node,
             fmt::format("{} {}: {}", kind == Probe::Kind::position ? "position" : "velocity",
                         coordinate(probe), reading(quantity, probe.gain, probe.offset)));
  }
}

void add_sources(const Design& design, PinList& pins) {
  const std::unordered_set<std::string> sources = find_bench_sources(design.circuit);
  for (const netlist::Element& element : design.circuit.elements()) {
    if (!sources.contains(element.name)) continue;
    for (const std::string& node : element.nodes) {
      if (!pins.contains(node)) {
        pins.add(node, element.comment.empty() ? "source " + element.name
                                               : element.name + ": " + element.comment);
      }
    }
  }
}

void add_noise(const Design& design, PinList& pins) {
  for (const netlist::NoiseSource& source : design.noise) {
    for (const netlist::Incidence& entry : source.incidence) {
      if (design.circuit.find(entry.where) == nullptr) pins.add(entry.where, "noise enters here");
    }
  }
}

}  // namespace

std::unordered_set<std::string> find_bench_sources(const netlist::Circuit& circuit) {
  using netlist::Kind;
  std::unordered_set<std::string> read;
  for (const netlist::Element& element : circuit.elements()) {
    if (element.kind != Kind::cccs && element.kind != Kind::ccvs) continue;
    read.insert(netlist::lower(element.references[0]));
  }
  std::unordered_set<std::string> sources;
  for (const netlist::Element& element : circuit.elements()) {
    if (element.kind != Kind::current && element.kind != Kind::voltage) continue;
    if (!read.contains(netlist::lower(element.name))) sources.insert(element.name);
  }
  return sources;
}

std::vector<ArrayPin> find_array_pins(const Design& design, std::span<const std::string> further) {
  PinList pins;
  add_probes(design, Probe::Kind::position, pins);
  add_probes(design, Probe::Kind::velocity, pins);
  for (const netlist::Port& port : design.ports) {
    pins.add(port.node, fmt::format("input: 1 A into it is a force of {:.6g}", port.gain));
  }
  for (const netlist::Readout& readout : design.readouts) {
    pins.add(readout.node, fmt::format("prediction {}: {}", readout.query + 1,
                                       reading(volts(readout.node), readout.gain, readout.offset)));
  }
  add_sources(design, pins);
  add_noise(design, pins);
  for (const std::string& node : further) pins.add(node, "noise of a source in a file");
  return pins.take();
}

}  // namespace springspice::hw
