// ngspice, in a process of its own.
//
// ngspice is one global instance that leaks, can crash, and may call exit(). So each run starts a
// worker (the program `springspice-ngspice`), which alone loads libngspice, takes the deck from
// memory through a socket, and streams every accepted point back while it runs. A worker that
// crashes, hangs, refuses the deck or stops early ends in an EngineError; the next run() starts
// from nothing.
//
// Life cycle:
//   Engine engine;                      // finds the worker; no process yet
//   engine.run(run, on_point);          // process starts, deck goes in, points come out, ends
//   engine.run(other, on_point);        // as often as wanted, after errors too
//
// Not done here: more than one run at a time in one Engine (use several Engines, one a thread).
#pragma once

#include <sys/types.h>

#include <complex>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace springspice::sim {

/// The engine's fault, or that of a deck that it does not take; the text quotes ngspice.
class EngineError : public std::runtime_error {
 public:
  enum class Reason { no_worker, refused, unknown_node, crashed, timed_out, ended_early };
  EngineError(Reason reason, const std::string& text) : std::runtime_error(text), reason_(reason) {}
  Reason reason() const { return reason_; }

 private:
  Reason reason_;
};

/// Steps of a transient that land exactly on k step_s (set through ngspice's sync callback): first
/// `start_steps` steps of `start_fraction` step_s, one to the grid, then one a grid point. Needs
/// the deck's `.options method=trap trtol=1e12`, so that no error control interferes.
struct StepGrid {
  double step_s = 0.0;
  double start_fraction = 1e-2;
  int start_steps = 4;
};

struct TransientRun {
  double step_s = 0.0;      ///< ngspice's tstep: the breakpoint that `uic` sets lies here
  double stop_s = 0.0;
  double max_step_s = 0.0;
  bool use_initial = true;
  std::optional<StepGrid> grid;
};
struct AcRun {
  double frequency_hz = 0.0;  ///< one frequency
};
struct OperatingPointRun {};

struct Run {
  std::string deck;                  ///< whole deck; its first line is the title
  std::variant<TransientRun, AcRun, OperatingPointRun> analysis;
  std::vector<std::string> vectors;  ///< node names, or "i(l1)" for a branch current; streamed in this order
};

/// One accepted point: the time (s) or frequency (Hz; 0 for an operating point), and one value for
/// each of Run::vectors. The span lives until the callback returns.
using OnPoint = std::function<void(double scale, std::span<const std::complex<double>> values)>;

struct EngineOptions {
  double time_limit_s = 300.0;                    ///< wall time of one run
  std::string worker;                             ///< path; empty: beside this program, then the install place
  std::function<void(pid_t)> on_start;            ///< told the worker's process id
  std::function<void(double fraction)> on_progress;  ///< of a transient, 0 to 1
};

struct RunSummary {
  std::size_t points = 0;
  double wall_s = 0.0;
  std::string version;  ///< "39", as ngspice states it
  std::string log;      ///< all that ngspice said
};

class Engine {
 public:
  explicit Engine(EngineOptions options = {});

  /// Runs the analysis to its end. An exception thrown by `on_point` ends the worker and passes
  /// through.
  /// @throws EngineError
  RunSummary run(const Run& run, const OnPoint& on_point);

 private:
  EngineOptions options_;
};

}  // namespace springspice::sim
