#include "sim/gnucap/engine.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/gnucap/table.hpp"
#include "sim/worker/child.hpp"

namespace springspice::sim {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Reason = EngineError::Reason;

std::string find_gnucap(const std::string& asked) {
  if (!asked.empty() && can_run(asked)) return fs::absolute(asked).string();
  if (const auto here = asked.empty() ? find_in_path("gnucap") : std::nullopt) return *here;
  throw EngineError(
      Reason::no_worker,
      fmt::format("no program gnucap in {}; install it (Debian: apt-get install gnucap), or take "
                  "--engine ngspice",
                  asked.empty() ? "PATH" : asked));
}

/// Reads both pipes until the child has closed them.
class Conversation {
 public:
  Conversation(const EngineOptions& options, GnucapTable& table, double stop_s)
      : options_(options), table_(table), stop_s_(stop_s) {
    const double limit_s = std::clamp(options.time_limit_s, 0.0, 1e8);
    deadline_ = Clock::now() +
                std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limit_s));
  }

  void listen(const FileDescriptor& output, const FileDescriptor& errors) {
    // A request to stop has no file that could end the wait.
    constexpr int kSliceMs = 50;
    bool open[2] = {true, true};
    while (open[0] || open[1]) {
      check_time();
      pollfd files[2] = {{open[0] ? output.number() : -1, POLLIN, 0},
                         {open[1] ? errors.number() : -1, POLLIN, 0}};
      if (::poll(files, 2, kSliceMs) < 0 && errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "poll");
      }
      if (files[0].revents != 0) open[0] = take_output(output);
      if (files[1].revents != 0) open[1] = read_pipe(errors, errors_);
    }
    table_.finish();
  }

  const std::string& errors() const { return errors_; }

 private:
  bool take_output(const FileDescriptor& output) {
    std::string text;
    const bool open = read_pipe(output, text);
    table_.hear(text);
    if (options_.on_progress && stop_s_ > 0.0) {
      options_.on_progress(std::clamp(table_.last_scale() / stop_s_, 0.0, 1.0));
    }
    return open;
  }

  void check_time() const {
    if (options_.stop.stop_requested()) {
      throw EngineError(Reason::stopped, "the run of gnucap was stopped");
    }
    if (Clock::now() < deadline_) return;
    throw EngineError(
        Reason::timed_out,
        fmt::format("gnucap is not done after {} s, at {:.4g} s of {:.4g} s of the circuit's time",
                    options_.time_limit_s, table_.last_scale(), stop_s_));
  }

  const EngineOptions& options_;
  GnucapTable& table_;
  double stop_s_;
  Clock::time_point deadline_;
  std::string errors_;
};

/// gnucap's status says nothing, its words do.
void judge(const GnucapRun& run, const GnucapTable& table, const std::string& errors, int status) {
  std::string words = table.complaints() + errors;
  while (words.ends_with('\n')) words.pop_back();
  if (WIFSIGNALED(status)) {
    throw EngineError(Reason::crashed, fmt::format("gnucap died of signal {}{}{}", WTERMSIG(status),
                                                   words.empty() ? "" : "; it said: ", words));
  }
  if (words.find("open circuit") != std::string::npos) {
    throw EngineError(Reason::ended_early,
                      fmt::format("gnucap finds no solution of the circuit: {}",
                                  words.substr(0, words.find('\n'))));
  }
  if (!words.empty()) {
    throw EngineError(Reason::refused, fmt::format("gnucap does not take the deck: {}", words));
  }
  constexpr double kRounding = 1e-9;  // the time is summed step by step
  const bool arrived =
      table.points() > 0 &&
      (!run.transient || table.last_scale() >= run.transient->stop_s * (1.0 - kRounding));
  if (arrived) return;
  throw EngineError(
      Reason::ended_early,
      fmt::format("gnucap stopped after {} points, at {:.4g} s, and does not say why (status {})",
                  table.points(), table.last_scale(), WEXITSTATUS(status)));
}

/// gnucap's names of the nodes, each once, and where each asked for is among them.
struct Columns {
  std::vector<std::string> names;
  std::vector<std::size_t> of_node;
};

Columns find_columns(const GnucapRun& run) {
  Columns columns;
  std::unordered_map<std::string, std::size_t> places;
  for (const std::string& node : run.nodes) {
    const std::string name = run.deck.node(node);
    if (name.empty()) {
      throw EngineError(Reason::unknown_node,
                        fmt::format("the circuit has no node '{}' to read", node));
    }
    const auto [place, is_new] = places.emplace(name, columns.names.size());
    if (is_new) columns.names.push_back(name);
    columns.of_node.push_back(place->second);
  }
  return columns;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::system_error(errno, std::generic_category(), path);
}

}  // namespace

GnucapEngine::GnucapEngine(EngineOptions options) : options_(std::move(options)) {
  options_.worker = find_gnucap(options_.worker);
}

RunSummary GnucapEngine::run(const GnucapRun& run, const OnPoint& on_point) {
  const auto start = Clock::now();
  const Columns columns = find_columns(run);
  std::vector<std::complex<double>> values(run.nodes.size());
  const OnPoint in_order = [&](double scale, std::span<const std::complex<double>> row) {
    if (run.transient && scale == 0.0) return;
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = row[columns.of_node[k]];
    on_point(run.transient ? scale : 0.0, values);
  };
  GnucapTable table(columns.names, in_order);

  const TemporaryFolder folder;
  write_file(folder.path() + "/deck.ckt", run.deck.format(columns.names, run.transient));
  auto [output, child_output] = make_pipe();
  auto [errors, child_errors] = make_pipe();
  ChildProcess child({{options_.worker, "-b", "deck.ckt"},
                      folder.path(),
                      child_output.number(),
                      child_errors.number()});
  child_output = FileDescriptor();  // the child's alone, so that its end is heard
  child_errors = FileDescriptor();
  if (options_.on_start) options_.on_start(child.pid());
  Conversation conversation(options_, table, run.transient ? run.transient->stop_s : 0.0);
  conversation.listen(output, errors);
  judge(run, table, conversation.errors(), child.end());
  const std::chrono::duration<double> wall = Clock::now() - start;
  const std::size_t points = table.points() - (run.transient ? 1 : 0);
  return {points, wall.count(), table.version(), {}};
}

}  // namespace springspice::sim
