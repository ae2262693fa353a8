// Condensing data into springs: points in memory through DataSprings::add, in cells at random.
#include <cmath>
#include <vector>

#include "bench/measure.hpp"

#include "core/data_springs.hpp"

using namespace springspice;

namespace {

constexpr std::size_t kPoints = 1'000'000;

/// One target and `dimension` inputs a point, one after the other; spread by the powers of a root.
std::vector<double> make_points(std::size_t dimension) {
  const double roots[] = {0.8191725133961645, 0.6710436067037893, 0.5497004779019703};
  std::vector<double> values;
  values.reserve(kPoints * (dimension + 1));
  for (std::size_t j = 0; j < kPoints; ++j) {
    double sum = 0.0;
    for (std::size_t b = 0; b < dimension; ++b) {
      values.push_back(std::fmod(static_cast<double>(j) * roots[b], 1.0));
      sum += values.back();
    }
    values.push_back(std::sin(3.0 * sum));
  }
  return values;
}

/// Arguments: dimension, sticks along each axis.
void assembly(benchmark::State& state) {
  const auto dimension = static_cast<std::size_t>(state.range(0));
  const std::vector<double> values = make_points(dimension);
  const core::Grid grid(
      std::vector<core::Axis>(dimension, {"u", static_cast<int>(state.range(1)), 0.0, 1.0}));
  for (auto iteration : state) {
    static_cast<void>(iteration);
    core::DataSprings data(grid, 1);
    for (std::size_t j = 0; j < kPoints; ++j) {
      const double* const point = values.data() + j * (dimension + 1);
      data.add({point, dimension}, {point + dimension, 1});
    }
    benchmark::DoNotOptimize(data.irreducible_squares().data());
  }
  state.counters["points"] = static_cast<double>(kPoints);
}

BENCHMARK(assembly)
    ->Args({1, 64})
    ->Args({2, 8})
    ->Args({2, 32})
    ->Args({2, 256})
    ->Args({3, 8})
    ->Apply(bench::measure);

}  // namespace
