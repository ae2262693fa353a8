#include <algorithm>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "netlist/option_cards.hpp"
#include "netlist/writer.hpp"

namespace springspice::netlist {
namespace {

struct Counts {
  std::size_t noiseless = 0, inductors = 0, dc_lost = 0, files = 0;

  void add(const std::vector<Element>& elements) {
    for (const auto& element : elements) {
      noiseless += element.noisy ? 0 : 1;
      inductors += element.kind == Kind::inductor ? 1 : 0;
      if (!element.waveform) continue;
      dc_lost += element.value != 0.0 || !element.value_expression.empty() ? 1 : 0;
      files += std::holds_alternative<PiecewiseLinearFile>(*element.waveform) ? 1 : 0;
    }
  }
};

Counts count(const Circuit& circuit) {
  Counts counts;
  counts.add(circuit.elements());
  for (const auto& definition : circuit.definitions()) counts.add(definition.elements);
  return counts;
}

std::string plural(std::size_t n, const char* noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

void describe_xyce(const Circuit& circuit, const Counts& counts, std::vector<std::string>& out) {
  if (counts.noiseless > 0) {
    out.push_back(fmt::format(
        "noisy=0 left out at {}: Xyce has no such flag, so its .NOISE counts their thermal noise",
        plural(counts.noiseless, "resistor")));
  }
  if (circuit.transient) {
    out.emplace_back(
        ".print tran in place of .save; the first number of .tran is the first step, not the "
        "printing interval");
  }
}

void describe_ltspice(const Circuit& circuit, const Counts& counts, std::vector<std::string>& out) {
  if (counts.noiseless > 0) {
    out.push_back("noiseless in place of noisy=0 at " + plural(counts.noiseless, "resistor"));
  }
  if (counts.inductors > 0) {
    out.push_back(fmt::format(
        "Rser=0 at {}, which would get 1 mohm each; also uncheck 'Supply a min. inductor damping' "
        "in the control panel (Hacks!)",
        plural(counts.inductors, "inductor")));
  }
  if (counts.dc_lost > 0) {
    out.push_back(fmt::format(
        "DC value left out at {} with a waveform: LTspice takes one or the other, and .op the "
        "waveform's value at time 0",
        plural(counts.dc_lost, "source")));
  }
  const auto added = added_options(circuit, Dialect::ltspice);
  if (!added.empty()) {
    out.push_back(fmt::format(".options {} added: results in double precision, uncompressed",
                              fmt::join(added, " ")));
  }
}

}  // namespace

std::vector<std::string> describe_substitutions(const Circuit& circuit, Dialect dialect) {
  std::vector<std::string> out;
  if (dialect == Dialect::ngspice) return out;
  const Counts counts = count(circuit);
  for (const auto& option : left_out_options(circuit, dialect)) {
    out.push_back(fmt::format(".options {} left out: it is ngspice's alone", option));
  }
  if (counts.files > 0) {
    out.push_back(fmt::format("the waveforms of {} stand in files beside the deck",
                              plural(counts.files, "source")));
  }
  if (dialect == Dialect::xyce) describe_xyce(circuit, counts, out);
  if (dialect == Dialect::ltspice) describe_ltspice(circuit, counts, out);
  for (auto& note : out) note.insert(0, fmt::format("for {}: ", display_name(dialect)));
  return out;
}

}  // namespace springspice::netlist
