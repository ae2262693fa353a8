// A draw of a circuit of 32x32 sticks, every resistor, capacitor and transconductor with a
// tolerance: prediction error, slowest time and temperatures, two threads.
//
// A draw's time is that of the draws between the first and the last, so that what is done once for
// all of them (the modes of the nominal circuit, the sensitivities) drops out.
#include "sim/tolerance/tolerance.hpp"

#include <chrono>

#include "bench/measure.hpp"
#include "bench/systems.hpp"
#include <benchmark/benchmark.h>

#include "core/fit.hpp"
#include "core/initial_state.hpp"
#include "hw/realization.hpp"

using namespace springspice;

namespace {

constexpr int kNodes = 33;
constexpr std::uint64_t kDraws = 20;

sim::Problem make_problem(hw::Topology topology) {
  sim::Problem problem;
  problem.system = bench::make_grid_system(kNodes);
  problem.initial = core::make_zero_state(problem.system);
  hw::Request request;
  request.topology = topology;
  request.initial = problem.initial;
  request.swing = {.offset = Eigen::VectorXd::Constant(1, 1.0), .position = 3.0, .velocity = 4.0};
  request.step = 1e-3;
  request.end = 1.0;
  problem.design = hw::realize(problem.system, request);
  return problem;
}

std::vector<sim::PartSpread> spread_parts(const netlist::Design& design) {
  using netlist::Kind;
  std::vector<sim::PartSpread> spreads;
  for (const netlist::Element& element : design.circuit.elements()) {
    const bool passive = element.kind == Kind::resistor || element.kind == Kind::capacitor;
    const bool ota = element.kind == Kind::instance && element.references[0] == "ota_ideal";
    if (passive || ota) spreads.push_back({element.name, 0.01});
  }
  return spreads;
}

void tolerance(benchmark::State& state, hw::Topology topology) {
  using Clock = std::chrono::steady_clock;
  const sim::Problem problem = make_problem(topology);
  sim::ToleranceRequest request{
      .problem = problem,
      .spreads = spread_parts(problem.design),
      .error = core::make_prediction_error(bench::make_grid_data(kNodes)),
      .reference = core::solve_fit(problem.system, core::find_null_space(problem.system.K))};
  request.draws = kDraws + 1;
  request.threads = 2;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    Clock::time_point first;
    Clock::time_point last;
    request.on_progress = [&](double) {
      last = Clock::now();
      if (first == Clock::time_point()) first = last;
    };
    benchmark::DoNotOptimize(sim::run_tolerance(request));
    state.SetIterationTime(std::chrono::duration<double>(last - first).count());
  }
  state.counters["draws"] = static_cast<double>(kDraws);
}
BENCHMARK_CAPTURE(tolerance, gmc, hw::Topology::gmc)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(1)
    ->Apply(bench::measure);
BENCHMARK_CAPTURE(tolerance, opamp, hw::Topology::opamp)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(1)
    ->Apply(bench::measure);

}  // namespace
