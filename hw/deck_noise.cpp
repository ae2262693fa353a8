#include "hw/deck_noise.hpp"

#include <algorithm>
#include <cmath>
#include <map>

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

void check_points(const DeckNoise& noise, std::size_t sources, double time_scale_s) {
  const double points = count_points(noise);
  const double most =
      std::floor(std::min(kMostPwlPoints, kMostPwlSamples / static_cast<double>(sources)));
  if (points <= most) return;
  // One point below the limit, so that no rounding of the quotient matters.
  const double end = round_down((most - 2.0) * noise.step_s / time_scale_s);
  throw RealizationError(fmt::format(
      "--deck-noise pwl: {:.0f} points for each of {} sources, and at most {:.0f} are reasonable "
      "(ngspice searches them at every step); give a smaller --t-end (this one is {:.4g}, {:.4g} "
      "would do), a coarser --noise-step, or --deck-noise trnoise",
      points, sources, most, noise.end_s / time_scale_s, end));
}

netlist::Waveform make_waveform(const DeckNoise& noise, double density, std::uint64_t stream) {
  const core::NoisePath path(noise.seed, 0, noise.step_s);
  const double amplitude = path.amplitude(density);
  if (noise.kind == DeckNoise::Kind::trnoise) {
    return netlist::TransientNoise{amplitude, noise.step_s};
  }
  netlist::PiecewiseLinear points;
  for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(count_points(noise)); ++k) {
    points.time_s.push_back(static_cast<double>(k) * noise.step_s);
    points.value.push_back(amplitude * path.sample(stream, k));
  }
  return points;
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
void check_carriers(const netlist::Design& design, const DeckNoise& noise) {
  for (const netlist::NoiseSource& source : design.noise) {
    if (source.incidence.size() == 1 || noise.kind != DeckNoise::Kind::trnoise) continue;
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

NoisyDeck format_noisy_deck(const netlist::Design& design, const DeckNoise& noise) {
  if (noise.kind == DeckNoise::Kind::none) return {netlist::format_deck(design.circuit), {}};
  check_carriers(design, noise);
  const bool in_file = noise.kind == DeckNoise::Kind::pwl;
  if (in_file) {
    check_points(noise, std::max<std::size_t>(1, design.noise.size()), design.scales.time_s);
  }
  std::map<std::string, Element> replaced;
  std::vector<Element> added;
  for (std::size_t q = 0; q < design.noise.size(); ++q) {
    for (Element& carrier : make_carriers(design, q, noise)) {
      const bool there = design.circuit.find(carrier.name) != nullptr;
      if (there) replaced.insert_or_assign(carrier.name, carrier);
      if (!there || in_file) added.push_back(std::move(carrier));
    }
  }
  netlist::Circuit circuit = copy_frame(design.circuit, noise);
  for (const Element& element : design.circuit.elements()) {
    const auto found = replaced.find(element.name);
    if (found == replaced.end()) {
      circuit.add(element);
    } else if (!in_file) {
      Element carrier = found->second;
      carrier.heading = element.heading;
      circuit.add(std::move(carrier));
    }
  }
  if (!in_file) {
    for (Element& element : added) {
      if (&element == &added.front()) element.heading = "noise currents of the resistors";
      circuit.add(std::move(element));
    }
    return {netlist::format_deck(circuit), {}};
  }
  std::string deck = netlist::format_deck(circuit);
  // The last line is `.end`.
  deck.insert(deck.rfind(".end"), fmt::format(".include \"{}\"\n", noise.file));
  return {std::move(deck), format_file(added, noise)};
}

}  // namespace springspice::hw
