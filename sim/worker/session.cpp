#include "sim/worker/session.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/wait.h>

namespace springspice::sim {

using protocol::Kind;
using Clock = WorkerProcess::Clock;
using Reason = EngineError::Reason;

namespace {

std::string frame_of(Kind kind, const std::string& body) {
  std::string frame;
  protocol::put_header(frame, kind, body.size());
  return frame + body;
}

}  // namespace

Session::Session(const EngineOptions& options, protocol::Job job, double end_s)
    : options_(options),
      job_(std::move(job)),
      end_s_(end_s),
      values_(job_.wanted.size()),
      worker_(options.worker) {
  if (options_.on_start) options_.on_start(worker_.pid());
}

void Session::run(const OnPoint& on_point) {
  converse(frame_of(Kind::job, protocol::encode(job_)), on_point);
}

void Session::run_again(std::uint64_t noise_run, const OnPoint& on_point) {
  done_ = false;
  points_ = 0;
  scale_ = 0.0;
  words_.forget();
  std::string body;
  protocol::put(body, noise_run);
  converse(frame_of(Kind::again, body), on_point);
}

void Session::converse(const std::string& frame, const OnPoint& on_point) {
  // A request to stop has no file that could end the wait.
  constexpr std::chrono::milliseconds stop_slice(50);
  on_point_ = &on_point;
  const double limit_s = std::clamp(options_.time_limit_s, 0.0, 1e8);
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(limit_s));
  std::string_view outgoing(frame);
  while (!done_) {
    const auto now = Clock::now();
    if (options_.stop.stop_requested()) fail_stopped();
    if (now >= deadline) fail_timed_out();
    const auto until =
        options_.stop.stop_possible() ? std::min(deadline, now + stop_slice) : deadline;
    std::string printed;
    const auto event = worker_.exchange(outgoing, frames_, printed, until);
    words_.hear_printed(printed);
    take_frames();
    if (!done_ && event == WorkerProcess::Event::closed) fail_left();
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
    case Kind::progress:
      scale_ = in.number<double>();
      return show_progress();
    case Kind::names:
      return take_names(in);
    case Kind::missing:
      missing_ = in.rest();
      done_ = true;
      return;
    case Kind::unlisted:
      fail_unlisted(body);
    case Kind::unheard:
      fail_unheard(body);
    case Kind::rejected:
      fail_rejected(in.number<double>());
    case Kind::gave_up:
      fail_gave_up();
    case Kind::finished:
      return finish();
    case Kind::job:
    case Kind::again:
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
    for (std::complex<double>& value : values_) {
      const double real = in.number<double>();
      value = {real, is_complex ? in.number<double>() : 0.0};
    }
    check_row();
    // `noise` gives the root of the density.
    if (job_.plot == "noise") values_[0] *= values_[0].real();
    ++points_;
    if (*on_point_) (*on_point_)(scale_, values_);
  }
  show_progress();
}

void Session::check_row() {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const std::complex<double> value = values_[i];
    if (std::isfinite(value.real()) && std::isfinite(value.imag())) continue;
    throw EngineError(Reason::ended_early, fmt::format("ngspice gave {} for '{}'{}", value.real(),
                                                       job_.wanted[i], how_far()));
  }
  // The noise of a linear circuit does not depend on its operating point.
  if (points_ == 0 && job_.plot != "noise" && is_doubtful_operating_point(words_)) {
    throw EngineError(Reason::ended_early,
                      "the circuit has no operating point: " + format_last_words(words_));
  }
}

std::size_t Session::expected_points() const {
  return std::max<std::size_t>(1, job_.frequencies.size()) *
         std::max<std::size_t>(1, job_.drives.size());
}

void Session::show_progress() const {
  if (!options_.on_progress) return;
  const double expected = static_cast<double>(expected_points());
  const double fraction = end_s_ > 0 ? scale_ / end_s_ : static_cast<double>(points_) / expected;
  options_.on_progress(std::min(1.0, fraction));
}

void Session::finish() {
  done_ = true;
  if (has_plot_) {
    // A grid ends on its last point; ngspice's own steps within 100 units in the last place.
    const bool whole = end_s_ > 0 ? scale_ >= end_s_ * (1 - 1e-9) : points_ == expected_points();
    if (whole && points_ > 0) return;
    throw EngineError(Reason::ended_early, fmt::format("ngspice stopped {}{}: {}", job_.plot,
                                                       how_far(), format_last_words(words_)));
  }
  // "no data saved for ...": not one of the wanted vectors exists.
  const bool has_wishes = !job_.wanted.empty() && job_.plot != "noise";
  if (has_wishes && words_.log().find("no data saved for") != std::string::npos) {
    missing_ = job_.wanted.front();
    return;
  }
  throw EngineError(Reason::refused, format_refusal(words_, job_.deck));
}

// ---- what to say

std::string Session::how_far() const {
  if (!job_.frequencies.empty()) {
    return fmt::format(" after {} of {} solves", points_, expected_points());
  }
  if (end_s_ <= 0) return "";
  return fmt::format(" at t = {:.6g} s of {:.6g} s", scale_, end_s_);
}

void Session::fail_unlisted(std::string_view name) const {
  const char* why = job_.noise.step > 0 ? "ExternalNoise::sources does not list it"
                                        : "TransientRun::noise is empty";
  throw EngineError(Reason::refused,
                    fmt::format("the deck's source '{}' is external, but {}", name, why));
}

void Session::fail_unheard(std::string_view name) const {
  throw EngineError(
      Reason::refused,
      fmt::format("ExternalNoise::sources lists '{}', but the deck has no source of this name "
                  "whose card ends in `external`",
                  name));
}

void Session::fail_stopped() const {
  throw EngineError(Reason::stopped, fmt::format("the run was stopped from outside{}", how_far()));
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

}  // namespace springspice::sim
