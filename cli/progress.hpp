// A progress bar on a terminal (standard error), nothing elsewhere.
#pragma once

#include <chrono>
#include <string>

namespace springspice::cli {

class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What is being done, and how far it is, 0 to 1; after a second also how long it will take.
  void show(const std::string& what, double fraction);
  /// Without an end in sight: a count.
  void count(const std::string& what, std::size_t done);

 private:
  using Clock = std::chrono::steady_clock;
  bool due();
  void print(const std::string& line);
  bool terminal_;
  bool shown_ = false;
  Clock::time_point last_;
  std::string what_;  ///< what has been shown since start_
  Clock::time_point start_;
};

}  // namespace springspice::cli
