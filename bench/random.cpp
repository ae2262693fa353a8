// What a normal costs: each build of the kernel that this processor has, and the standard library.
#include <random>
#include <string>
#include <vector>

#include "bench/measure.hpp"
#include <benchmark/benchmark.h>

#include "core/normal_kernel.hpp"

using namespace springspice;

namespace {

constexpr int kBlocks = 256;

void normals(benchmark::State& state, core::NormalKernel kernel) {
  std::vector<double> four(4 * core::kKernelLanes);
  std::uint64_t block = 0;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    for (int i = 0; i < kBlocks; ++i) {
      kernel(1, 1, 0, block++, core::kKernelLanes, four.data(), core::kKernelLanes);
    }
    benchmark::DoNotOptimize(four.data());
  }
  state.counters["normals"] = kBlocks * static_cast<double>(four.size());
}

void normals_of_the_standard_library(benchmark::State& state) {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> draw;
  constexpr int kDraws = 65536;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    double sum = 0.0;
    for (int i = 0; i < kDraws; ++i) sum += draw(engine);
    benchmark::DoNotOptimize(sum);
  }
  state.counters["normals"] = kDraws;
}
BENCHMARK(normals_of_the_standard_library)->Apply(bench::measure);

const bool registered = [] {
  const core::KernelList list = core::supported_kernels();
  for (std::size_t k = 0; k < list.count; ++k) {
    const core::NormalKernel kernel = list.entries[k].kernel;
    bench::measure(benchmark::RegisterBenchmark(
        (std::string("normals/") + list.entries[k].name).c_str(),
        [kernel](benchmark::State& state) { normals(state, kernel); }));
  }
  return true;
}();

}  // namespace
