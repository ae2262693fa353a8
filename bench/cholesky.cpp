// Sparse Cholesky: factorisation and one solution by each backend, on K of grids with four points a
// cell in the mean and weak springs between neighbours. The limits in core/sparse_cholesky.cpp come
// from here.
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "bench/measure.hpp"

#include "core/lagrangian.hpp"
#include "core/sparse_cholesky.hpp"

using namespace springspice;
using Backend = core::SparseCholesky::Backend;

namespace {

/// Nodes along each axis, so that 32 x 32 nodes are 32.
core::SparseMatrix make_stiffness(std::size_t dimension, int nodes) {
  const double roots[] = {0.8191725133961645, 0.6710436067037893, 0.5497004779019703};
  core::DataSprings data(core::Grid(std::vector<core::Axis>(dimension, {"u", nodes - 1, 0.0, 1.0})),
                         1);
  const int points = 4 * data.grid().cell_count();
  std::vector<double> u(dimension);
  const double y = 0.0;
  for (int j = 0; j < points; ++j) {
    for (std::size_t b = 0; b < dimension; ++b) u[b] = std::fmod(j * roots[b], 1.0);
    data.add(u, {&y, 1});
  }
  core::Parameters parameters;
  parameters.neighbor_spring = 0.01;
  return core::make_system(data, parameters).K;
}

/// The matrix of the arguments dimension and nodes, made once.
const core::SparseMatrix& stiffness(const benchmark::State& state) {
  static std::pair<std::pair<std::int64_t, std::int64_t>, core::SparseMatrix> last;
  const std::pair wanted{state.range(0), state.range(1)};
  if (last.first != wanted) {
    last = {wanted, make_stiffness(static_cast<std::size_t>(wanted.first),
                                   static_cast<int>(wanted.second))};
  }
  return last.second;
}

void factor(benchmark::State& state, Backend backend) {
  const core::SparseMatrix& K = stiffness(state);
  Eigen::Index entries = 0;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    const core::SparseCholesky cholesky(K, "K", backend);
    entries = cholesky.factor_entries();
  }
  state.counters["entries"] = static_cast<double>(entries);
}

void solve(benchmark::State& state, Backend backend) {
  const core::SparseMatrix& K = stiffness(state);
  const core::SparseCholesky cholesky(K, "K", backend);
  Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(K.rows(), -1.0, 1.0);
  for (auto iteration : state) {
    static_cast<void>(iteration);
    cholesky.solve_in_place(x);
    x.normalize();  // else it leaves the range of double, which takes another time
  }
  benchmark::DoNotOptimize(x.data());
}

void both(benchmark::internal::Benchmark* which) {
  bench::measure(which);
  for (const int nodes : {5, 9, 32, 128, 256}) which->Args({2, nodes});
  which->Args({3, 20});
}

/// Eigen's factorisation of these takes minutes.
void large(benchmark::internal::Benchmark* which) {
  bench::measure(which);
  which->Args({2, 512})->Args({2, 1000})->Iterations(1)->Repetitions(2);
}

BENCHMARK_CAPTURE(factor, eigen, Backend::eigen)->Apply(both);
BENCHMARK_CAPTURE(solve, eigen, Backend::eigen)->Apply(both);
BENCHMARK_CAPTURE(factor, cholmod, Backend::cholmod)->Apply(both);
BENCHMARK_CAPTURE(solve, cholmod, Backend::cholmod)->Apply(both);
BENCHMARK_CAPTURE(factor, large, Backend::cholmod)->Apply(large);
BENCHMARK_CAPTURE(solve, large, Backend::cholmod)->Apply(large);

}  // namespace
