// Reading tables: a file in memory through Table::next, so that no disk is timed.
#include <cmath>
#include <stdexcept>
#include <string>

#include "bench/measure.hpp"
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/table.hpp"

using namespace springspice;

namespace {

constexpr int kRows = 100'000;

/// A file that lies in memory and has a path.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& text) : file_(::memfd_create("table", MFD_CLOEXEC)) {
    if (file_ < 0 || ::write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      throw std::runtime_error("no file in memory");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(file_); }
  std::string path() const { return fmt::format("/proc/self/fd/{}", file_); }

 private:
  int file_;
};

/// Two inputs and a target, each number written by `format`.
std::string make_table(fmt::format_string<const double&> format, const std::string& quote = "") {
  std::string text = "u1,u2,y\n";
  for (int j = 0; j < kRows; ++j) {
    const double a = std::fmod(j * 0.6180339887498949, 1.0);
    const double b = std::fmod(j * 0.3819660112501051, 1.0);
    const double y = std::sin(7.0 * a) - b * b;
    text += quote + fmt::format(format, a) + quote + ",";
    text += fmt::format(format, b) + "," + fmt::format(format, y) + "\n";
  }
  return text;
}

void read_table(benchmark::State& state, const std::string& text) {
  const MemoryFile file(text);
  for (auto iteration : state) {
    static_cast<void>(iteration);
    core::Table table(file.path(), {});
    double u[2];
    double y[1];
    double sum = 0.0;
    while (table.next(u, y)) sum += u[0] + u[1] + y[0];
    benchmark::DoNotOptimize(sum);
  }
  state.counters["bytes"] = static_cast<double>(text.size());
  state.counters["rows"] = kRows;
}

void csv_17_digits(benchmark::State& state) { read_table(state, make_table("{}")); }
void csv_6_digits(benchmark::State& state) { read_table(state, make_table("{:.6f}")); }
void csv_2_digits(benchmark::State& state) { read_table(state, make_table("{:.2f}")); }
void csv_quoted(benchmark::State& state) { read_table(state, make_table("{}", "\"")); }

BENCHMARK(csv_17_digits)->Apply(bench::measure);
BENCHMARK(csv_6_digits)->Apply(bench::measure);
BENCHMARK(csv_2_digits)->Apply(bench::measure);
BENCHMARK(csv_quoted)->Apply(bench::measure);

}  // namespace
