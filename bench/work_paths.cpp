// Work along trajectories: the ramp whose speed is promised, and from which size on midpoint's
// sparse steps beat dense exact ones.
#include "sim/thermo/work_paths.hpp"

#include "bench/measure.hpp"
#include "bench/systems.hpp"
#include <benchmark/benchmark.h>

using namespace springspice;

namespace {

core::EnergySystem make_chain(int sticks, double spring) {
  core::DataSprings data(core::Grid({{"u", sticks, -1.0, 1.0}}), 1);
  const int points = 4 * sticks;
  for (int j = 0; j < points; ++j) {
    const double u = -1.0 + (2.0 * j + 1.0) / points, y = u * u;
    data.add({&u, 1}, {&y, 1});
  }
  core::Parameters parameters = bench::make_grid_parameters();
  parameters.spring = spring;
  return {core::make_system(data, parameters), core::potential_constant(data, parameters)};
}

core::EnergySystem make_sheet(int nodes, double spring) {
  core::Parameters parameters = bench::make_grid_parameters();
  parameters.spring = spring;
  const core::DataSprings data = bench::make_grid_data(nodes);
  return {core::make_system(data, parameters), core::potential_constant(data, parameters)};
}

thermo::Protocol make_ramp(core::EnergySystem from, core::EnergySystem to) {
  thermo::Protocol protocol;
  protocol.from = std::move(from);
  protocol.to = std::move(to);
  protocol.duration = 10.0;
  protocol.steps = 100;
  return protocol;
}

void sample(benchmark::State& state, const thermo::Protocol& protocol, dynamics::Scheme scheme,
            std::uint64_t runs, int threads) {
  thermo::WorkPlan plan;
  plan.runs = runs;
  plan.threads = threads;
  plan.scheme = scheme;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    benchmark::DoNotOptimize(thermo::sample_work(protocol, plan).work.data());
  }
}

// 20,000 runs of 4 sticks, 100 steps.
void work_of_a_ramp(benchmark::State& state, dynamics::Scheme scheme) {
  sample(state, make_ramp(make_chain(4, 0.5), make_chain(4, 2.0)), scheme, 20000,
         static_cast<int>(state.range(0)));
}
BENCHMARK_CAPTURE(work_of_a_ramp, exact, dynamics::Scheme::exact)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Apply(bench::measure);
BENCHMARK_CAPTURE(work_of_a_ramp, midpoint, dynamics::Scheme::midpoint)
    ->Arg(2)
    ->UseRealTime()
    ->Apply(bench::measure);

// 1,000 runs, one thread.
void work_on_a_chain(benchmark::State& state, dynamics::Scheme scheme) {
  const auto sticks = static_cast<int>(state.range(0));
  sample(state, make_ramp(make_chain(sticks, 0.5), make_chain(sticks, 2.0)), scheme, 1000, 1);
}
BENCHMARK_CAPTURE(work_on_a_chain, exact, dynamics::Scheme::exact)
    ->Arg(15)
    ->Arg(31)
    ->Arg(63)
    ->Arg(127)
    ->Apply(bench::measure);
BENCHMARK_CAPTURE(work_on_a_chain, midpoint, dynamics::Scheme::midpoint)
    ->Arg(15)
    ->Arg(31)
    ->Arg(63)
    ->Arg(127)
    ->Apply(bench::measure);

void work_on_a_sheet(benchmark::State& state, dynamics::Scheme scheme) {
  const auto nodes = static_cast<int>(state.range(0));
  sample(state, make_ramp(make_sheet(nodes, 0.5), make_sheet(nodes, 2.0)), scheme, 1000, 1);
}
BENCHMARK_CAPTURE(work_on_a_sheet, exact, dynamics::Scheme::exact)
    ->Arg(4)
    ->Arg(8)
    ->Arg(12)
    ->Arg(16)
    ->Apply(bench::measure);
BENCHMARK_CAPTURE(work_on_a_sheet, midpoint, dynamics::Scheme::midpoint)
    ->Arg(4)
    ->Arg(8)
    ->Arg(12)
    ->Arg(16)
    ->Apply(bench::measure);

}  // namespace
