// Runs the built program as a user does, in a folder, and tells how it ended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/cli/folder.hpp"

namespace springspice::test {

using Words = std::vector<std::string>;

/// "fit --data a.csv" cut at its blanks.
Words split_words(const std::string& line);

struct Result {
  int status = -1;     ///< exit status; -1 where a signal ended it
  int signal = 0;      ///< that signal
  double peak_mb = 0;  ///< largest resident set
  double wall_s = 0;
  std::string out, err;
  long leftovers = 0;  ///< files that stayed in its TMPDIR
};

struct Start {
  std::optional<std::string> input;     ///< what standard input, a pipe, holds (up to 64 kB)
  std::optional<int> input_file;        ///< or a file, which start() leaves open; else /dev/null
  std::optional<long> file_size_limit;  ///< bytes, as `ulimit -f` sets it
};

class Process {
 public:
  Process(const Folder& folder, const Words& words, const Start& start = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();  ///< kills it where nobody waited

  pid_t pid() const { return pid_; }
  /// Processes that it started and that still run.
  std::vector<pid_t> children() const;
  Result wait();

 private:
  Folder temporary_;  // its TMPDIR
  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  double started_ = 0;
};

/// False for a process that is gone, also where nobody has taken note of its end.
bool is_running(pid_t pid);

Result run(const Folder& folder, const Words& words, const Start& start = {});
Result run(const Folder& folder, const std::string& line, const Start& start = {});

/// The program refuses with `status`, says nothing on standard output, leaves no file, and its
/// message, one line that begins with its name, holds all `parts`.
void check_refused(const Folder& folder, const Words& words, int status,
                   const std::vector<std::string>& parts, const Start& start = {});
void check_refused(const Folder& folder, const std::string& line, int status,
                   const std::vector<std::string>& parts, const Start& start = {});

/// `u,y` with n rows: a sine over 0 to 1.
std::string sine_table(int n = 21);
/// `a,b,y,z`: n scattered points in the unit square, two smooth targets.
std::string plane_table(int n = 60);

}  // namespace springspice::test
