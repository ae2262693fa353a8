// Runs, and what came out of them, for the tests of the engine and the ensemble.
#pragma once

#include <algorithm>
#include <complex>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "sim/engine.hpp"
#include "tests/catch.hpp"

namespace engine_runs {

namespace fs = std::filesystem;
using namespace springspice::sim;
using Reason = EngineError::Reason;
using Complex = std::complex<double>;

struct Point {
  double scale;
  std::vector<Complex> values;
};

struct Result {
  RunSummary summary;
  std::vector<Point> points;
};

inline Result collect(Engine& engine, const Run& run) {
  Result result;
  result.summary = engine.run(run, [&](double scale, std::span<const Complex> values) {
    result.points.push_back({scale, {values.begin(), values.end()}});
  });
  return result;
}

inline Result collect(const Run& run) {
  Engine engine;
  return collect(engine, run);
}

inline void ignore_points(double, std::span<const Complex>) {}

/// The error of a run that must fail.
inline EngineError error_of(Engine& engine, const Run& run,
                            const OnPoint& on_point = ignore_points) {
  try {
    engine.run(run, on_point);
  } catch (const EngineError& error) {
    return error;
  }
  FAIL("the run came to its end");
  std::abort();
}

inline EngineError error_of(const Run& run, EngineOptions options = {}) {
  Engine engine(std::move(options));
  return error_of(engine, run);
}

// tau = 1 ms, from 0 to 1 V
inline const std::string rc_deck =
    "rc\n"
    "V1 in 0 dc 1 ac 1\n"
    "R1 in out 1k\n"
    "C1 out 0 1u\n"
    ".ic v(out)=0\n"
    ".options method=trap trtol=1e12 noopac\n"
    ".end\n";

inline TransientRun grid_run(double h, double stop) {
  TransientRun run;
  run.stop_s = stop;
  run.max_step_s = h;
  run.grid = StepGrid{h, 1e-2, 4};
  return run;
}

inline Run good_run() { return {rc_deck, grid_run(1e-4, 1e-3), {"out"}}; }

/// Runs for minutes if nobody ends it.
inline Run endless_run() { return {rc_deck, grid_run(1e-6, 1e3), {"out"}}; }

inline void check_runs_well(Engine& engine) {
  CHECK(collect(engine, good_run()).points.size() == 14);
}

inline std::vector<std::string> entries(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

class ScratchFolder {
 public:
  ScratchFolder() : path_((fs::temp_directory_path() / "sim-test-XXXXXX").string()) {
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  ~ScratchFolder() { fs::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// An environment variable, set for the length of a test.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~ScopedVariable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

inline bool is_alive(pid_t process) {
  // Whoever inherits it may reap it late: a zombie is dead.
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string pid, name, state;
  stat >> pid >> name >> state;
  return stat.good() && state != "Z";
}

}  // namespace engine_runs
