// Many runs of one transient with noise, over several processes.
//
//     run r = 0 .. runs - 1  ->  the values of the last point, in the order of r
//
// The noise of run r is a pure function of (seed, r) (core/noise_path.hpp), a worker's numbers do
// not depend on what it ran before (TransientSeries), and the results come in order on one thread:
// a sum over the runs is the same to the last bit for any number of workers.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "sim/engine.hpp"

namespace springspice::sim {

struct EnsembleOptions {
  std::uint64_t runs = 0;
  int workers = 1;  ///< processes, and as many threads here
  /// time_limit_s is that of one run. on_start is called from the workers' threads, at any time;
  /// on_progress is not called.
  EngineOptions engine;
  std::function<void(double fraction)> on_progress;  ///< runs done, on the calling thread
};

struct EnsembleSummary {
  std::uint64_t runs = 0;
  std::uint64_t repeated = 0;  ///< runs that failed once
  double wall_s = 0.0;
  std::string version;  ///< ngspice's
};

/// The values of Run::vectors at the last point; the span lives until the callback returns.
using OnRun = std::function<void(std::uint64_t run, std::span<const double> values)>;

/// @param run  a TransientRun with a grid, noise and use_initial; only_last and the noise's run are
///             set here
///
/// A run that fails (a worker that crashes, hangs or stops early) is repeated once, by a new
/// worker. One that fails twice is thrown after all runs before it have been given to on_run.
/// Memory does not grow with the runs: no run starts before the one 4 workers ahead of it is done.
///
/// Whatever is thrown, here or by a callback, all workers are ended first, and nothing is left.
/// @throws EngineError, whose text names the run and quotes ngspice; std::invalid_argument for
/// numbers or names that are no run; std::system_error
EnsembleSummary run_ensemble(const Run& run, const EnsembleOptions& options, const OnRun& on_run);

}  // namespace springspice::sim
