#include "sim/engine.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstring>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sys/wait.h>

#include "sim/ngspice_words.hpp"
#include "sim/worker/process.hpp"
#include "sim/worker/protocol.hpp"

namespace springspice::sim {

namespace {

using protocol::Kind;
using Clock = WorkerProcess::Clock;
using Reason = EngineError::Reason;

// ---- from a Run to a job

void require(bool holds, const char* what, double value, const char* rule) {
  if (!holds)
    throw std::invalid_argument(fmt::format("{} is {}; it must be {}", what, value, rule));
}

void require_positive(double value, const char* what) {
  require(std::isfinite(value) && value > 0, what, value, "a positive number");
}

/// "I(L1)" -> "l1#branch", "V(x)" and "X" -> "x": ngspice's own names, in its lower case.
std::string vector_name(const std::string& asked) {
  std::string name = asked;
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool has_space = std::ranges::any_of(name, [](unsigned char c) { return c <= ' '; });
  if (name.empty() || has_space) {
    throw std::invalid_argument(fmt::format("'{}' is not a vector's name", asked));
  }
  if (!name.ends_with(')')) return name;
  if (name.starts_with("v(")) return name.substr(2, name.size() - 3);
  if (name.starts_with("i(")) return name.substr(2, name.size() - 3) + "#branch";
  return name;
}

double grid_points(const TransientRun& run) {
  return std::max(1.0, std::round(run.stop_s / run.grid->step_s));
}

/// The last point that will be streamed.
double end_of(const TransientRun& run) {
  return run.grid ? grid_points(run) * run.grid->step_s : run.stop_s;
}

/// On a grid ngspice never comes to its own end (see order_step() in the worker), half a step
/// later.
double told_stop(const TransientRun& run) {
  return run.grid ? end_of(run) + run.grid->step_s / 2 : run.stop_s;
}

/// ngspice forgets a breakpoint that rounding put below the point that should meet it, and takes
/// one for met that lies up to 100 units in the last place (2e-14) above it.
constexpr double above_by_a_hair = 1.0 + 5e-15;

double told_step(const TransientRun& run) {
  if (!run.grid) return run.step_s;
  return run.grid->start_steps >= 2 ? start_breakpoint_s(*run.grid) * above_by_a_hair
                                    : run.grid->step_s;
}

void check(const TransientRun& run) {
  if (!run.grid) require_positive(run.step_s, "TransientRun::step_s");
  require_positive(run.stop_s, "TransientRun::stop_s");
  require(std::isfinite(run.max_step_s) && run.max_step_s >= 0, "TransientRun::max_step_s",
          run.max_step_s, "a positive number, or 0 to let ngspice choose");
  if (!run.grid) return;
  require_positive(run.grid->step_s, "StepGrid::step_s");
  require(grid_points(run) < 1e15, "the number of grid points", grid_points(run),
          "below 1e15, where k step_s is still exact enough to step by");
  require(run.grid->start_steps >= 0, "StepGrid::start_steps", run.grid->start_steps, "0 or more");
  if (run.grid->start_steps == 0) return;
  require_positive(run.grid->start_fraction, "StepGrid::start_fraction");
  require(run.grid->start_steps * run.grid->start_fraction < 1, "the length of StepGrid's start",
          run.grid->start_steps * run.grid->start_fraction, "below one step of the grid");
}

void describe(const TransientRun& run, protocol::Job& job) {
  check(run);
  job.plot = "tran";
  job.command = fmt::format("tran {} {} 0", told_step(run), told_stop(run));
  if (run.max_step_s > 0) job.command += fmt::format(" {}", run.max_step_s);
  if (run.use_initial) job.command += " uic";
  if (run.grid) {
    job.grid = {run.grid->step_s, run.grid->start_fraction,
                static_cast<std::uint32_t>(run.grid->start_steps),
                static_cast<std::uint64_t>(grid_points(run))};
  }
}

void describe(const AcRun& run, protocol::Job& job) {
  require_positive(run.frequency_hz, "AcRun::frequency_hz");
  job.plot = "ac";
  job.command = fmt::format("ac lin 1 {0} {0}", run.frequency_hz);
}

void describe(const OperatingPointRun&, protocol::Job& job) {
  job.plot = "op";
  job.command = "op";
}

protocol::Job make_job(const Run& run) {
  protocol::Job job;
  std::visit([&](const auto& analysis) { describe(analysis, job); }, run.analysis);
  for (const std::string& name : run.vectors) job.wanted.push_back(vector_name(name));
  job.deck = run.deck;
  return job;
}

/// Starts no analysis: the worker leaves as soon as ngspice has named the plot's vectors, which a
/// `uic` transient does before it computes anything.
protocol::Job make_names_job(const std::string& deck) {
  protocol::Job job;
  job.plot = "tran";
  job.command = "tran 1 1 uic";
  job.names_only = true;
  job.deck = deck;
  return job;
}

std::string frame_of(const protocol::Job& job) {
  const std::string body = protocol::encode(job);
  std::string frame;
  protocol::put_header(frame, Kind::job, body.size());
  return frame + body;
}

// ---- one worker, from its start to its end

class Session {
 public:
  Session(const EngineOptions& options, const protocol::Job& job, const OnPoint& on_point)
      : options_(options),
        job_(job),
        on_point_(on_point),
        values_(job.wanted.size()),
        worker_(options.worker) {}

  /// How far a transient should come; 0 for other analyses.
  void set_end(double end_s) { end_s_ = end_s; }

  void run();

  const NgspiceWords& words() const { return words_; }
  const std::vector<std::string>& names() const { return names_; }
  const std::string& missing() const { return missing_; }
  std::size_t points() const { return points_; }

 private:
  void take_frames();
  void take(Kind kind, std::string_view body);
  void take_hello(std::uint32_t version);
  void take_words(std::string_view body);
  void take_names(protocol::Reader in);
  void take_rows(protocol::Reader in, bool is_complex);
  void begin_plot();
  void finish();
  std::string how_far() const;
  [[noreturn]] void fail_rejected(double from_s) const;
  [[noreturn]] void fail_timed_out() const;
  [[noreturn]] void fail_left();
  [[noreturn]] void fail_gave_up() const;

  const EngineOptions& options_;
  const protocol::Job& job_;
  const OnPoint& on_point_;
  std::vector<std::complex<double>> values_;

  std::string frames_;
  NgspiceWords words_;
  std::vector<std::string> names_;
  std::string missing_;
  bool greeted_ = false;
  bool has_plot_ = false;
  bool done_ = false;
  std::size_t points_ = 0;
  double scale_ = 0.0;
  double end_s_ = 0.0;

  WorkerProcess worker_;  // last: it ends first
};

void Session::run() {
  if (options_.on_start) options_.on_start(worker_.pid());
  const double limit_s = std::clamp(options_.time_limit_s, 0.0, 1e8);
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(limit_s));
  const std::string job = frame_of(job_);
  std::string_view outgoing(job);
  while (!done_) {
    std::string printed;
    const auto event = worker_.exchange(outgoing, frames_, printed, deadline);
    words_.hear_printed(printed);
    take_frames();
    if (done_) break;
    if (event == WorkerProcess::Event::deadline) fail_timed_out();
    if (event == WorkerProcess::Event::closed) fail_left();
  }
}

void Session::take_frames() {
  std::string_view rest(frames_);
  while (!done_ && rest.size() >= sizeof(protocol::Header)) {
    protocol::Reader header(rest);
    const auto kind = static_cast<Kind>(header.number<std::uint32_t>());
    const std::size_t size = header.number<std::uint32_t>();
    if (rest.size() - sizeof(protocol::Header) < size) break;
    take(kind, rest.substr(sizeof(protocol::Header), size));
    rest.remove_prefix(sizeof(protocol::Header) + size);
  }
  frames_.erase(0, frames_.size() - rest.size());
}

void Session::take(Kind kind, std::string_view body) {
  protocol::Reader in(body);
  if (!greeted_ && kind != Kind::hello) take_hello(0);
  switch (kind) {
    case Kind::hello:
      return take_hello(in.number<std::uint32_t>());
    case Kind::words:
      return take_words(body);
    case Kind::plot:
      return begin_plot();
    case Kind::rows_real:
      return take_rows(in, false);
    case Kind::rows_complex:
      return take_rows(in, true);
    case Kind::names:
      return take_names(in);
    case Kind::missing:
      missing_ = in.rest();
      done_ = true;
      return;
    case Kind::rejected:
      fail_rejected(in.number<double>());
    case Kind::gave_up:
      fail_gave_up();
    case Kind::finished:
      return finish();
    case Kind::job:
      break;
  }
  take_hello(0);
}

void Session::take_hello(std::uint32_t version) {
  greeted_ = version == protocol::version;
  if (greeted_) return;
  throw EngineError(
      Reason::no_worker,
      fmt::format("{} belongs to another springspice (it speaks protocol {}, this one "
                  "{}); install both together",
                  options_.worker, version, protocol::version));
}

void Session::take_words(std::string_view body) {
  protocol::Reader in(body);
  const bool from_stderr = in.number<std::uint8_t>() != 0;
  words_.hear(in.rest(), from_stderr);
}

void Session::take_names(protocol::Reader in) {
  while (!in.at_end()) names_.push_back(in.text());
  done_ = true;
}

void Session::begin_plot() {
  has_plot_ = true;
  if (std::ranges::any_of(words_.complaints(), is_fault)) {
    throw EngineError(Reason::refused, format_refusal(words_, job_.deck));
  }
}

void Session::take_rows(protocol::Reader in, bool is_complex) {
  while (!in.at_end()) {
    scale_ = in.number<double>();
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const double real = in.number<double>();
      values_[i] = {real, is_complex ? in.number<double>() : 0.0};
      if (!std::isfinite(real) || !std::isfinite(values_[i].imag())) {
        throw EngineError(Reason::ended_early, fmt::format("ngspice gave {} for '{}'{}", real,
                                                           job_.wanted[i], how_far()));
      }
    }
    if (points_ == 0 && is_doubtful_operating_point(words_)) {
      throw EngineError(Reason::ended_early,
                        "the circuit has no operating point: " + format_last_words(words_));
    }
    ++points_;
    if (on_point_) on_point_(scale_, values_);
  }
  if (end_s_ > 0 && options_.on_progress) options_.on_progress(std::min(1.0, scale_ / end_s_));
}

void Session::finish() {
  done_ = true;
  if (has_plot_) {
    // A grid ends on its last point; ngspice's own steps within 100 units in the last place.
    const bool whole = end_s_ > 0 ? scale_ >= end_s_ * (1 - 1e-9) : points_ == 1;
    if (whole && points_ > 0) return;
    throw EngineError(Reason::ended_early, fmt::format("ngspice stopped {}{}: {}", job_.plot,
                                                       how_far(), format_last_words(words_)));
  }
  // "no data saved for ...": not one of the wanted vectors exists.
  if (words_.log().find("no data saved for") != std::string::npos && !job_.wanted.empty()) {
    missing_ = job_.wanted.front();
    return;
  }
  throw EngineError(Reason::refused, format_refusal(words_, job_.deck));
}

// ---- what to say

std::string Session::how_far() const {
  if (end_s_ <= 0) return "";
  return fmt::format(" at t = {:.6g} s of {:.6g} s", scale_, end_s_);
}

void Session::fail_rejected(double from_s) const {
  throw EngineError(
      Reason::ended_early,
      fmt::format("ngspice rejected a step of the grid at t = {:.6g} s (step_s = {:.6g}); the grid "
                  "needs a circuit whose steps converge, and `.options method=trap trtol=1e12`",
                  from_s, job_.grid.step));
}

void Session::fail_timed_out() const {
  std::string state = has_plot_ ? how_far() : " while it was loading the deck";
  throw EngineError(Reason::timed_out,
                    fmt::format("ngspice was ended after {} s{} ({} points); give it more time in "
                                "EngineOptions::time_limit_s, or a smaller circuit",
                                options_.time_limit_s, state, points_));
}

void Session::fail_gave_up() const {
  if (!has_plot_) throw EngineError(Reason::refused, format_refusal(words_, job_.deck));
  throw EngineError(Reason::ended_early,
                    fmt::format("ngspice gave up{}: {}", how_far(), format_last_words(words_)));
}

void Session::fail_left() {
  const int status = worker_.end();
  std::string printed;
  worker_.read_printed(printed);
  words_.hear_printed(printed);
  const std::string last = format_last_words(words_);
  if (WIFSIGNALED(status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(status));
    throw EngineError(Reason::crashed, fmt::format("ngspice crashed (SIG{}){}; its last words: {}",
                                                   name == nullptr ? "?" : name, how_far(), last));
  }
  throw EngineError(Reason::ended_early,
                    fmt::format("ngspice left with exit status {} before the run was done{}; its "
                                "last words: {}",
                                WEXITSTATUS(status), how_far(), last));
}

// ---- the names of a circuit's vectors, for an error's text

/// Empty if they cannot be had.
std::vector<std::string> list_names(EngineOptions options, const std::string& deck) {
  options.on_start = nullptr;
  const protocol::Job job = make_names_job(deck);
  const OnPoint none;
  Session session(options, job, none);
  try {
    session.run();
  } catch (const EngineError&) {
    return {};
  }
  return session.names();
}

}  // namespace

Engine::Engine(EngineOptions options) : options_(std::move(options)) {
  options_.worker = find_worker(options_.worker);
}

RunSummary Engine::run(const Run& run, const OnPoint& on_point) {
  const auto start = Clock::now();
  const protocol::Job job = make_job(run);
  Session session(options_, job, on_point);
  if (const auto* transient = std::get_if<TransientRun>(&run.analysis)) {
    session.set_end(end_of(*transient));
  }
  session.run();
  if (!session.missing().empty()) {
    throw EngineError(Reason::unknown_node,
                      format_unknown(session.missing(), list_names(options_, run.deck)));
  }
  const std::chrono::duration<double> wall = Clock::now() - start;
  return {session.points(), wall.count(), session.words().version(), session.words().log()};
}

}  // namespace springspice::sim
