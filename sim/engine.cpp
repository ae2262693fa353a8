#include "sim/engine.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "sim/ngspice_words.hpp"
#include "sim/worker/job.hpp"
#include "sim/worker/process.hpp"
#include "sim/worker/session.hpp"

namespace springspice::sim {

namespace {

using Clock = WorkerProcess::Clock;
using Reason = EngineError::Reason;

/// The names of a circuit's vectors; empty if they cannot be had.
std::vector<std::string> list_names(EngineOptions options, const std::string& deck) {
  options.on_start = nullptr;
  options.on_progress = nullptr;
  Session session(options, make_names_job(deck), 0.0);
  try {
    session.run({});
  } catch (const EngineError&) {
    return {};
  }
  return session.names();
}

[[noreturn]] void fail_unknown(const std::string& name, const std::vector<std::string>& names) {
  throw EngineError(Reason::unknown_node, format_unknown(name, names));
}

/// ngspice gives an unknown node the noise 0. (A deck that has no names is refused later.)
void check_noise_node(const EngineOptions& options, const Run& run) {
  const auto* noise = std::get_if<NoiseRun>(&run.analysis);
  if (noise == nullptr) return;
  const std::vector<std::string> names = list_names(options, run.deck);
  const std::string node = noise_node(*noise);
  if (!names.empty() && std::ranges::find(names, node) == names.end()) fail_unknown(node, names);
}

void check_missing(const Session& session, const EngineOptions& options, const std::string& deck) {
  if (session.missing().empty()) return;
  fail_unknown(session.missing(), list_names(options, deck));
}

RunSummary summary_of(const Session& session, Clock::time_point start) {
  const std::chrono::duration<double> wall = Clock::now() - start;
  return {session.points(), wall.count(), session.words().version(), session.words().log()};
}

}  // namespace

Engine::Engine(EngineOptions options) : options_(std::move(options)) {
  options_.worker = find_worker(options_.worker);
}

RunSummary Engine::run(const Run& run, const OnPoint& on_point) {
  const auto start = Clock::now();
  protocol::Job job = make_job(run);
  check_noise_node(options_, run);
  Session session(options_, std::move(job), end_of(run));
  session.run(on_point);
  check_missing(session, options_, run.deck);
  return summary_of(session, start);
}

// ---- the same transient again and again

struct TransientSeries::Worker {
  Worker(const EngineOptions& options, protocol::Job job, double end_s)
      : session(options, std::move(job), end_s) {}
  Session session;
  int runs = 0;
};

TransientSeries::TransientSeries(EngineOptions options, Run run)
    : options_(std::move(options)), run_(std::move(run)) {
  const auto* transient = std::get_if<TransientRun>(&run_.analysis);
  if (transient == nullptr || !transient->grid || !transient->noise || !transient->use_initial) {
    throw std::invalid_argument(
        "a TransientSeries repeats a TransientRun with a grid, noise and use_initial");
  }
  make_job(run_);  // its numbers are looked at now, not at the first run
  options_.worker = find_worker(options_.worker);
}

TransientSeries::~TransientSeries() = default;

void TransientSeries::run_first(std::uint64_t noise_run, const OnPoint& on_point) {
  std::get<TransientRun>(run_.analysis).noise->run = noise_run;
  protocol::Job job = make_job(run_);
  job.repeats = true;
  worker_.reset();  // the old one ends before the new one starts
  worker_ = std::make_unique<Worker>(options_, std::move(job), end_of(run_));
  worker_->session.run(on_point);
  check_missing(worker_->session, options_, run_.deck);
}

RunSummary TransientSeries::run(std::uint64_t noise_run, const OnPoint& on_point) {
  // ngspice leaks about 27 kB a run: 13 MB a worker.
  constexpr int runs_per_worker = 500;
  const auto start = Clock::now();
  try {
    if (worker_ == nullptr || worker_->runs >= runs_per_worker) {
      run_first(noise_run, on_point);
    } else {
      worker_->session.run_again(noise_run, on_point);
    }
  } catch (...) {
    worker_.reset();
    throw;
  }
  ++worker_->runs;
  return summary_of(worker_->session, start);
}

}  // namespace springspice::sim
