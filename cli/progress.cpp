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
  if (!due()) return;
  if (what != what_) {
    what_ = what;
    start_ = last_;
  }
  constexpr int kWidth = 30;
  const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kWidth);
  const std::chrono::duration<double> spent = last_ - start_;
  std::string left;
  if (spent.count() > 1.0 && fraction > 0.0) {
    left = fmt::format(", {:.0f} s left", spent.count() * (1.0 - fraction) / fraction);
  }
  print(fmt::format("{:10} [{:=<{}}{:{}}] {:3.0f} %{}", what, "", full, "", kWidth - full,
                    100.0 * fraction, left));
}

void Progress::count(const std::string& what, std::size_t done) {
  if (due()) print(fmt::format("{} {}", done, what));
}

// Twenty times a second: an eye sees no more, and a terminal may be slow.
bool Progress::due() {
  if (!terminal_) return false;
  const Clock::time_point now = Clock::now();
  if (shown_ && now - last_ < std::chrono::milliseconds(50)) return false;
  last_ = now;
  shown_ = true;
  return true;
}

void Progress::print(const std::string& line) {
  fmt::print(stderr, "\r\033[K{}", line);
  std::fflush(stderr);
}

}  // namespace springspice::cli
