// The decks of one three-node system, byte by byte: flat ones, hierarchies, dialects. Regenerate
// them with
//   SPRINGSPICE_REGENERATE_GOLDEN=1 build/release/test_hw "the written*"
// and read the difference before it is kept.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "hw/hierarchy.hpp"
#include "hw/spu.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

struct Golden {
  const char* name;
  hw::Topology topology;
  hw::Coupling coupling;
  core::Dynamics dynamics;
  std::optional<double> coupling_factor = {};
  bool literal = false;  ///< and with a read-out
};

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Points make_points() {
  // Dyadic numbers: K and f are exact, so no compiler rounds them another way.
  Points points;
  for (int j = 0; j <= 8; ++j) {
    const double u = j / 8.0;
    points.push_back({{u}, {u * u - 0.25}});
  }
  return points;
}

std::vector<core::Spring> make_literal(const core::Grid& grid) {
  std::vector<core::Spring> springs;
  for (const Point& point : make_points()) {
    springs.push_back(
        core::make_literal_spring(grid, point.u, point.y, 1.0, static_cast<int>(springs.size())));
  }
  return springs;
}

netlist::Design make_design(const Golden& golden) {
  core::Parameters parameters;
  parameters.dynamics = golden.dynamics;
  core::DataSprings data(core::Grid({{"u", 2, 0.0, 1.0}}), 1);
  for (const Point& point : make_points()) data.add(point.u, point.y);
  core::SecondOrderSystem system = core::make_system(data, parameters);
  if (golden.topology == hw::Topology::spu) system = hw::make_posterior(system).sampler;
  std::vector<core::Spring> springs = core::make_springs(data, parameters);
  if (golden.literal) springs = make_literal(data.grid());
  const std::vector<hw::Query> queries = {{{{0, 0.25}, {1, 0.75}}}};
  hw::Request request = hand_scaled(system, golden.topology);
  request.coupling = golden.coupling;
  request.coupling_factor = golden.coupling_factor;
  request.springs = springs;
  request.literal = golden.literal;
  if (golden.literal || golden.topology == hw::Topology::spu) request.queries = queries;
  request.swing.offset(0) = 0.25;
  request.initial.x << 0.5, -0.25, 0.125;
  if (golden.dynamics == core::Dynamics::underdamped) request.initial.v << 0.25, 0.0, -0.5;
  request.title = "golden";
  request.step = 0.125;
  request.end = 16.0;
  return hw::realize(system, request);
}

void check_text(const std::string& file, const std::string& text) {
  const std::string path = fmt::format("{}/tests/hw/golden/{}", SPRINGSPICE_SOURCE_DIR, file);
  if (std::getenv("SPRINGSPICE_REGENERATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  INFO(path);
  CHECK(text == read_text(path));
}

const std::vector<Golden>& all_golden() {
  static const std::vector<Golden> all = {
      {"opamp", hw::Topology::opamp, hw::Coupling::automatic, core::Dynamics::underdamped},
      {"opamp_overdamped", hw::Topology::opamp, hw::Coupling::automatic,
       core::Dynamics::overdamped},
      {"gmc", hw::Topology::gmc, hw::Coupling::automatic, core::Dynamics::underdamped},
      {"rlc_direct", hw::Topology::rlc, hw::Coupling::direct, core::Dynamics::underdamped},
      {"rlc_gyrator", hw::Topology::rlc, hw::Coupling::gyrator, core::Dynamics::underdamped},
      {"rlc_transformer", hw::Topology::rlc, hw::Coupling::transformer,
       core::Dynamics::underdamped},
      {"rlc_coils", hw::Topology::rlc, hw::Coupling::transformer, core::Dynamics::underdamped,
       0.99},
      {"charge", hw::Topology::charge, hw::Coupling::automatic, core::Dynamics::underdamped},
      {"spu", hw::Topology::spu, hw::Coupling::automatic, core::Dynamics::underdamped},
      {"opamp_literal", hw::Topology::opamp, hw::Coupling::automatic, core::Dynamics::underdamped,
       std::nullopt, true},
      {"gmc_literal", hw::Topology::gmc, hw::Coupling::automatic, core::Dynamics::underdamped,
       std::nullopt, true},
      {"rlc_literal", hw::Topology::rlc, hw::Coupling::gyrator, core::Dynamics::underdamped,
       std::nullopt, true}};
  return all;
}

}  // namespace

TEST_CASE("the written decks are the golden ones") {
  const Golden& golden = all_golden()[GENERATE(range<std::size_t>(0, all_golden().size()))];
  const netlist::Circuit circuit = make_design(golden).circuit;
  check_text(fmt::format("{}.cir", golden.name), netlist::format_deck(circuit));
  for (const netlist::Dialect dialect : {netlist::Dialect::xyce, netlist::Dialect::ltspice}) {
    check_text(fmt::format("{}.{}.cir", golden.name, to_string(dialect)),
               netlist::format_deck(circuit, dialect));
  }
}

TEST_CASE("the written hierarchies are the golden ones") {
  const Golden& golden = all_golden()[GENERATE(range<std::size_t>(0, all_golden().size()))];
  const netlist::Design design = make_design(golden);
  const hw::HierarchicalDesign hierarchy = hw::make_hierarchy(design);
  std::vector<netlist::Dialect> dialects = {netlist::Dialect::ngspice};
  // The others differ from it in ways that these two show.
  if (golden.name == std::string("opamp") || golden.name == std::string("rlc_gyrator")) {
    dialects.insert(dialects.end(), {netlist::Dialect::xyce, netlist::Dialect::ltspice});
  }
  for (const netlist::Dialect dialect : dialects) {
    const std::string name = fmt::format("{}.{}", golden.name, to_string(dialect));
    netlist::Circuit bench = hierarchy.bench;
    bench.includes = {name + ".array.inc"};
    check_text(name + ".bench.cir", netlist::format_deck(bench, dialect));
    check_text(name + ".array.inc", netlist::format_definitions(hierarchy.array, dialect));
  }
  check_text(fmt::format("{}.lib", golden.name),
             netlist::format_definitions(hw::make_plain_library(design, hierarchy)));
}
