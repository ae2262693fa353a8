#include "hw/deck_noise.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

#include "core/noise_path.hpp"
#include "hw/error.hpp"
#include "hw/thermal.hpp"
#include "netlist/parser.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;
using hw::DeckNoise;

namespace {

netlist::Design make_design(hw::Topology topology, int sticks = 2) {
  core::Parameters parameters;
  parameters.kT = 0.3;
  parameters.friction = 0.7;
  const core::SecondOrderSystem system = core::make_system(parabola({sticks}, 40), parameters);
  hw::Request request = hand_scaled(system, topology);
  request.title = "a board";
  return hw::realize(system, request);
}

DeckNoise make_noise(DeckNoise::Kind kind, double steps = 20.0) {
  DeckNoise noise;
  noise.kind = kind;
  noise.step_s = 1e-5;
  noise.max_step_s = 2.5e-6;
  noise.end_s = steps * 1e-5;
  noise.seed = 7;
  noise.file = "board.noise.inc";
  return noise;
}

struct NoisyDeck {
  std::string deck, file;
};

NoisyDeck format_noisy_deck(const netlist::Design& design, const DeckNoise& noise) {
  const hw::NoisyCircuit noisy = hw::add_deck_noise(design, noise);
  return {netlist::format_deck(noisy.circuit), noisy.files.empty() ? "" : noisy.files[0].text};
}

netlist::Circuit parse_whole(const NoisyDeck& deck) {
  return netlist::parse_deck(
      netlist::expand_includes(deck.deck, "board.cir", [&](const std::string& file) {
        CHECK(file == "board.noise.inc");
        return deck.file;
      }));
}

const netlist::TransientNoise& trnoise(const netlist::Circuit& circuit, const std::string& name) {
  const netlist::Element* element = circuit.find(name);
  INFO(name);
  REQUIRE(element != nullptr);
  REQUIRE(element->waveform);
  return std::get<netlist::TransientNoise>(*element->waveform);
}

std::string refusal(const netlist::Design& design, const DeckNoise& noise) {
  try {
    format_noisy_deck(design, noise);
  } catch (const hw::RealizationError& error) {
    return error.what();
  }
  return "no refusal";
}

}  // namespace

TEST_CASE("deck noise: none is the silent deck") {
  const netlist::Design design = make_design(hw::Topology::opamp);
  const NoisyDeck deck = format_noisy_deck(design, {});
  CHECK(deck.deck == netlist::format_deck(design.circuit));
  CHECK(deck.file.empty());
}

TEST_CASE("deck noise: generators carry trnoise of amplitude sqrt(S/TS)") {
  const netlist::Design design = make_design(hw::Topology::opamp);
  const NoisyDeck deck = format_noisy_deck(design, make_noise(DeckNoise::Kind::trnoise));
  CHECK(deck.file.empty());
  const netlist::Circuit circuit = netlist::parse_deck(deck.deck, "board.cir");
  CHECK(circuit.elements().size() == design.circuit.elements().size());
  for (const netlist::NoiseSource& source : design.noise) {
    const auto& noise = trnoise(circuit, source.incidence[0].where);
    CHECK(noise.amplitude == Approx(std::sqrt(source.density / 1e-5)).epsilon(1e-15));
    CHECK(noise.step_s == 1e-5);
    CHECK(circuit.find(source.incidence[0].where)->nodes ==
          part(design, source.incidence[0].where).nodes);
  }
  REQUIRE(circuit.transient);
  CHECK(circuit.transient->step_s == 1e-5);
  CHECK(circuit.transient->stop_s == Approx(2e-4));
  CHECK(circuit.transient->max_step_s == 2.5e-6);
  CHECK(circuit.transient->use_initial);
}

TEST_CASE("deck noise: a resistor's current stands beside it, from its second node to its first") {
  const netlist::Design design = make_design(hw::Topology::rlc);
  const NoisyDeck deck = format_noisy_deck(design, make_noise(DeckNoise::Kind::trnoise));
  const netlist::Circuit circuit = netlist::parse_deck(deck.deck, "board.cir");
  CHECK(circuit.elements().size() == design.circuit.elements().size() + design.noise.size());
  for (const netlist::NoiseSource& source : design.noise) {
    const netlist::Element& resistor = part(design, source.incidence[0].where);
    const netlist::Element* current = circuit.find("in" + resistor.name);
    REQUIRE(current != nullptr);
    CHECK(current->kind == netlist::Kind::current);
    // SPICE's current flows from the first node through the source to the second, so it comes out
    // where netlist/design.hpp says: into the resistor's first node.
    CHECK(current->nodes == std::vector<std::string>{resistor.nodes[1], resistor.nodes[0]});
    CHECK(trnoise(circuit, current->name).amplitude ==
          Approx(std::sqrt(source.density / 1e-5)).epsilon(1e-15));
    CHECK(circuit.find(resistor.name)->value == resistor.value);
  }
}

TEST_CASE("deck noise: a part's own noise and the model's have sources of their own") {
  netlist::Design design = make_design(hw::Topology::rlc);
  const std::size_t model_sources = design.noise.size();
  hw::add_own_noise(design, 300.0);
  const netlist::Circuit circuit = netlist::parse_deck(
      format_noisy_deck(design, make_noise(DeckNoise::Kind::trnoise)).deck, "board.cir");
  for (std::size_t q = 0; q < design.noise.size(); ++q) {
    const std::string name = (q < model_sources ? "in" : "io") + design.noise[q].incidence[0].where;
    CHECK(trnoise(circuit, name).amplitude ==
          Approx(std::sqrt(design.noise[q].density / 1e-5)).epsilon(1e-15));
  }
}

TEST_CASE("deck noise: a weight of -1 turns the source round, any other scales it") {
  netlist::Design design;
  design.circuit.title = "one node";
  design.circuit.add(netlist::resistor("r1", "a", "0", 1e3));
  design.noise = {{"pushes", {{"a", -2.0}}, 4e-6, false}};
  const netlist::Circuit circuit = netlist::parse_deck(
      format_noisy_deck(design, make_noise(DeckNoise::Kind::trnoise)).deck, "n.cir");
  CHECK(circuit.find("ina")->nodes == std::vector<std::string>{"a", "0"});
  CHECK(trnoise(circuit, "ina").amplitude == Approx(std::sqrt(4.0 * 4e-6 / 1e-5)).epsilon(1e-15));
}

TEST_CASE("deck noise: trnoise cannot be one source at two places, pwl can") {
  netlist::Design design;
  design.circuit.title = "two nodes";
  design.circuit.add(netlist::resistor("r1", "a", "b", 1e3));
  design.circuit.add(netlist::resistor("r2", "b", "0", 1e3));
  design.noise = {{"both", {{"a", 1.0}, {"b", -3.0}}, 4e-6, false}};
  CHECK_THAT(refusal(design, make_noise(DeckNoise::Kind::trnoise)),
             ContainsSubstring("the source 'both' acts at several places"));
  const netlist::Circuit circuit =
      parse_whole(format_noisy_deck(design, make_noise(DeckNoise::Kind::pwl)));
  const auto& a = std::get<netlist::PiecewiseLinear>(*circuit.find("ina")->waveform);
  const auto& b = std::get<netlist::PiecewiseLinear>(*circuit.find("inb")->waveform);
  CHECK(circuit.find("ina")->nodes == std::vector<std::string>{"0", "a"});
  CHECK(circuit.find("inb")->nodes == std::vector<std::string>{"b", "0"});
  for (std::size_t k = 0; k < a.value.size(); ++k) {
    CHECK(b.value[k] == Approx(3.0 * a.value[k]).epsilon(1e-15));
  }
}

TEST_CASE("deck noise: pwl is the noise path, sample by sample, in a file that the deck includes") {
  const auto topology = GENERATE(hw::Topology::opamp, hw::Topology::rlc);
  const netlist::Design design = make_design(topology);
  const NoisyDeck deck = format_noisy_deck(design, make_noise(DeckNoise::Kind::pwl));
  CHECK_THAT(deck.deck, ContainsSubstring("\n.include \"board.noise.inc\"\n"));
  CHECK(
      deck.file.starts_with("* noise of board.noise.inc: piecewise-linear samples every 1e-05 s, "
                            "seed 7\n"));
  CHECK_THAT(refusal(design, make_noise(DeckNoise::Kind::pwl)), ContainsSubstring("no refusal"));
  const netlist::Circuit circuit = parse_whole(deck);
  const core::NoisePath path(7, 0, 1e-5);
  for (std::size_t q = 0; q < design.noise.size(); ++q) {
    const std::string& where = design.noise[q].incidence[0].where;
    const netlist::Element* carrier =
        circuit.find(topology == hw::Topology::rlc ? "in" + where : where);
    REQUIRE(carrier != nullptr);
    const auto& pwl = std::get<netlist::PiecewiseLinear>(*carrier->waveform);
    REQUIRE(pwl.time_s.size() == 21);
    const double amplitude = std::sqrt(design.noise[q].density / 1e-5);
    for (std::size_t k = 0; k < 21; ++k) {
      CHECK(pwl.time_s[k] == static_cast<double>(k) * 1e-5);
      CHECK(pwl.value[k] == Approx(amplitude * path.sample(q, k)).epsilon(1e-15));
    }
  }
}

TEST_CASE("deck noise: a pwl deck without its waveforms is the silent circuit") {
  const netlist::Design design = make_design(hw::Topology::opamp);
  const netlist::Circuit circuit =
      parse_whole(format_noisy_deck(design, make_noise(DeckNoise::Kind::pwl)));
  CHECK(circuit.elements().size() == design.circuit.elements().size());
  for (const netlist::Element& element : design.circuit.elements()) {
    const netlist::Element* same = circuit.find(element.name);
    REQUIRE(same != nullptr);
    CHECK(same->nodes == element.nodes);
    CHECK(same->value == element.value);
  }
  CHECK(circuit.initial_voltages.size() == design.circuit.initial_voltages.size());
  CHECK(circuit.transient->max_step_s == 2.5e-6);
}

TEST_CASE("deck noise: too many points for each source; the advised end is accepted") {
  const netlist::Design design = make_design(hw::Topology::opamp, 1);
  CHECK(refusal(design, make_noise(DeckNoise::Kind::pwl, 7999.0)) == "no refusal");
  // Steps whose 7998-fold needs rounding in either direction.
  for (const double step : {1e-5, 1.00006e-5, 1.2504e-5, 1.25044e-5, 3.3333e-6}) {
    DeckNoise noise = make_noise(DeckNoise::Kind::pwl);
    noise.step_s = step;
    noise.end_s = 9000.0 * step;
    const std::string text = refusal(design, noise);
    INFO(text);
    CHECK_THAT(text, ContainsSubstring("9001 points for each of 2 sources, and at most 8000"));
    // In model time, as --t-end: tau is 1 ms.
    CHECK_THAT(text, ContainsSubstring(fmt::format("this one is {:.4g},", 9000.0 * step / 1e-3)));
    const std::size_t at = text.find("this one is");
    const double advised = std::stod(text.substr(text.find(", ", at) + 2));
    CHECK(advised > 0.998 * 8000.0 * step / 1e-3);
    noise.end_s = advised * 1e-3;
    CHECK(refusal(design, noise) == "no refusal");
  }
}

TEST_CASE("deck noise: too many samples of all sources together") {
  // 1000 sources of 5001 points are 5 million samples; 4 million are the limit.
  netlist::Design design;
  design.circuit.title = "many";
  for (int q = 0; q < 1000; ++q) {
    const std::string node = fmt::format("n{}", q);
    design.circuit.add(netlist::resistor("r" + node, node, "0", 1e3));
    design.noise.push_back({"to " + node, {{node, 1.0}}, 1e-9, false});
  }
  const DeckNoise noise = make_noise(DeckNoise::Kind::pwl, 5000.0);
  CHECK_THAT(refusal(design, noise),
             ContainsSubstring("5001 points for each of 1000 sources, and at most 4000"));
  // 3998 steps of 1e-5 s; a unit of model time is 1 s here.
  CHECK_THAT(refusal(design, noise), ContainsSubstring("this one is 0.05, 0.03998 would do"));
}

TEST_CASE("rounding down: four digits, as they are printed, and never more than the value") {
  CHECK(fmt::format("{:.4g}", hw::round_down(0.137867)) == "0.1378");
  CHECK(fmt::format("{:.4g}", hw::round_down(0.1378)).substr(0, 5) == "0.137");
  CHECK(fmt::format("{:.4g}", hw::round_down(99999.0)) == "9.999e+04");
  CHECK(fmt::format("{:.4g}", hw::round_down(1.00099e-9)) == "1e-09");
  for (double value = 1e-12; value < 1e12; value *= 1.7) {
    const double rounded = std::stod(fmt::format("{:.4g}", hw::round_down(value)));
    CHECK(rounded <= value);
    CHECK(rounded > value * (1.0 - 2e-3));
  }
}

TEST_CASE("deck noise: for Xyce and LTspice each source names a file of its samples") {
  const auto topology = GENERATE(hw::Topology::opamp, hw::Topology::rlc);
  const auto dialect = GENERATE(netlist::Dialect::xyce, netlist::Dialect::ltspice);
  const netlist::Design design = make_design(topology);
  DeckNoise noise = make_noise(DeckNoise::Kind::pwl);
  noise.file = "board.*.pwl";
  const hw::NoisyCircuit noisy = hw::add_deck_noise(design, noise, dialect);
  CHECK(noisy.circuit.includes.empty());
  CHECK(noisy.nodes.empty());
  REQUIRE(noisy.files.size() == design.noise.size());
  const core::NoisePath path(7, 0, 1e-5);
  for (std::size_t q = 0; q < design.noise.size(); ++q) {
    const std::string& where = design.noise[q].incidence[0].where;
    const std::string name = topology == hw::Topology::rlc ? "in" + where : where;
    CHECK(noisy.files[q].name == "board." + name + ".pwl");
    const netlist::Element* carrier = noisy.circuit.find(name);
    REQUIRE(carrier != nullptr);
    CHECK(std::get<netlist::PiecewiseLinearFile>(*carrier->waveform).file == noisy.files[q].name);
    std::istringstream lines(noisy.files[q].text);
    const double amplitude = std::sqrt(design.noise[q].density / 1e-5);
    for (std::size_t k = 0; k < 21; ++k) {
      double time = -1.0;
      double value = 0.0;
      lines >> time >> value;
      CHECK(time == Approx(static_cast<double>(k) * 1e-5).epsilon(1e-15));
      CHECK(value == Approx(amplitude * path.sample(q, k)).epsilon(1e-15));
    }
    std::string rest;
    CHECK(!(lines >> rest));
  }
}

TEST_CASE("deck noise: trnoise is refused for other dialects than ngspice's") {
  const netlist::Design design = make_design(hw::Topology::opamp);
  std::string message;
  try {
    hw::add_deck_noise(design, make_noise(DeckNoise::Kind::trnoise), netlist::Dialect::xyce);
  } catch (const hw::RealizationError& error) {
    message = error.what();
  }
  CHECK(message ==
        "--deck-noise trnoise is ngspice's own generator, which Xyce has not; take --deck-noise "
        "pwl: one file of samples a source");
}
