// The parent's handle on one worker: a process, a socket to it, a pipe with what it prints, and an
// empty folder that it runs in. All four are gone when the handle is.
//
// ngspice reads ./.spiceinit, and without one that of the user's home, which Debian's build looks
// up in the password file, whatever HOME says. So the folder holds a .spiceinit that says nothing.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

namespace springspice::sim {

/// The worker's path: `asked` if not empty; else beside this program, in ../libexec/springspice
/// from there, or where it was installed.
/// @throws EngineError (no_worker), which says where it looked
std::string find_worker(const std::string& asked);

/// An open file, closed at the end.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();
  int number() const { return number_; }

 private:
  int number_ = -1;
};

/// A new empty folder, removed at the end with all that came into it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class WorkerProcess {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Event { traffic, closed, deadline };

  /// Starts the worker.
  /// @throws EngineError (no_worker) if it cannot be executed; std::system_error if the system has
  /// no process, file or folder to give
  explicit WorkerProcess(const std::string& program);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t pid() const { return pid_; }

  /// Waits until something can be sent or read, then sends what goes of `outgoing` (and shortens
  /// it) and appends what came. `closed`: the worker has let go of the socket.
  Event exchange(std::string_view& outgoing, std::string& frames, std::string& printed,
                 Clock::time_point deadline);

  /// Appends what the worker has printed so far; never waits.
  void read_printed(std::string& printed);

  /// Waits a moment for a worker that is ending, then ends it; how it ended, as waitpid() says.
  int end();

 private:
  bool read_frames(std::string& frames);
  void send(std::string_view& outgoing);

  TemporaryFolder folder_;
  FileDescriptor channel_;
  FileDescriptor printed_;
  pid_t pid_ = -1;
};

}  // namespace springspice::sim
