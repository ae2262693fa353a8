// Circuits of parts that there are, certified against the system that those parts make.
#include "hw/mapping/mapping.hpp"

#include <numbers>

#include <fmt/format.h>

#include "core/model.hpp"
#include "netlist/writer.hpp"
#include "sim/certify.hpp"
#include "sim/swing.hpp"
#include "tests/catch.hpp"
#include "tests/conformance/certified_case.hpp"
#include "tests/core/temporary_file.hpp"
#include "tests/hw/mapping/small_profile.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

// A curve, or a surface, and for two outputs its mirror.
std::string make_data(std::size_t inputs, std::size_t outputs) {
  std::string text = inputs == 1 ? "u" : "u,w";
  for (std::size_t p = 0; p < outputs; ++p) text += fmt::format(",y{}", p + 1);
  text += '\n';
  for (int j = 0; j < 120; ++j) {
    const double u = (j % 12) / 11.0;
    const double w = (j / 12) / 9.0;
    const double y = u * u - 0.3 * u + (inputs == 1 ? 0.0 : 0.5 * u * w);
    text += inputs == 1 ? fmt::format("{}", j / 119.0) : fmt::format("{},{}", u, w);
    const double of_line = j / 119.0;
    const double value = inputs == 1 ? of_line * of_line - 0.3 * of_line : y;
    for (std::size_t p = 0; p < outputs; ++p)
      text += fmt::format(",{}", p == 0 ? value : 1.0 - value);
    text += '\n';
  }
  return text;
}

struct Case {
  const char* name;
  hw::Topology topology;
  std::size_t inputs = 1, outputs = 1;
  const char* sticks = "8";
  core::Dynamics dynamics = core::Dynamics::underdamped;
  double kT = 0.0;
  bool pairs = false;
};

hw::Profile profile_of(hw::Topology topology) {
  if (topology == hw::Topology::opamp) return board_profile();
  return topology == hw::Topology::gmc ? chip_profile() : coil_profile();
}

struct Mapped {
  hw::Mapping mapping;
  sim::Problem problem;
};

core::Model read_case(const Case& made) {
  const TemporaryFile data(make_data(made.inputs, made.outputs));
  core::ModelRequest request;
  request.path = data.path();
  if (made.outputs > 1) request.columns.targets = {"y1", "y2"};
  request.sticks = made.sticks;
  request.parameters.dynamics = made.dynamics;
  request.parameters.kT = made.kT;
  request.parameters.neighbor_spring = 0.05;
  return core::read_model(request);
}

core::State start_at_zero(const core::SecondOrderSystem& system) {
  return {Eigen::MatrixXd::Zero(system.size(), system.outputs()),
          Eigen::MatrixXd::Zero(system.M.rows(), system.outputs())};
}

Mapped map_case(const Case& made) {
  const core::Model model = read_case(made);
  const sim::Analysis analysis = sim::analyse(model.system);
  Mapped mapped;
  sim::Problem& problem = mapped.problem;
  problem.initial = start_at_zero(model.system);
  problem.step = 2.0 * std::numbers::pi / analysis.scales.fastest_rate / 40.0;
  problem.end = 20.0 * *analysis.scales.relaxation_time;
  sim::PeakSwing swing = sim::find_peak_swing(model.system, problem.initial, analysis.fit,
                                              analysis.scales, problem.end);
  sim::add_noise_swing(model.system, analysis.modes, swing);
  hw::MapRequest request;
  request.request.topology = made.topology;
  request.request.swing = {swing.offset, swing.position, swing.velocity};
  request.request.initial = problem.initial;
  request.error = core::make_prediction_error(model.data);
  request.pairs = made.pairs;
  mapped.mapping = hw::map_system(model.system, profile_of(made.topology), request);
  problem.system = mapped.mapping.system;
  problem.design = mapped.mapping.design;
  problem.deck = netlist::format_deck(mapped.mapping.design.circuit);
  problem.deck_name = "mapped.cir";
  return mapped;
}

void check_certified(const Case& made) {
  const Mapped mapped = map_case(made);
  const sim::Report report = sim::certify(mapped.problem, {});
  INFO(made.name << "\n" << describe_failures(report));
  CHECK(report.passed());
  CHECK(mapped.mapping.snap.joint <= mapped.mapping.snap.rounded);
  // The fit that the report is about is that of the system that was certified.
  const Eigen::MatrixXd fit = sim::analyse(mapped.mapping.system).fit;
  CHECK((fit - mapped.mapping.mapped_fit).cwiseAbs().maxCoeff() < 1e-9);
}

}  // namespace

TEST_CASE("mapped circuits of a line are certified against the mapped system") {
  for (const Case& made :
       {Case{"opamp", hw::Topology::opamp}, Case{"gmc", hw::Topology::gmc},
        Case{"rlc", hw::Topology::rlc},
        Case{"overdamped", hw::Topology::opamp, 1, 1, "8", core::Dynamics::overdamped},
        Case{"two outputs", hw::Topology::opamp, 1, 2}}) {
    check_certified(made);
  }
}

TEST_CASE("mapped circuits of a surface are certified") {
  check_certified({"opamp", hw::Topology::opamp, 2, 1, "3x3"});
  check_certified({"gmc", hw::Topology::gmc, 2, 1, "3x3"});
}

TEST_CASE("joined pairs are two parts in the deck, and the circuit is the same system's") {
  for (const hw::Topology topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
    check_certified(
        {hw::to_string(topology), topology, 1, 1, "4", core::Dynamics::underdamped, 0.0, true});
  }
}

TEST_CASE("mapped circuits bring the noise of the friction that they have") {
  for (const bool pairs : {false, true}) {
    for (const hw::Topology topology :
         {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
      check_certified(
          {hw::to_string(topology), topology, 1, 1, "4", core::Dynamics::underdamped, 1e-4, pairs});
    }
  }
}
