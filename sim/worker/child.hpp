// What any child process needs: files that close, a folder that vanishes, a start that inherits
// nothing, an end that leaves nothing behind.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace springspice::sim {

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

/// True for a file that may be executed.
bool can_run(const std::string& path);

/// The absolute path of a program in PATH; none if it is not there.
std::optional<std::string> find_in_path(const std::string& program);

/// A pipe: the end to read from, which never waits, and the one to write into. Both close on exec.
std::pair<FileDescriptor, FileDescriptor> make_pipe();

/// A copy above the numbers that a child's files get, so that none is overwritten before it is
/// copied.
FileDescriptor above_child_files(FileDescriptor file);

/// Appends what the pipe holds now; never waits. False once nobody can write into it any more.
bool read_pipe(const FileDescriptor& pipe, std::string& text);

/// How a child starts: in this folder, with no input, these files, and no other file or signal
/// setting of ours. HOME is the folder; variables that lead simulators to other start-up files
/// are left out.
struct ChildPlan {
  std::vector<std::string> arguments;  ///< the program's absolute path first
  std::string folder;
  int output = -1;   ///< becomes its standard output
  int errors = -1;   ///< becomes its standard error
  int channel = -1;  ///< becomes protocol::channel_fd, where there is one
};

/// A child that is killed and reaped with its handle.
class ChildProcess {
 public:
  ChildProcess() = default;
  /// @throws EngineError (no_worker) if the program cannot be executed
  explicit ChildProcess(const ChildPlan& plan);
  ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  ChildProcess& operator=(ChildProcess&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~ChildProcess();

  pid_t pid() const { return pid_; }

  /// Waits a moment for a child that is ending, then ends it; how it ended, as waitpid() says.
  int end();

 private:
  pid_t pid_ = -1;
};

}  // namespace springspice::sim
