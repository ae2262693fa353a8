// A trapezoidal step of 32x32 nodes in ngspice, for each realization that it can run at that size;
// `scheme_step/midpoint/32` (integrators.cpp) is the same rule on the same system.
//
// A step's time is that of 40 more steps, so that reading and setting up the circuit drop out.
#include <chrono>
#include <complex>

#include "bench/measure.hpp"
#include "bench/systems.hpp"
#include <benchmark/benchmark.h>

#include "core/initial_state.hpp"
#include "core/springs.hpp"
#include "hw/realization.hpp"
#include "netlist/writer.hpp"
#include "sim/engine.hpp"

using namespace springspice;

namespace {

constexpr double kStep = 1e-3;
constexpr int kSteps = 40;

netlist::Design make_design(hw::Topology topology) {
  const core::SecondOrderSystem system = bench::make_grid_system(32);
  const std::vector<core::Spring> springs = bench::make_grid_springs(32);
  hw::Request request;
  request.topology = topology;
  request.initial = core::make_zero_state(system);
  request.swing = {.offset = Eigen::VectorXd::Constant(1, 1.0), .position = 3.0, .velocity = 4.0};
  request.step = kStep;
  request.end = kStep * 10 * kSteps;
  if (topology == hw::Topology::rlc) request.springs = springs;
  return hw::realize(system, request);
}

double run(sim::Engine& engine, const netlist::Design& design, const std::string& deck, int steps) {
  const double step_s = kStep * design.scales.time_s;
  sim::TransientRun transient;
  transient.stop_s = steps * step_s;
  transient.max_step_s = step_s;
  transient.grid = sim::StepGrid{step_s};
  transient.only_last = true;
  const auto start = std::chrono::steady_clock::now();
  engine.run({deck, transient, {design.probes.front().node}},
             [](double, std::span<const std::complex<double>>) {});
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void circuit_step(benchmark::State& state, hw::Topology topology) {
  const netlist::Design design = make_design(topology);
  std::string deck = netlist::format_deck(design.circuit);
  deck.insert(deck.rfind(".end"), ".options method=trap trtol=1e12\n");
  sim::Engine engine;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    const double few = run(engine, design, deck, kSteps);
    const double many = run(engine, design, deck, 2 * kSteps);
    state.SetIterationTime(std::max(1e-9, many - few));
  }
  state.counters["steps"] = kSteps;
}
BENCHMARK_CAPTURE(circuit_step, gmc, hw::Topology::gmc)
    ->UseManualTime()
    ->Iterations(1)
    ->Apply(bench::measure);
BENCHMARK_CAPTURE(circuit_step, rlc, hw::Topology::rlc)
    ->UseManualTime()
    ->Iterations(1)
    ->Apply(bench::measure);
BENCHMARK_CAPTURE(circuit_step, opamp, hw::Topology::opamp)
    ->UseManualTime()
    ->Iterations(1)
    ->Apply(bench::measure);

}  // namespace
