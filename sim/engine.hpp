// ngspice, in a process of its own.
//
// ngspice is one global instance that leaks, can crash, and may call exit(). So each run starts a
// worker (the program `springspice-ngspice`), which alone loads libngspice, takes the deck from
// memory through a socket, and streams every accepted point back while it runs. A worker that
// crashes, hangs, refuses the deck or stops early ends in an EngineError; the next run() starts
// from nothing. The worker sees no start-up file of the user's (.spiceinit), no open file of this
// process, and dies with the thread that runs it.
//
// Life cycle:
//   Engine engine;                      // finds the worker, or throws; no process yet
//   engine.run(run, on_point);          // process starts, deck goes in, points come out, ends
//   engine.run(other, on_point);        // as often as wanted, after errors too
//
// What ngspice repairs with a warning is a refused deck here: a missing resistance ("set to 1
// mOhm"), an `.ic` of an unknown node, a line that becomes a comment. What it says nothing about
// passes here too: a missing capacitance (0), letters behind a number, an element on the title's
// line, lines behind `.end`.
//
// A transient can drive the deck's external sources with sampled noise (ExternalNoise): the worker
// computes the samples itself. TransientSeries repeats one transient with other runs of the noise;
// run_ensemble() (sim/ensemble.hpp) does so in several processes.
//
// Not done here: more than one run at a time in one Engine (use several Engines, one a thread);
// files named by a relative path in the deck (the worker's folder is an empty one).
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include <sys/types.h>

namespace springspice::sim {

/// The engine's fault, or that of a deck that it does not take; the text quotes ngspice.
class EngineError : public std::runtime_error {
 public:
  enum class Reason {
    no_worker,     ///< no program to run ngspice in, or one of another springspice
    refused,       ///< ngspice does not take the deck, or would run another one than it says
    unknown_node,  ///< one of Run::vectors does not exist
    crashed,       ///< a signal killed the worker
    timed_out,     ///< EngineOptions::time_limit_s is over
    stopped,       ///< EngineOptions::stop has been asked for
    ended_early,   ///< no solution, a rejected step, a value that is no number, a worker that left
  };
  EngineError(Reason reason, const std::string& text) : std::runtime_error(text), reason_(reason) {}
  Reason reason() const { return reason_; }

 private:
  Reason reason_;
};

/// Steps of a transient that land exactly on k step_s (set through ngspice's sync callback): first
/// `start_steps` steps of `start_fraction` step_s, one to the grid, then one a grid point.
///
///   points  | time                                  | rule (uic, TransientRun::step_s as below)
///   0       | 0: not streamed; the initial values   |
///   1 to 3  | 1, 2, 3 start_fraction step_s         | backward Euler
///   4       | 4 start_fraction step_s               | trapezoidal
///   4 + k   | k step_s, k = 1 to K                  | trapezoidal
///
/// k step_s is to the last bit the product of the two doubles (for k = 1 to one rounding). The run
/// ends on K = stop_s / step_s, rounded to the nearest, at least 1: start_steps + K points, and no
/// further one. Step 3 is backward Euler because `uic` sets a breakpoint at ngspice's tstep, which
/// the engine therefore chooses itself: at the end of step 2, a few units in the last place later.
/// (ngspice takes a point that close below for the breakpoint; of a point that rounding put above
/// it it forgets the breakpoint, and step 3 is trapezoidal.) Sources with breakpoints of their own
/// (PULSE, PWL) do the same to the step behind each.
///
/// Needs the deck's `.options method=trap trtol=1e12`, so that no error control interferes, and a
/// circuit whose every step converges (a linear one): a rejected step ends the run (ended_early).
/// POLY sources make ngspice put trtol back to 1.
struct StepGrid {
  double step_s = 0.0;
  double start_fraction = 1e-2;
  int start_steps = 4;
};

/// A source of the deck whose card ends in `external` ("I1 0 a external", "V1 a 0 external"). It
/// carries amplitude * n_stream(t) of the noise path (core/noise_path.hpp), t in seconds; a white
/// source of two-sided density S has the amplitude sqrt(S / ExternalNoise::step_s).
///
/// The card has no other value: "I1 0 a dc 0 external" crashes ngspice 38 to 40.
struct ExternalSource {
  std::string name;  ///< "i1"; "i.x1.i1" inside a subcircuit
  std::uint64_t stream = 0;
  double amplitude = 0.0;  ///< A or V
};

/// The noise of all external sources of a deck: exactly these must be listed. The value at t is
/// linear between the samples at k step_s and (k + 1) step_s and depends on nothing but (seed, run,
/// stream, t). External sources set no breakpoints. In other analyses they are 0.
struct ExternalNoise {
  std::uint64_t seed = 1;
  std::uint64_t run = 0;
  double step_s = 0.0;
  std::vector<ExternalSource> sources;
};

struct TransientRun {
  double step_s = 0.0;      ///< ngspice's tstep: `uic` sets a breakpoint here; not used with a grid
  double stop_s = 0.0;      ///< the last point; with a grid, the grid point nearest to it is
  double max_step_s = 0.0;  ///< 0: ngspice's choice, min(step_s, stop_s / 50); a grid sets its own
  /// `uic`: starts from .ic and ic=, and streams the first step as its first point, not t = 0.
  /// Without it an operating point comes first, and is streamed as t = 0.
  bool use_initial = true;
  std::optional<StepGrid> grid;
  std::optional<ExternalNoise> noise;
  bool only_last = false;  ///< streams the last point alone
};

/// The breakpoint that `uic` sets in a run on this grid: the end of step 2.
inline double start_breakpoint_s(const StepGrid& grid) {
  return 2.0 * grid.start_fraction * grid.step_s;
}

/// An operating point comes first, which a network of inductors does not have: linear decks carry
/// `.options noopac`.
///
/// Points come in the order of `drives`, and for each in the order of `frequencies_hz`; each is a
/// solve of its own.
struct AcRun {
  /// In any order. ngspice reads them to a unit or two in the last place; a point's scale is what
  /// it has read.
  std::vector<double> frequencies_hz;
  /// Empty: the deck's own `ac` stimuli. Else independent sources ("v1", "i.x1.i1"), each of which
  /// in turn has the ac magnitude 1 and the phase 0, all others in the list 0. (A source of the
  /// deck that is not in the list keeps its stimulus.)
  std::vector<std::string> drives;
};

/// Output noise of one node: `noise v(output) source lin 1 f f` at each frequency. One real value a
/// frequency: the one-sided spectral density S of the voltage of `output`, in V^2/Hz,
///
///     S(f) = sum over the resistors of 4 k T / R |Z(f)|^2,   k = 1.38064852e-23 (ngspice's own),
///
/// with Z from a current through the resistor to the voltage of `output`. Independent sources are
/// not noisy.
///
/// ngspice computes an operating point first, whatever `noopac` says. Where there is none (loops of
/// inductors, capacitors without a path for direct current) it goes through all its rescue methods,
/// at each frequency; a linear circuit's noise does not depend on what it finds. Run::vectors must
/// be empty.
struct NoiseRun {
  std::string output;  ///< a node
  std::string source;  ///< an independent source with an ac stimulus, which ngspice asks for
  std::vector<double> frequencies_hz;
};

/// An operating point that ngspice finds only by its transient rescue out of a singular matrix is
/// an error here (ended_early).
struct OperatingPointRun {};

struct Run {
  std::string deck;  ///< whole deck; its first line is the title
  std::variant<TransientRun, AcRun, NoiseRun, OperatingPointRun> analysis;
  /// Node names ("x1.n3", "v(x1.n3)"), or "i(l1)" for the current through an inductor or voltage
  /// source ("i(l.x1.l1)" inside a subcircuit); in any case of letters. Streamed in this order;
  /// ngspice keeps no others.
  std::vector<std::string> vectors;
};

/// One accepted point: the time (s) or frequency (Hz; 0 for an operating point), and one value for
/// each of Run::vectors. The span lives until the callback returns.
using OnPoint = std::function<void(double scale, std::span<const std::complex<double>> values)>;

struct EngineOptions {
  double time_limit_s = 300.0;  ///< wall time of one run
  /// Path of springspice-ngspice; empty: beside this program, in ../libexec/springspice from there,
  /// where it was installed, in ../libexec/springspice from a folder of the PATH.
  std::string worker;
  std::function<void(pid_t)> on_start;  ///< told the worker's process id
  /// 0 to 1: after each block of points, 20 times a second or more.
  std::function<void(double fraction)> on_progress;
  /// A request ends the run within 0.1 s (EngineError::Reason::stopped).
  std::stop_token stop;
};

struct RunSummary {
  std::size_t points = 0;
  double wall_s = 0.0;  ///< with the worker's start, about 10 ms
  std::string version;  ///< "39", as ngspice states it
  std::string log;      ///< all that ngspice said
};

class Engine {
 public:
  /// @throws EngineError (no_worker)
  explicit Engine(EngineOptions options = {});

  /// Runs the analysis to its end. Points arrive while ngspice computes the next ones. An exception
  /// thrown by a callback ends the worker and passes through. Whatever happens, the worker, its
  /// folder and its files are gone afterwards.
  /// @throws EngineError; std::invalid_argument for numbers or names that are no run;
  /// std::system_error where the system has no process, file or folder to give
  RunSummary run(const Run& run, const OnPoint& on_point);

 private:
  EngineOptions options_;
};

/// The same deck and transient again and again, each with another run of its noise. One worker
/// serves many runs (it is renewed from time to time, for ngspice leaks), so a run costs no start
/// of a process and no loading of the deck. The numbers of run r are those of Engine::run() with
/// ExternalNoise::run = r, to the last bit, whatever ran before.
///
/// The worker dies with the thread that called run(): call it from one thread.
class TransientSeries {
 public:
  /// @param run  a TransientRun with a grid, noise and use_initial (an operating point that ngspice
  ///             finds can depend on the run before)
  /// @throws std::invalid_argument if it is not; EngineError (no_worker)
  TransientSeries(EngineOptions options, Run run);
  ~TransientSeries();
  TransientSeries(const TransientSeries&) = delete;
  TransientSeries& operator=(const TransientSeries&) = delete;

  /// As Engine::run(). After any exception the next run starts a new worker.
  RunSummary run(std::uint64_t noise_run, const OnPoint& on_point);

 private:
  struct Worker;
  void run_first(std::uint64_t noise_run, const OnPoint& on_point);

  EngineOptions options_;
  Run run_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace springspice::sim
