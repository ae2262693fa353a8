// What a step of each scheme costs beside the normals that it draws, and beside ngspice.
#include <memory>
#include <vector>

#include "bench/measure.hpp"
#include "bench/systems.hpp"
#include <benchmark/benchmark.h>

#include "core/random.hpp"
#include "sim/dynamics/integrator.hpp"

using namespace springspice;

namespace {

// Runs whose normals of four steps stay in the second-level cache, as `simulate` groups them.
std::uint64_t runs_for(Eigen::Index sources) {
  return std::max<std::uint64_t>(1, 4096 / static_cast<std::uint64_t>(sources));
}

void exact_step(benchmark::State& state) {
  const auto system = bench::make_grid_system(static_cast<int>(state.range(0)));
  const auto modes = core::compute_modes(system, core::find_null_space(system.K));
  const auto exact = dynamics::make_integrator(dynamics::Scheme::exact, system, modes, 0.05);
  dynamics::Columns columns(*exact, 1, 0, runs_for(exact->sources()), 1);
  for (auto iteration : state) {
    static_cast<void>(iteration);
    exact->advance(columns, 64);
  }
  benchmark::DoNotOptimize(columns.own.data());
  state.counters["normals"] = 64.0 * static_cast<double>(columns.count() * exact->sources());
}
BENCHMARK(exact_step)->Arg(5)->Arg(10)->Arg(18)->Arg(32)->Apply(bench::measure);

// The same normals, drawn and not used.
void exact_normals(benchmark::State& state) {
  const auto nodes = static_cast<std::size_t>(state.range(0) * state.range(0));
  const std::size_t sources = 2 * nodes;
  const std::uint64_t runs = runs_for(static_cast<Eigen::Index>(sources));
  std::vector<double> four(4 * sources * runs);
  std::uint64_t block = 0;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    for (int i = 0; i < 16; ++i, ++block) {
      for (std::uint64_t run = 0; run < runs; ++run) {
        core::fill_normals({1, run + 1, 0, block}, sources, four.data() + run * sources,
                           sources * runs);
      }
    }
  }
  benchmark::DoNotOptimize(four.data());
  state.counters["normals"] = 64.0 * static_cast<double>(sources * runs);
}
BENCHMARK(exact_normals)->Arg(5)->Arg(10)->Arg(18)->Arg(32)->Apply(bench::measure);

void scheme_step(benchmark::State& state, dynamics::Scheme scheme) {
  const auto system = bench::make_grid_system(static_cast<int>(state.range(0)));
  const auto modes = core::compute_modes(system, core::find_null_space(system.K));
  const auto made = dynamics::make_integrator(scheme, system, modes, 1e-3);
  dynamics::Columns columns(*made, 1, 0, 1, 1);
  for (auto iteration : state) {
    static_cast<void>(iteration);
    made->advance(columns, 16);
  }
  benchmark::DoNotOptimize(columns.own.data());
  state.counters["steps"] = 16.0;
}
BENCHMARK_CAPTURE(scheme_step, midpoint, dynamics::Scheme::midpoint)
    ->Arg(32)
    ->Apply(bench::measure);
BENCHMARK_CAPTURE(scheme_step, baoab, dynamics::Scheme::baoab)->Arg(32)->Apply(bench::measure);
BENCHMARK_CAPTURE(scheme_step, euler, dynamics::Scheme::euler_maruyama)
    ->Arg(32)
    ->Apply(bench::measure);

}  // namespace
