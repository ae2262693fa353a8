#include "hw/deck_noise.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>
#include <variant>

#include <fmt/format.h>

#include "core/noise_path.hpp"
#include "hw/builder.hpp"
#include "hw/error.hpp"
#include "netlist/writer.hpp"

namespace springspice::hw {
namespace {

using netlist::Element;
using netlist::Kind;

double count_points(const DeckNoise& noise) { return std::ceil(noise.end_s / noise.step_s) + 1.0; }

void check_points(const DeckNoise& noise, std::size_t sources, double time_scale_s, bool ngspice) {
  const double points = count_points(noise);
  double most = std::floor(kMostPwlSamples / static_cast<double>(sources));
  if (ngspice) most = std::min(kMostPwlPoints, most);
  if (points <= most) return;
  // One point below the limit, so that no rounding of the quotient matters.
  const double end = round_down((most - 2.0) * noise.step_s / time_scale_s);
  throw RealizationError(fmt::format(
      "--deck-noise pwl: {:.0f} points for each of {} sources, and at most {:.0f} are reasonable "
      "({}); give a smaller --t-end (this one is {:.4g}, {:.4g} would do), a coarser "
      "--noise-step{}",
      points, sources, most,
      ngspice ? "ngspice searches them at every step" : "the files would be huge",
      noise.end_s / time_scale_s, end, ngspice ? ", or --deck-noise trnoise" : ""));
}

netlist::PiecewiseLinear make_points(const DeckNoise& noise, double density, std::uint64_t stream) {
  const core::NoisePath path(noise.seed, 0, noise.step_s);
  const double amplitude = path.amplitude(density);
  netlist::PiecewiseLinear points;
  for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(count_points(noise)); ++k) {
    points.time_s.push_back(static_cast<double>(k) * noise.step_s);
    points.value.push_back(amplitude * path.sample(stream, k));
  }
  return points;
}

netlist::Waveform make_waveform(const DeckNoise& noise, double density, std::uint64_t stream) {
  if (noise.kind == DeckNoise::Kind::pwl) return make_points(noise, density, stream);
  const core::NoisePath path(noise.seed, 0, noise.step_s);
  return netlist::TransientNoise{path.amplitude(density), noise.step_s};
}

// What carries source q: the deck's own independent source, or a current source beside the part.
std::vector<Element> make_carriers(const netlist::Design& design, std::size_t q,
                                   const DeckNoise& noise) {
  const netlist::NoiseSource& source = design.noise[q];
  std::vector<Element> carriers;
  for (const netlist::Incidence& entry : source.incidence) {
    const double density = source.density * entry.weight * entry.weight;
    const Element* part = design.circuit.find(entry.where);
    Element carrier;
    if (part != nullptr && (part->kind == Kind::voltage || part->kind == Kind::current)) {
      carrier = *part;
      carrier.heading.clear();
    } else if (part != nullptr) {
      const char* letter = source.own ? "io" : "in";
      carrier = netlist::current_source(letter + part->name, part->nodes[1], part->nodes[0], 0.0);
      carrier.comment = source.name;
    } else {
      carrier = netlist::current_source("in" + entry.where, "0", entry.where, 0.0);
      carrier.comment = source.name;
    }
    carrier.waveform = make_waveform(noise, density, q);
    // One source of both signs at two places is one waveform: weights of -1 turn it round.
    if (entry.weight < 0.0) std::swap(carrier.nodes[0], carrier.nodes[1]);
    carriers.push_back(std::move(carrier));
  }
  return carriers;
}

// TRNOISE at two places would be two independent noises.
void check_carriers(const netlist::Design& design, const DeckNoise& noise,
                    netlist::Dialect dialect) {
  if (noise.kind != DeckNoise::Kind::trnoise) return;
  if (dialect != netlist::Dialect::ngspice) {
    throw RealizationError(
        fmt::format("--deck-noise trnoise is ngspice's own generator, which {} has not; take "
                    "--deck-noise pwl: one file of samples a source",
                    display_name(dialect)));
  }
  for (const netlist::NoiseSource& source : design.noise) {
    if (source.incidence.size() == 1) continue;
    throw RealizationError(fmt::format(
        "--deck-noise trnoise: the source '{}' acts at several places, which ngspice would give "
        "independent noise; take --deck-noise pwl",
        source.name));
  }
}

netlist::Circuit copy_frame(const netlist::Circuit& circuit, const DeckNoise& noise) {
  netlist::Circuit copy;
  copy.title = circuit.title;
  copy.heading = circuit.heading;
  copy.options = circuit.options;
  copy.initial_voltages = circuit.initial_voltages;
  copy.saved = circuit.saved;
  copy.parameters = circuit.parameters;
  copy.includes = circuit.includes;
  copy.measures = circuit.measures;
  copy.foreign = circuit.foreign;
  copy.transient = netlist::Transient{noise.step_s, noise.end_s, noise.max_step_s, true};
  for (const netlist::Subcircuit& definition : circuit.definitions()) copy.define(definition);
  return copy;
}

// The elements of the waveforms' file; the first line would be lost as a title only in a deck.
std::string format_file(const std::vector<Element>& elements, const DeckNoise& noise) {
  std::string text = fmt::format(
      "* noise of {}: piecewise-linear samples every {} s, seed {}\n"
      "* written by springspice; the deck includes this file\n",
      noise.file, netlist::format_number(noise.step_s), noise.seed);
  for (const Element& element : elements) text += netlist::format_element(element) + "\n";
  return text;
}

std::unordered_set<std::string> names_of(const std::vector<Element>& elements) {
  std::unordered_set<std::string> names;
  for (const Element& element : elements) names.insert(element.name);
  return names;
}

// All carriers in one file of elements: ngspice reads no waveform from a file.
void include_carriers(const netlist::Circuit& circuit, const std::vector<Element>& carriers,
                      const DeckNoise& noise, NoisyCircuit& out) {
  const std::unordered_set<std::string> replaced = names_of(carriers);
  for (const Element& element : circuit.elements()) {
    if (!replaced.contains(element.name)) out.circuit.add(element);
  }
  out.circuit.includes.push_back(noise.file);
  out.files.push_back({noise.file, format_file(carriers, noise)});
  for (const Element& carrier : carriers) {
    out.nodes.insert(out.nodes.end(), carrier.nodes.begin(), carrier.nodes.end());
  }
}

// The carrier's points as a file of its own, which it names from now on.
NoisyCircuit::File move_to_file(Element& carrier, const DeckNoise& noise) {
  NoisyCircuit::File file;
  file.name = noise.file;
  file.name.replace(file.name.find('*'), 1, carrier.name);
  const auto& points = std::get<netlist::PiecewiseLinear>(*carrier.waveform);
  for (std::size_t k = 0; k < points.time_s.size(); ++k) {
    netlist::append_number(file.text, points.time_s[k]);
    file.text += ' ';
    netlist::append_number(file.text, points.value[k]);
    file.text += '\n';
  }
  carrier.waveform = netlist::PiecewiseLinearFile{file.name};
  return file;
}

// Sources of the circuit where they stand, the others at the end.
void place_carriers(const netlist::Circuit& circuit, std::vector<Element> carriers,
                    NoisyCircuit& out) {
  std::unordered_map<std::string, Element*> replaced;
  std::vector<Element*> added;
  for (Element& carrier : carriers) {
    if (circuit.find(carrier.name) != nullptr) {
      replaced.emplace(carrier.name, &carrier);
    } else {
      added.push_back(&carrier);
    }
  }
  for (const Element& element : circuit.elements()) {
    const auto found = replaced.find(element.name);
    if (found == replaced.end()) {
      out.circuit.add(element);
      continue;
    }
    found->second->heading = element.heading;
    out.circuit.add(std::move(*found->second));
  }
  if (!added.empty()) added.front()->heading = "noise currents of the resistors";
  for (Element* carrier : added) out.circuit.add(std::move(*carrier));
}

}  // namespace

const char* to_string(DeckNoise::Kind kind) {
  switch (kind) {
    case DeckNoise::Kind::none:
      return "none";
    case DeckNoise::Kind::trnoise:
      return "trnoise";
    case DeckNoise::Kind::pwl:
      return "pwl";
  }
  return "";
}

double round_down(double value) {
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 3.0);
  return std::floor(value / unit) * unit;
}

NoisyCircuit add_deck_noise(const netlist::Design& design, const DeckNoise& noise,
                            netlist::Dialect dialect) {
  if (noise.kind == DeckNoise::Kind::none) return {design.circuit, {}, {}};
  check_carriers(design, noise, dialect);
  if (noise.kind == DeckNoise::Kind::pwl) {
    check_points(noise, std::max<std::size_t>(1, design.noise.size()), design.scales.time_s,
                 dialect == netlist::Dialect::ngspice);
  }
  std::vector<Element> carriers;
  for (std::size_t q = 0; q < design.noise.size(); ++q) {
    for (Element& carrier : make_carriers(design, q, noise)) carriers.push_back(std::move(carrier));
  }
  NoisyCircuit out;
  out.circuit = copy_frame(design.circuit, noise);
  if (noise.kind == DeckNoise::Kind::pwl && dialect == netlist::Dialect::ngspice) {
    include_carriers(design.circuit, carriers, noise, out);
    return out;
  }
  if (noise.kind == DeckNoise::Kind::pwl) {
    for (Element& carrier : carriers) out.files.push_back(move_to_file(carrier, noise));
  }
  place_carriers(design.circuit, std::move(carriers), out);
  return out;
}

}  // namespace springspice::hw
