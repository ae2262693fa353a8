// What the harness costs, and what a second worker brings.
//
//   run_full      one transient as an ensemble runs it: steps on the grid, every source of Johnson
//                 noise driven, every position and velocity streamed and read
//   run_bare      the same circuit, step and number of points in plain ngspice: constant sources,
//                 no grid, one vector, nothing streamed but its last point
//   run_no_noise, run_only_last   run_full without its noise; without its streams
//   ensemble/N    the same runs over N workers
//
// All run the 5x5 nodes of a grid of 4x4 sticks as `gmc`.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/data_springs.hpp"
#include "core/initial_state.hpp"
#include "core/lagrangian.hpp"
#include "core/noise_path.hpp"
#include "hw/realization.hpp"
#include "netlist/writer.hpp"
#include "sim/engine.hpp"
#include "sim/ensemble.hpp"

using namespace springspice;

namespace {

constexpr int points = 20'000;
constexpr double step = 0.01;  ///< in units of the model's time

/// y = s^2 - 0.3 s with s = u1 + u2, points spread evenly by the powers of the golden ratio.
core::SecondOrderSystem make_system() {
  core::DataSprings data(core::Grid({{"u1", 4, 0.0, 1.0}, {"u2", 4, 0.0, 1.0}}), 1);
  for (int j = 0; j < 200; ++j) {
    const double u[] = {std::fmod(j * 0.6180339887498949, 1.0),
                        std::fmod(j * 0.3819660112501051, 1.0)};
    const double sum = u[0] + u[1];
    const double y = sum * sum - 0.3 * sum;
    data.add(u, {&y, 1});
  }
  core::Parameters parameters;
  parameters.kT = 0.1;
  return core::make_system(data, parameters);
}

netlist::Design make_design() {
  const core::SecondOrderSystem system = make_system();
  hw::Request request;
  request.topology = hw::Topology::gmc;
  request.initial = core::make_zero_state(system);
  request.swing = {.offset = Eigen::VectorXd::Constant(1, 1.0), .position = 3.0, .velocity = 4.0};
  request.step = step;
  request.end = step * points;
  return hw::realize(system, request);
}

const netlist::Design& design() {
  static const netlist::Design made = make_design();
  return made;
}

double step_s() { return step * design().scales.time_s; }

/// The deck with a current source beside each noisy resistor; `value` ends its card.
std::string deck_with_sources(const std::string& value, const std::string& options) {
  std::string deck = netlist::format_deck(design().circuit);
  std::string lines;
  for (const netlist::NoiseSource& noise : design().noise) {
    const std::string& resistor = noise.incidence.front().where;
    const std::vector<std::string>& nodes = design().circuit.find(resistor)->nodes;
    lines.append("i" + resistor).append(" " + nodes[0]).append(" " + nodes[1]);
    lines.append(" " + value + "\n");
  }
  lines.append(".options method=trap trtol=1e12 " + options + "\n");
  return deck.insert(deck.rfind(".end"), lines);
}

sim::ExternalNoise make_noise() {
  sim::ExternalNoise noise{1, 0, step_s(), {}};
  std::uint64_t stream = 0;
  for (const netlist::NoiseSource& source : design().noise) {
    const double amplitude = core::NoisePath(1, 0, step_s()).amplitude(source.density);
    noise.sources.push_back({"i" + source.incidence.front().where, stream++, amplitude});
  }
  return noise;
}

std::vector<std::string> all_vectors() {
  std::vector<std::string> vectors;
  for (const netlist::Probe& probe : design().probes) vectors.push_back(probe.node);
  return vectors;
}

sim::TransientRun grid_transient(int count) {
  sim::TransientRun transient;
  transient.stop_s = count * step_s();
  transient.max_step_s = step_s();
  transient.grid = sim::StepGrid{step_s()};
  return transient;
}

sim::Run full_run(int count = points) {
  sim::TransientRun transient = grid_transient(count);
  transient.noise = make_noise();
  return {deck_with_sources("external", ""), transient, all_vectors()};
}

sim::Run bare_run() {
  sim::TransientRun transient;
  transient.step_s = step_s();
  transient.stop_s = points * step_s();
  transient.max_step_s = step_s();
  transient.only_last = true;
  return {deck_with_sources("dc 0", ""), transient, {all_vectors().front()}};
}

/// Wall time is what counts: the work is done in another process.
void run(benchmark::State& state, const sim::Run& what) {
  sim::Engine engine;
  std::size_t count = 0;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    double sum = 0.0;
    engine.run(what, [&](double, std::span<const std::complex<double>> values) {
      ++count;
      for (const std::complex<double> value : values) sum += value.real();
    });
    benchmark::DoNotOptimize(sum);
  }
  state.counters["points"] = static_cast<double>(count) / static_cast<double>(state.iterations());
}

void run_full(benchmark::State& state) { run(state, full_run()); }
void run_bare(benchmark::State& state) { run(state, bare_run()); }

void run_no_noise(benchmark::State& state) {
  run(state, {deck_with_sources("dc 0", ""), grid_transient(points), all_vectors()});
}

void run_only_last(benchmark::State& state) {
  sim::Run what = full_run();
  std::get<sim::TransientRun>(what.analysis).only_last = true;
  run(state, what);
}

void ensemble(benchmark::State& state) {
  sim::EnsembleOptions options;
  options.runs = 40;
  options.workers = static_cast<int>(state.range(0));
  const sim::Run what = full_run(2000);
  for (auto iteration : state) {
    static_cast<void>(iteration);
    double sum = 0.0;
    sim::run_ensemble(what, options, [&](std::uint64_t, std::span<const double> values) {
      for (const double value : values) sum += value;
    });
    benchmark::DoNotOptimize(sum);
  }
}

/// The shortest of the repetitions: the one that was disturbed least.
double shortest(const std::vector<double>& times) { return std::ranges::min(times); }

void measure(benchmark::internal::Benchmark* which) {
  which->UseRealTime()->Unit(benchmark::kMillisecond)->ComputeStatistics("min", shortest);
}

BENCHMARK(run_bare)->Apply(measure);
BENCHMARK(run_no_noise)->Apply(measure);
BENCHMARK(run_only_last)->Apply(measure);
BENCHMARK(run_full)->Apply(measure);
BENCHMARK(ensemble)->Arg(1)->Arg(2)->Apply(measure);

}  // namespace

BENCHMARK_MAIN();
