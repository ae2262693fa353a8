#include "sim/ensemble.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace springspice::sim {

namespace {

using Values = std::vector<double>;

/// What became of a run.
struct Outcome {
  Values values;
  std::exception_ptr error;
};

/// Threads that take the next run, compute it, and put its outcome into the ring, where the calling
/// thread takes it out in order.
class Pool {
 public:
  Pool(const Run& run, const EnsembleOptions& options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// The next run's values, in order.
  Values take();
  std::uint64_t repeated() const { return repeated_; }
  const std::string& version() const { return version_; }

 private:
  void end();
  void work();
  std::optional<std::uint64_t> next_run();
  Outcome compute(TransientSeries& series, std::uint64_t r);
  Values compute_once(TransientSeries& series, std::uint64_t r);
  void put(std::uint64_t r, Outcome outcome);
  std::optional<Outcome>& slot(std::uint64_t r) { return ring_[r % ring_.size()]; }

  const std::uint64_t runs_;
  const std::stop_token asked_to_stop_;
  std::stop_source stop_;
  EngineOptions engine_;
  Run run_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<Outcome>> ring_;
  std::uint64_t started_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t repeated_ = 0;
  std::string version_;
  std::vector<std::thread> threads_;
};

Pool::Pool(const Run& run, const EnsembleOptions& options)
    : runs_(options.runs),
      asked_to_stop_(options.engine.stop),
      engine_(options.engine),
      run_(run),
      ring_(4 * static_cast<std::size_t>(options.workers)) {
  std::get<TransientRun>(run_.analysis).only_last = true;
  engine_.stop = stop_.get_token();
  engine_.on_progress = nullptr;
  const auto count = std::min(runs_, static_cast<std::uint64_t>(options.workers));
  try {
    for (std::uint64_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {  // the system has no thread to give, and no destructor will run
    end();
    throw;
  }
}

Pool::~Pool() { end(); }

void Pool::end() {
  {
    const std::lock_guard lock(mutex_);
    stop_.request_stop();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Pool::work() {
  std::optional<TransientSeries> series;
  while (const std::optional<std::uint64_t> r = next_run()) {
    Outcome outcome;
    try {
      if (!series) series.emplace(engine_, run_);
      outcome = compute(*series, *r);
    } catch (...) {
      outcome.error = std::current_exception();
    }
    put(*r, std::move(outcome));
  }
}

/// Waits while the oldest run is too far behind; none if there is nothing left to do.
std::optional<std::uint64_t> Pool::next_run() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return stop_.stop_requested() || started_ == runs_ || started_ < taken_ + ring_.size();
  });
  if (stop_.stop_requested() || started_ == runs_) return {};
  return started_++;
}

Outcome Pool::compute(TransientSeries& series, std::uint64_t r) {
  try {
    return {compute_once(series, r), nullptr};
  } catch (const EngineError&) {
    const std::lock_guard lock(mutex_);
    ++repeated_;
  }
  try {
    return {compute_once(series, r), nullptr};
  } catch (const EngineError& error) {
    const EngineError named(error.reason(),
                            fmt::format("run {} of {}, tried twice: {}", r, runs_, error.what()));
    return {{}, std::make_exception_ptr(named)};
  }
}

Values Pool::compute_once(TransientSeries& series, std::uint64_t r) {
  Values values;
  const RunSummary summary =
      series.run(r, [&](double, std::span<const std::complex<double>> point) {
        values.clear();
        for (const std::complex<double> value : point) values.push_back(value.real());
      });
  const std::lock_guard lock(mutex_);
  if (version_.empty()) version_ = summary.version;
  return values;
}

void Pool::put(std::uint64_t r, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  slot(r) = std::move(outcome);
  changed_.notify_all();
}

Values Pool::take() {
  // The caller's own request to stop does not wake anybody.
  constexpr std::chrono::milliseconds stop_slice(50);
  std::unique_lock lock(mutex_);
  while (!slot(taken_)) {
    if (asked_to_stop_.stop_requested()) {
      throw EngineError(
          EngineError::Reason::stopped,
          fmt::format("the ensemble was stopped from outside after {} of {} runs", taken_, runs_));
    }
    if (asked_to_stop_.stop_possible()) {
      changed_.wait_for(lock, stop_slice);
    } else {
      changed_.wait(lock);
    }
  }
  const Outcome outcome = std::move(*slot(taken_));
  slot(taken_).reset();
  ++taken_;
  lock.unlock();
  changed_.notify_all();
  if (outcome.error) std::rethrow_exception(outcome.error);
  return outcome.values;
}

void check(const Run& run, const EnsembleOptions& options) {
  if (options.workers < 1) {
    throw std::invalid_argument(
        fmt::format("EnsembleOptions::workers is {}; it must be 1 or more", options.workers));
  }
  const TransientSeries looked_at(options.engine, run);
}

}  // namespace

EnsembleSummary run_ensemble(const Run& run, const EnsembleOptions& options, const OnRun& on_run) {
  const auto start = std::chrono::steady_clock::now();
  check(run, options);
  Pool pool(run, options);
  for (std::uint64_t r = 0; r < options.runs; ++r) {
    const Values values = pool.take();
    if (on_run) on_run(r, values);
    if (options.on_progress) {
      options.on_progress(static_cast<double>(r + 1) / static_cast<double>(options.runs));
    }
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {options.runs, pool.repeated(), wall.count(), pool.version()};
}

}  // namespace springspice::sim
