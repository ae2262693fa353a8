// One epoch of the protocol of arXiv 2508.19015, Section 3.1: 4x4 sticks, 160 points, 10 batches of
// 16, each for a time of 0.1 at gamma = 10, all in: order of the rows, stability, steps, loss of
// the last batch.
//
//   train_epoch/euler        100 explicit Euler steps a batch; target 1 ms
//   train_epoch/euler_noise  the same at a temperature: 25,000 normals
//   train_epoch/exact        the exact propagator; target 0.2 ms
//   train_epoch/exact_noise  the same at a temperature
#include "sim/training/train.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include "bench/measure.hpp"
#include <benchmark/benchmark.h>

#include "core/initial_state.hpp"
#include "sim/training/input_groups.hpp"

using namespace springspice;

namespace {

/// y = x^2 + x y^2 on [-pi, pi]^2, points spread evenly by the powers of the golden ratio.
core::DataRows make_rows() {
  core::DataRows rows;
  rows.input_names = {"u", "v"};
  rows.inputs.resize(160, 2);
  rows.targets.resize(160, 1);
  for (int j = 0; j < 160; ++j) {
    const double pi = std::acos(-1.0);
    const double u = pi * (2.0 * std::fmod(j * 0.6180339887498949, 1.0) - 1.0);
    const double v = pi * (2.0 * std::fmod(j * 0.3819660112501051, 1.0) - 1.0);
    rows.inputs.row(j) << u, v;
    rows.targets(j, 0) = u * u + u * v * v;
  }
  return rows;
}

void train_epoch(benchmark::State& state, std::optional<std::int64_t> steps, double kT) {
  const core::DataRows rows = make_rows();
  const auto groups = training::make_groups({{0, 1}}, core::make_axes(rows, "4x4", std::nullopt));
  std::vector<int> all(160);
  std::iota(all.begin(), all.end(), 0);
  core::Parameters parameters;
  parameters.friction = 10.0;
  parameters.kT = kT;
  training::LearningSystem system = training::make_learning_system(groups, rows, all, parameters);
  const core::State start = core::make_zero_state(system.rest);
  training::TrainingPlan plan;
  plan.steps = steps;
  training::Training training({std::move(system)}, {training::make_spring_rows(groups, rows, all)},
                              plan, {start});
  for (auto _ : state) {
    training.run_epoch();
    benchmark::DoNotOptimize(training.states().front().x.data());
  }
}

}  // namespace

BENCHMARK_CAPTURE(train_epoch, euler, 100, 0.0)->Apply(bench::measure);
BENCHMARK_CAPTURE(train_epoch, euler_noise, 100, 0.1)->Apply(bench::measure);
BENCHMARK_CAPTURE(train_epoch, exact, std::nullopt, 0.0)->Apply(bench::measure);
BENCHMARK_CAPTURE(train_epoch, exact_noise, std::nullopt, 0.1)->Apply(bench::measure);
