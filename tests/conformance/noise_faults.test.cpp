// Any one part that brings noise in, changed by 0.1 % or removed, is seen in the noise alone: the
// equations of motion stay what they are.
#include <fmt/format.h>

#include "netlist/error.hpp"
#include "netlist/writer.hpp"
#include "sim/stamped.hpp"
#include "tests/catch.hpp"
#include "tests/conformance/certified_case.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

std::string three_node_data() {
  std::string csv = "u,y\n";
  for (int j = 0; j <= 20; ++j) csv += fmt::format("{},{}\n", j / 20.0, std::sin(j / 4.0));
  return csv;
}

CertifiedCase make_noisy(const std::string& path, hw::Topology topology, core::NoiseModel model) {
  cli::Options options = options_for(path, "2", topology);
  options.parameters.kT = 0.3;
  options.parameters.noise_model = model;
  return CertifiedCase(options);
}

// Resistors, inverters and transconductors between generators and nodes.
bool brings_noise(const netlist::Element& element) {
  const std::string& name = element.name;
  return name.starts_with("rg") || name.starts_with("rag") || name.starts_with("rbg") ||
         name.starts_with("xg");
}

// The circuit with one element replaced, or without it.
netlist::Circuit copy_but(const netlist::Circuit& circuit, const std::string& name,
                          const std::optional<netlist::Element>& by) {
  netlist::Circuit copy;
  copy.title = circuit.title;
  copy.options = circuit.options;
  copy.initial_voltages = circuit.initial_voltages;
  for (const netlist::Subcircuit& definition : circuit.definitions()) copy.define(definition);
  for (const netlist::Element& element : circuit.elements()) {
    if (element.name != name) {
      copy.add(element);
    } else if (by) {
      copy.add(*by);
    }
  }
  return copy;
}

// What `matrices` says, which reads the written netlist and runs nothing.
sim::Check check_deck(const CertifiedCase& good, const netlist::Circuit& circuit) {
  const sim::Problem problem = good.problem(netlist::format_deck(circuit));
  const sim::ProbeMap probes = sim::map_probes(problem);
  sim::Engine engine;
  const sim::StampedDeck deck(problem, probes);
  const sim::Checker checker{problem, good.built.analysis, probes, deck, engine, 1, 0, 0.0, {}, {}};
  return sim::check_matrices(checker);
}

std::optional<netlist::Element> changed(const netlist::Element& element) {
  netlist::Element copy = element;
  if (element.kind == netlist::Kind::resistor) {
    copy.value *= 1.001;
  } else if (!copy.parameters.empty()) {
    copy.parameters.front().value *= 1.001;
  } else {
    return std::nullopt;  // an ideal op-amp has no value
  }
  return copy;
}

}  // namespace

TEST_CASE("a part that brings noise in, changed by 0.1 % or removed, fails matrices") {
  const TemporaryFile data(three_node_data());
  const auto [topology, model] = GENERATE(
      table<hw::Topology, core::NoiseModel>({{hw::Topology::opamp, core::NoiseModel::fdt},
                                             {hw::Topology::opamp, core::NoiseModel::diagonal},
                                             {hw::Topology::gmc, core::NoiseModel::diagonal},
                                             {hw::Topology::rlc, core::NoiseModel::diagonal}}));
  const CertifiedCase good = make_noisy(data.path(), topology, model);
  const netlist::Circuit& circuit = good.built.manifest.design.circuit;
  REQUIRE(check_deck(good, circuit).status == sim::Check::Status::pass);
  int faults = 0;
  for (const netlist::Element& element : circuit.elements()) {
    if (!brings_noise(element)) continue;
    INFO(element.name);
    if (const auto other = changed(element)) {
      const sim::Check check = check_deck(good, copy_but(circuit, element.name, other));
      CHECK(check.status == sim::Check::Status::fail);
      CHECK_THAT(check.detail, ContainsSubstring("noise of the force"));
      ++faults;
    }
    CHECK(check_deck(good, copy_but(circuit, element.name, std::nullopt)).status ==
          sim::Check::Status::fail);
    ++faults;
  }
  CHECK(faults >= 6);
}

TEST_CASE("a resistor of D that is not listed as a noise source fails matrices") {
  const TemporaryFile data(three_node_data());
  const CertifiedCase good = make_noisy(data.path(), hw::Topology::rlc, core::NoiseModel::fdt);
  for (std::size_t q = 0; q < good.built.manifest.design.noise.size(); ++q) {
    sim::Problem problem = good.problem();
    problem.design.noise.erase(problem.design.noise.begin() + static_cast<std::ptrdiff_t>(q));
    const sim::ProbeMap probes = sim::map_probes(problem);
    sim::Engine engine;
    const sim::StampedDeck deck(problem, probes);
    const sim::Checker checker{problem, good.built.analysis, probes, deck, engine, 1, 0, 0.0, {},
                               {}};
    CHECK(sim::check_matrices(checker).status == sim::Check::Status::fail);
  }
}
