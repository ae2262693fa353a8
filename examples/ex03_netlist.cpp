// From a system to a circuit: the op-amp board of one stick, printed as a SPICE deck.
//
// Sample run:
//   ex03_netlist
#include <cstdio>
#include <string>

#include "core/data_springs.hpp"
#include "core/initial_state.hpp"
#include "core/lagrangian.hpp"
#include "hw/realization.hpp"
#include "netlist/parser.hpp"
#include "netlist/writer.hpp"

using namespace springspice;

int main() {
  const core::Grid grid({{.name = "u", .sticks = 1, .lower = 0.0, .upper = 1.0}});
  core::DataSprings data(grid, 1);
  for (const double u : {0.0, 0.2, 0.5, 0.7, 1.0}) {
    const double y = 2.0 * u + 1.0;
    data.add({&u, 1}, {&y, 1});
  }
  const core::SecondOrderSystem system = core::make_system(data, {});

  hw::Request request;
  request.topology = hw::Topology::opamp;
  request.initial = core::make_zero_state(system);
  // Positions go from 0 to 4 or so, velocities to 4: what the scales must hold within a volt.
  request.swing = {.offset = Eigen::VectorXd::Constant(1, 2.0), .position = 2.5, .velocity = 4.0};
  request.step = 0.01;
  request.end = 20.0;
  const netlist::Design design = hw::realize(system, request);

  const std::string deck = netlist::format_deck(design.circuit);
  std::fputs(deck.c_str(), stdout);
  std::printf("* one unit of model time is %g s\n", design.scales.time_s);

  // What was written reads back as the same circuit.
  const netlist::Circuit again = netlist::parse_deck(deck, "ex03");
  return netlist::format_deck(again) == deck ? 0 : 1;
}
