// One worker's conversation, from its start to its end: a job goes in, points come out, and what
// went wrong becomes an EngineError.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine.hpp"
#include "sim/ngspice_words.hpp"
#include "sim/worker/process.hpp"
#include "sim/worker/protocol.hpp"

namespace springspice::sim {

class Session {
 public:
  /// Starts a worker. @param end_s  how far a transient should come; 0 for other analyses
  Session(const EngineOptions& options, protocol::Job job, double end_s);

  /// Sends the job, and reads until it is done. Dead after a throw.
  void run(const OnPoint& on_point);
  /// The same job with another run of the noise. @pre the job repeats; run() has returned
  void run_again(std::uint64_t noise_run, const OnPoint& on_point);

  const NgspiceWords& words() const { return words_; }
  const std::vector<std::string>& names() const { return names_; }
  /// A wanted vector that the circuit does not have; the session is dead then.
  const std::string& missing() const { return missing_; }
  std::size_t points() const { return points_; }

 private:
  void converse(const std::string& frame, const OnPoint& on_point);
  void take_frames();
  void take(protocol::Kind kind, std::string_view body);
  void take_hello(std::uint32_t version);
  void take_words(std::string_view body);
  void take_names(protocol::Reader in);
  void take_rows(protocol::Reader in, bool is_complex);
  void check_row();
  void begin_plot();
  void show_progress() const;
  void finish();
  std::size_t expected_points() const;
  std::string how_far() const;
  [[noreturn]] void fail_unlisted(std::string_view name) const;
  [[noreturn]] void fail_unheard(std::string_view name) const;
  [[noreturn]] void fail_rejected(double from_s) const;
  [[noreturn]] void fail_timed_out() const;
  [[noreturn]] void fail_stopped() const;
  [[noreturn]] void fail_left();
  [[noreturn]] void fail_gave_up() const;

  const EngineOptions& options_;
  protocol::Job job_;
  double end_s_;
  const OnPoint* on_point_ = nullptr;
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

  WorkerProcess worker_;  // last: it ends first
};

}  // namespace springspice::sim
