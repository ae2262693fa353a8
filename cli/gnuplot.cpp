#include "cli/gnuplot.hpp"

#include <chrono>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <poll.h>

#include "sim/worker/child.hpp"

namespace springspice::cli {
namespace {

using Clock = std::chrono::steady_clock;

// Until the child has closed its output; false if it takes too long.
bool wait_for(const sim::FileDescriptor& output) {
  constexpr int kSliceMs = 100;
  const Clock::time_point deadline = Clock::now() + std::chrono::minutes(1);
  std::string words;
  while (Clock::now() < deadline) {
    pollfd file = {output.number(), POLLIN, 0};
    if (::poll(&file, 1, kSliceMs) > 0 && !sim::read_pipe(output, words)) return true;
  }
  return false;
}

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The bytes of the file `picture`, which the script writes.
std::optional<std::string> run_gnuplot(const std::string& script) {
  const std::optional<std::string> gnuplot = sim::find_in_path("gnuplot");
  if (!gnuplot) return std::nullopt;
  const sim::TemporaryFolder folder;
  std::ofstream(folder.path() + "/picture.gp") << script;
  auto [output, written] = sim::make_pipe();
  sim::ChildProcess child({.arguments = {*gnuplot, "picture.gp"},
                           .folder = folder.path(),
                           .output = written.number(),
                           .errors = written.number()});
  written = sim::FileDescriptor();
  if (!wait_for(output) || child.end() != 0) return std::nullopt;
  std::string bytes = read_bytes(folder.path() + "/picture");
  if (bytes.empty()) return std::nullopt;
  return bytes;
}

constexpr const char* kOutput = "set output 'picture'\n";

}  // namespace

std::optional<std::string> draw_png(const std::string& script, int width, int height) {
  const std::string terminal =
      fmt::format("set terminal pngcairo noenhanced size {},{} font \"sans,11\"\n", width, height);
  return run_gnuplot(terminal + kOutput + script);
}

std::optional<std::string> draw_svg(const std::string& script) {
  return run_gnuplot(kOutput + script);
}

}  // namespace springspice::cli
