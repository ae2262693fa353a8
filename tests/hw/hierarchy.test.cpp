#include "hw/hierarchy.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

struct Form {
  const char* name;
  hw::Topology topology;
  hw::Coupling coupling;
  core::Dynamics dynamics;
  std::vector<int> sticks;
  std::size_t outputs;
  core::NoiseModel noise;
};

netlist::Design realize(const Form& form) {
  core::Parameters parameters;
  parameters.dynamics = form.dynamics;
  parameters.noise_model = form.noise;
  parameters.kT = 0.1;
  parameters.neighbor_spring = 0.5;
  const core::DataSprings data = parabola(form.sticks, 40, form.outputs);
  const core::SecondOrderSystem system = core::make_system(data, parameters);
  const std::vector<core::Spring> springs = core::make_springs(data, parameters);
  hw::Request request = hand_scaled(system, form.topology);
  request.coupling = form.coupling;
  request.springs = springs;
  request.initial.x.setConstant(0.5);
  request.initial.v.setConstant(-0.25);
  request.end = 1.0;
  request.step = 0.01;
  return hw::realize(system, request);
}

// Kind, nodes and value to the bit; the names are told apart.
std::string describe(const netlist::Element& element) {
  return fmt::format("{} {} {} {:016x} {} {:016x}", static_cast<int>(element.kind), element.name,
                     fmt::join(element.nodes, " "), std::bit_cast<std::uint64_t>(element.value),
                     element.noisy, std::bit_cast<std::uint64_t>(element.initial.value_or(1e300)));
}

// What a flattened name was in the flat circuit: paths[a] + rest == name, for the longest paths[a].
std::string flat_name(const std::string& name,
                      const std::unordered_map<std::string, std::string>& back) {
  const auto found = back.find(name);
  if (found != back.end()) return found->second;
  for (auto dot = name.rfind('.'); dot != std::string::npos && dot > 0;
       dot = name.rfind('.', dot - 1)) {
    const auto prefix = back.find(name.substr(0, dot));
    if (prefix != back.end()) return prefix->second + name.substr(dot);
  }
  return name;
}

std::unordered_map<std::string, std::string> invert(
    const std::unordered_map<std::string, std::string>& paths) {
  std::unordered_map<std::string, std::string> back;
  for (const auto& [flat, path] : paths) back.emplace(path, flat);
  REQUIRE(back.size() == paths.size());  // no two names became one
  return back;
}

std::multiset<std::string> describe_flat(const netlist::Circuit& circuit) {
  std::multiset<std::string> out;
  for (const auto& element : netlist::flatten(circuit).elements) out.insert(describe(element));
  return out;
}

std::multiset<std::string> describe_hierarchy(const netlist::Circuit& circuit,
                                              const hw::HierarchicalDesign& hierarchy) {
  const auto elements = invert(hierarchy.element_paths);
  const auto nodes = invert(hierarchy.node_paths);
  std::multiset<std::string> out;
  for (netlist::Element element : netlist::flatten(circuit).elements) {
    element.name = flat_name(element.name, elements);
    for (std::string& node : element.nodes) node = flat_name(node, nodes);
    out.insert(describe(element));
  }
  return out;
}

constexpr auto kUnder = core::Dynamics::underdamped;
constexpr auto kOver = core::Dynamics::overdamped;
constexpr auto kFdt = core::NoiseModel::fdt;
constexpr auto kDiagonal = core::NoiseModel::diagonal;
constexpr auto kAuto = hw::Coupling::automatic;

const std::vector<Form>& forms() {
  static const std::vector<Form> all = {
      {"opamp", hw::Topology::opamp, kAuto, kUnder, {4}, 1, kFdt},
      {"opamp, two outputs", hw::Topology::opamp, kAuto, kUnder, {3}, 2, kFdt},
      {"opamp, a plane", hw::Topology::opamp, kAuto, kUnder, {2, 3}, 1, kDiagonal},
      {"opamp, overdamped", hw::Topology::opamp, kAuto, kOver, {4}, 1, kFdt},
      {"gmc", hw::Topology::gmc, kAuto, kUnder, {2, 2}, 2, kFdt},
      {"rlc direct", hw::Topology::rlc, hw::Coupling::direct, kUnder, {4}, 1, kFdt},
      {"rlc gyrator", hw::Topology::rlc, hw::Coupling::gyrator, kUnder, {3, 2}, 2, kDiagonal},
      {"charge", hw::Topology::charge, kAuto, kUnder, {3}, 1, kFdt}};
  return all;
}

}  // namespace

TEST_CASE("the flattened hierarchy is the flat circuit, part by part, to the bit") {
  const Form& form = forms()[GENERATE(range(0, 8))];
  INFO(form.name);
  const netlist::Design design = realize(form);
  const hw::HierarchicalDesign hierarchy = hw::make_hierarchy(design);
  CHECK(describe_hierarchy(hierarchy.design.circuit, hierarchy) == describe_flat(design.circuit));
}

TEST_CASE("initial voltages, probes, ports and noise of the hierarchy are those of the circuit") {
  const Form& form = forms()[GENERATE(range(0, 8))];
  INFO(form.name);
  const netlist::Design design = realize(form);
  const hw::HierarchicalDesign hierarchy = hw::make_hierarchy(design);
  std::set<std::string> names, nodes;
  for (const auto& element : netlist::flatten(hierarchy.design.circuit).elements) {
    names.insert(element.name);
    nodes.insert(element.nodes.begin(), element.nodes.end());
  }
  const auto nodes_back = invert(hierarchy.node_paths);
  REQUIRE(hierarchy.bench.initial_voltages.size() == design.circuit.initial_voltages.size());
  for (std::size_t i = 0; i < design.circuit.initial_voltages.size(); ++i) {
    const auto& [node, volt] = hierarchy.bench.initial_voltages[i];
    CHECK(nodes.contains(node));
    CHECK(flat_name(node, nodes_back) == design.circuit.initial_voltages[i].node);
    CHECK(volt == design.circuit.initial_voltages[i].volt);
  }
  for (const auto& probe : hierarchy.design.probes) CHECK(nodes.contains(probe.node));
  for (const auto& port : hierarchy.design.ports) CHECK(nodes.contains(port.node));
  for (const auto& source : hierarchy.design.noise) {
    for (const auto& entry : source.incidence) CHECK(names.contains(entry.where));
  }
}

TEST_CASE("the bench holds sources and one instance; the cells of a board share one definition") {
  const netlist::Design design = realize(forms()[0]);
  const hw::HierarchicalDesign hierarchy = hw::make_hierarchy(design);
  for (const auto& element : hierarchy.bench.elements()) {
    CHECK((element.kind == netlist::Kind::voltage || element.name == "xarray"));
  }
  const netlist::Subcircuit& array = hierarchy.array.definitions().back();
  CHECK(array.name == "ss_array");
  CHECK(fmt::format("{}", fmt::join(array.pins, " ")) ==
        "x0 x1 x2 x3 x4 v0 v1 v2 v3 v4 s0 s1 s2 s3 s4 vcc vee refp refn "
        "gt0__1 gr0__1 gt1__2 gr1__2 gt2__3 gr2__3 gt3__4 gr3__4");
  CHECK(hierarchy.array.find_definition("ss_cell1") != nullptr);
  CHECK(hierarchy.array.find_definition("ss_cell2") == nullptr);
}

TEST_CASE("the plain library is one subcircuit of plain parts with the array's values") {
  const Form& form = forms()[GENERATE(range(0, 8))];
  INFO(form.name);
  const netlist::Design design = realize(form);
  const hw::HierarchicalDesign hierarchy = hw::make_hierarchy(design);
  const netlist::Circuit library = hw::make_plain_library(design, hierarchy);
  REQUIRE(library.definitions().size() == 1);
  const netlist::Subcircuit& plain = library.definitions().front();
  CHECK(plain.parameters.empty());
  CHECK(plain.locals.empty());
  std::multiset<std::string> values, wanted;
  for (const auto& element : plain.elements) {
    CHECK(element.kind != netlist::Kind::instance);
    CHECK(element.value_expression.empty());
    values.insert(fmt::format("{} {}", static_cast<int>(element.kind), element.value));
  }
  for (const auto& element : netlist::flatten(hierarchy.design.circuit).elements) {
    if (hierarchy.bench.find(element.name) != nullptr) continue;
    const bool opamp = element.kind == netlist::Kind::nullor;
    wanted.insert(fmt::format("{} {}", static_cast<int>(opamp ? netlist::Kind::vccs : element.kind),
                              opamp ? 1e12 : element.value));
  }
  CHECK(values == wanted);
}
