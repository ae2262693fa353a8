// How a numerical benchmark is timed: by the shortest of its repetitions, which was disturbed
// least.
#pragma once

#include <algorithm>
#include <vector>

#include <benchmark/benchmark.h>

namespace springspice::bench {

inline double shortest(const std::vector<double>& times) { return std::ranges::min(times); }

/// BENCHMARK(f)->Apply(measure). Counters of constant value (bytes, points) tell bench/run.sh how
/// much work one iteration is.
inline void measure(benchmark::internal::Benchmark* which) {
  which->ComputeStatistics("min", shortest);
}

}  // namespace springspice::bench
