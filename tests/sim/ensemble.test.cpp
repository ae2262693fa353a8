// Ensembles: the same numbers for any number of workers, and whatever happens to them.
#include "sim/ensemble.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/sim/engine_runs.hpp"

using namespace engine_runs;

namespace {

const std::string noisy_deck =
    "noisy\n"
    "C1 a 0 1\nC2 b 0 2\nI1 0 a external\nI2 0 b external\n"
    "G11 a 0 a 0 0.01\nG12 a 0 b 0 1\nG21 b 0 a 0 -1\nG22 b 0 b 0 0.02\n"
    ".ic v(a)=1 v(b)=-0.5\n"
    ".options method=trap trtol=1e12\n.end\n";

Run noisy_run(int points) {
  TransientRun transient = grid_run(0.05, 0.05 * points);
  transient.noise = {42, 0, 0.05, {{"i1", 0, 0.2}, {"i2", 1, 0.3}}};
  return {noisy_deck, transient, {"a", "b"}};
}

/// Takes 0.2 s or so: time to do something to it.
Run long_run() { return noisy_run(20'000); }

struct Ensemble {
  EnsembleSummary summary;
  std::vector<std::vector<double>> values;
};

Ensemble collect(const Run& run, const EnsembleOptions& options) {
  Ensemble ensemble;
  ensemble.summary = run_ensemble(run, options, [&](std::uint64_t r, std::span<const double> row) {
    CHECK(r == ensemble.values.size());
    ensemble.values.emplace_back(row.begin(), row.end());
  });
  return ensemble;
}

EnsembleOptions options_for(std::uint64_t runs, int workers) {
  EnsembleOptions options;
  options.runs = runs;
  options.workers = workers;
  return options;
}

EngineError error_of(const Run& run, const EnsembleOptions& options) {
  try {
    run_ensemble(run, options, nullptr);
  } catch (const EngineError& error) {
    return error;
  }
  FAIL("the ensemble came to its end");
  std::abort();
}

/// Does something to some of the workers, a moment after each has started.
class Saboteur {
 public:
  explicit Saboteur(int signal) : signal_(signal) {}
  ~Saboteur() { join(); }
  /// @param victims  so many of the workers, the first ones
  std::function<void(pid_t)> hook(int victims) {
    left_ = victims;
    return [this](pid_t pid) {
      if (left_-- <= 0) return;
      const std::lock_guard lock(mutex_);
      threads_.emplace_back([this, pid] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        ::kill(pid, signal_);
      });
    };
  }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  int signal_;
  std::atomic<int> left_{0};
  std::mutex mutex_;
  std::vector<std::thread> threads_;
};

void check_no_child_left() {
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

}  // namespace

TEST_CASE("an ensemble gives the same numbers for any number of workers") {
  const Run run = noisy_run(200);
  const Ensemble one = collect(run, options_for(25, 1));
  REQUIRE(one.values.size() == 25);
  CHECK(one.summary.runs == 25);
  CHECK(one.summary.repeated == 0);
  CHECK(std::stod(one.summary.version) >= 38);
  for (const int workers : {2, 3, 40})
    CHECK(collect(run, options_for(25, workers)).values == one.values);

  // And those of a single run.
  Run single = run;
  std::get<TransientRun>(single.analysis).noise->run = 17;
  const Point last = engine_runs::collect(single).points.back();
  CHECK(one.values[17] == std::vector<double>{last.values[0].real(), last.values[1].real()});
  CHECK(one.values[17] != one.values[16]);
}

TEST_CASE("progress rises to 1 on the calling thread; no runs are no work") {
  EnsembleOptions options = options_for(10, 2);
  std::vector<double> seen;
  const auto here = std::this_thread::get_id();
  options.on_progress = [&](double fraction) {
    CHECK(std::this_thread::get_id() == here);
    seen.push_back(fraction);
  };
  run_ensemble(noisy_run(10), options, nullptr);
  CHECK(seen.size() == 10);
  CHECK(std::ranges::is_sorted(seen));
  CHECK(seen.back() == 1.0);
  CHECK(collect(noisy_run(10), options_for(0, 2)).values.empty());
}

TEST_CASE("a run whose worker is killed or hangs is repeated, with the same result") {
  const Run run = long_run();
  const Ensemble expected = collect(run, options_for(2, 2));
  for (const int signal : {SIGKILL, SIGSTOP}) {
    Saboteur saboteur(signal);
    EnsembleOptions options = options_for(2, 2);
    options.engine.on_start = saboteur.hook(1);
    if (signal == SIGSTOP) options.engine.time_limit_s = 0.8;
    const Ensemble ensemble = collect(run, options);
    saboteur.join();
    CHECK(ensemble.values == expected.values);
    CHECK(ensemble.summary.repeated == 1);
    check_no_child_left();
  }
}

TEST_CASE("a run that fails twice is named, and nothing is left") {
  const ScratchFolder scratch;
  const ScopedVariable tmp("TMPDIR", scratch.path());
  Saboteur saboteur(SIGKILL);
  EnsembleOptions options = options_for(5, 1);
  options.engine.on_start = saboteur.hook(2);
  const EngineError error = error_of(long_run(), options);
  saboteur.join();
  CHECK(error.reason() == Reason::crashed);
  CHECK_THAT(error.what(),
             ContainsSubstring("run 0 of 5, tried twice: ngspice crashed (SIGKILL) at t = "));
  check_no_child_left();
  CHECK(entries(scratch.path()).empty());

  Run refused = noisy_run(10);
  refused.deck.insert(refused.deck.find(".ic"), "D1 a 0 nomodel\n");
  const EngineError words = error_of(refused, options_for(5, 2));
  CHECK(words.reason() == Reason::refused);
  CHECK_THAT(words.what(), ContainsSubstring("run 0 of 5, tried twice: ngspice refused the deck") &&
                               ContainsSubstring("could not find a valid modelname"));
  check_no_child_left();
  CHECK(entries(scratch.path()).empty());
}

TEST_CASE("an exception of a callback ends the ensemble at once") {
  // The other worker is in the midst of a run that would take for ever.
  const Run endless = noisy_run(100'000'000);
  EnsembleOptions options = options_for(100, 2);
  std::atomic<int> starts = 0;
  std::stop_source source;
  options.engine.stop = source.get_token();
  options.engine.on_start = [&](pid_t) {
    if (++starts == 2) source.request_stop();
  };
  CHECK(error_of(endless, options).reason() == Reason::stopped);
  check_no_child_left();

  struct Enough {};
  const OnRun throwing = [](std::uint64_t, std::span<const double>) { throw Enough(); };
  CHECK_THROWS_AS(run_ensemble(long_run(), options_for(100, 2), throwing), Enough);
  check_no_child_left();
  options = options_for(100, 2);
  options.on_progress = [](double) { throw Enough(); };
  CHECK_THROWS_AS(run_ensemble(long_run(), options, nullptr), Enough);
  check_no_child_left();
}

TEST_CASE("numbers that are no ensemble are refused") {
  CHECK_THROWS_WITH(run_ensemble(noisy_run(1), options_for(1, 0), nullptr),
                    ContainsSubstring("EnsembleOptions::workers is 0; it must be 1 or more"));
  CHECK_THROWS_WITH(run_ensemble(good_run(), options_for(1, 1), nullptr),
                    ContainsSubstring("a grid, noise and use_initial"));
}

TEST_CASE("workers die with a program that is interrupted or killed") {
  const ScratchFolder scratch;
  const ScopedVariable tmp("TMPDIR", scratch.path());
  for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t host = ::fork();
    if (host == 0) {
      ::signal(signal, SIG_DFL);  // the test runner handles some
      EnsembleOptions options = options_for(100, 2);
      options.engine.on_start = [&](pid_t started) {
        // Its folder is its own by then.
        std::thread([&ends, started] {
          std::this_thread::sleep_for(std::chrono::milliseconds(100));
          if (::write(ends[1], &started, sizeof started) < 0) ::_exit(1);
        }).detach();
      };
      run_ensemble(noisy_run(100'000'000), options, nullptr);
      ::_exit(0);
    }
    pid_t workers[2] = {};
    for (pid_t& worker : workers) {
      REQUIRE(::read(ends[0], &worker, sizeof worker) == sizeof worker);
      CHECK(is_alive(worker));
    }
    ::kill(host, signal);
    int status = 0;
    ::waitpid(host, &status, 0);
    CHECK(WIFSIGNALED(status));
    for (const pid_t worker : workers) {
      for (int tries = 0; is_alive(worker) && tries < 200; ++tries) ::usleep(5000);
      CHECK_FALSE(is_alive(worker));
    }
    CHECK(entries(scratch.path()).empty());
    ::close(ends[0]);
    ::close(ends[1]);
  }
}

namespace {

/// Resident memory of this process, in kB.
long resident_kb() {
  std::ifstream statm("/proc/self/statm");
  long size = 0;
  long resident = 0;
  statm >> size >> resident;
  return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

}  // namespace

// The address sanitizer keeps freed memory back on purpose.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("many runs leave the memory of this process as it was") {
  const Run run = noisy_run(2);
  run_ensemble(run, options_for(200, 2), nullptr);
  const long before = resident_kb();
  run_ensemble(run, options_for(1500, 2), nullptr);
  CHECK(resident_kb() - before < 2000);  // the noise of the allocator; a kB a run would be 1500
}
#endif
