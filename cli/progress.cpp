#include "cli/progress.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace springspice::cli {

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  // The bar leaves no trace: what stays on the screen is the result.
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void Progress::show(const std::string& what, double fraction) {
  constexpr int kWidth = 30;
  const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kWidth);
  print(fmt::format("{:10} [{:=<{}}{:{}}] {:3.0f} %", what, "", full, "", kWidth - full,
                    100.0 * fraction));
}

void Progress::count(const std::string& what, std::size_t done) {
  print(fmt::format("{} {}", done, what));
}

void Progress::print(const std::string& line) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && now - last_ < std::chrono::milliseconds(50)) return;
  last_ = now;
  shown_ = true;
  fmt::print(stderr, "\r\033[K{}", line);
  std::fflush(stderr);
}

}  // namespace springspice::cli
