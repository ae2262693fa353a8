// The parent's handle on one worker: a process, a socket to it, a pipe with what it prints, and an
// empty folder that it runs in. All four are gone when the handle is.
//
// ngspice reads ./.spiceinit, and without one that of the user's home, which Debian's build looks
// up in the password file, whatever HOME says. So the folder holds a .spiceinit that says nothing.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "sim/worker/child.hpp"

namespace springspice::sim {

/// The worker's path: `asked` if not empty; else beside this program, in ../libexec/springspice
/// from there, or where it was installed.
/// @throws EngineError (no_worker), which says where it looked
std::string find_worker(const std::string& asked);

class WorkerProcess {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Event { traffic, closed, deadline };

  /// Starts the worker.
  /// @throws EngineError (no_worker) if it cannot be executed; std::system_error if the system has
  /// no process, file or folder to give
  explicit WorkerProcess(const std::string& program);

  pid_t pid() const { return child_.pid(); }

  /// Waits until something can be sent or read, then sends what goes of `outgoing` (and shortens
  /// it) and appends what came. `closed`: the worker has let go of the socket.
  Event exchange(std::string_view& outgoing, std::string& frames, std::string& printed,
                 Clock::time_point deadline);

  /// Appends what the worker has printed so far; never waits.
  void read_printed(std::string& printed);

  /// Waits a moment for a worker that is ending, then ends it; how it ended, as waitpid() says.
  int end() { return child_.end(); }

 private:
  bool read_frames(std::string& frames);
  void send(std::string_view& outgoing);

  TemporaryFolder folder_;
  FileDescriptor channel_;
  FileDescriptor printed_;
  ChildProcess child_;  // last: it ends first
};

}  // namespace springspice::sim
