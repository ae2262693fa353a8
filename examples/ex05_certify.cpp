// From a table to a verdict: what `springspice cosim` does, in a page.
//
// Sample run:
//   ex05_certify examples/data/thermocouple.csv
#include <cstdio>

#include "core/fit.hpp"
#include "core/initial_state.hpp"
#include "core/model.hpp"
#include "hw/realization.hpp"
#include "netlist/writer.hpp"
#include "sim/certify.hpp"
#include "sim/swing.hpp"

using namespace springspice;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: ex05_certify TABLE.csv\n", stderr);
    return 2;
  }
  // 1. Data -> matrices.
  core::ModelRequest model_request;
  model_request.path = argv[1];
  const core::Model model = core::read_model(model_request);

  // 2. Where the motion starts, how far it goes, how fast it is.
  sim::Problem problem;
  problem.system = model.system;
  problem.initial = core::make_zero_state(model.system);
  problem.range = model.data.range();
  const sim::Analysis analysis = sim::analyse(problem.system);
  problem.end = 20.0 * *analysis.scales.relaxation_time;
  problem.step = 0.15 / analysis.scales.fastest_rate;
  const sim::PeakSwing swing = sim::find_peak_swing(problem.system, problem.initial, analysis.fit,
                                                    analysis.scales, problem.end);

  // 3. Matrices -> circuit -> netlist.
  hw::Request request;
  request.topology = hw::Topology::gmc;
  request.initial = problem.initial;
  request.swing = {swing.offset, swing.position, swing.velocity};
  problem.design = hw::realize(problem.system, request);
  problem.deck = netlist::format_deck(problem.design.circuit);
  problem.deck_name = "ex05";

  // 4. The netlist in ngspice beside the model.
  const sim::Report report = sim::certify(problem, {});
  for (const sim::Check& check : report.checks) {
    std::printf("%-9s %10.2e %s %-8g %s\n", check.name.c_str(), check.value,
                sim::to_string(check.sense), check.limit, sim::to_string(check.status));
  }
  std::printf("verdict: %s\n", report.passed() ? "pass" : "fail");
  return report.passed() ? 0 : 1;
}
