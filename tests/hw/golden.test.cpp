// The decks of one three-node system, byte by byte. Regenerate them with
//   SPRINGSPICE_REGENERATE_GOLDEN=1 build/release/test_hw "the written decks*"
// and read the difference before it is kept.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

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

std::string make_deck(const Golden& golden) {
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
  return netlist::format_deck(hw::realize(system, request).circuit);
}

}  // namespace

TEST_CASE("the written decks are the golden ones") {
  const Golden golden = GENERATE(
      Golden{"opamp", hw::Topology::opamp, hw::Coupling::automatic, core::Dynamics::underdamped},
      Golden{"opamp_overdamped", hw::Topology::opamp, hw::Coupling::automatic,
             core::Dynamics::overdamped},
      Golden{"gmc", hw::Topology::gmc, hw::Coupling::automatic, core::Dynamics::underdamped},
      Golden{"rlc_direct", hw::Topology::rlc, hw::Coupling::direct, core::Dynamics::underdamped},
      Golden{"rlc_gyrator", hw::Topology::rlc, hw::Coupling::gyrator, core::Dynamics::underdamped},
      Golden{"rlc_transformer", hw::Topology::rlc, hw::Coupling::transformer,
             core::Dynamics::underdamped},
      Golden{"rlc_coils", hw::Topology::rlc, hw::Coupling::transformer, core::Dynamics::underdamped,
             0.99},
      Golden{"charge", hw::Topology::charge, hw::Coupling::automatic, core::Dynamics::underdamped},
      Golden{"spu", hw::Topology::spu, hw::Coupling::automatic, core::Dynamics::underdamped},
      Golden{"opamp_literal", hw::Topology::opamp, hw::Coupling::automatic,
             core::Dynamics::underdamped, std::nullopt, true},
      Golden{"gmc_literal", hw::Topology::gmc, hw::Coupling::automatic, core::Dynamics::underdamped,
             std::nullopt, true},
      Golden{"rlc_literal", hw::Topology::rlc, hw::Coupling::gyrator, core::Dynamics::underdamped,
             std::nullopt, true});
  const std::string path =
      fmt::format("{}/tests/hw/golden/{}.cir", SPRINGSPICE_SOURCE_DIR, golden.name);
  const std::string deck = make_deck(golden);
  if (std::getenv("SPRINGSPICE_REGENERATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << deck;
  }
  INFO(path);
  CHECK(deck == read_text(path));
}
