#include "sim/worker/child.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/engine.hpp"
#include "sim/worker/protocol.hpp"

namespace springspice::sim {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void throw_system_error(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

/// HOME is the empty folder; none of the variables that lead ngspice to other start-up files.
std::vector<std::string> child_environment(const std::string& home) {
  std::vector<std::string> variables = {"HOME=" + home};
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const bool leads_astray = text.starts_with("HOME=") || text.starts_with("SPICE_") ||
                              text.starts_with("NGSPICE_") || text.starts_with("GNUCAP_") ||
                              text.starts_with("USERPROFILE=");
    if (!leads_astray) variables.emplace_back(text);
  }
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What happens between fork and exec; posix_spawn does it without touching the parent's memory.
class SpawnActions {
 public:
  explicit SpawnActions(const ChildPlan& plan) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addchdir_np(&files_, plan.folder.c_str());
    ::posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, plan.output, 1);
    ::posix_spawn_file_actions_adddup2(&files_, plan.errors, 2);
    int first_unused = protocol::channel_fd;
    if (plan.channel >= 0) {
      ::posix_spawn_file_actions_adddup2(&files_, plan.channel, protocol::channel_fd);
      ++first_unused;
    }
    ::posix_spawn_file_actions_addclosefrom_np(&files_, first_unused);

    // The host may block or ignore signals; an ignored one would stay ignored through exec.
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnActions() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  pid_t spawn(std::vector<std::string> arguments, std::vector<std::string> environment) const {
    const std::vector<char*> argv = pointers_to(arguments);
    const std::vector<char*> envp = pointers_to(environment);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, argv[0], &files_, &attributes_, argv.data(), envp.data());
    if (error != 0) {
      throw EngineError(EngineError::Reason::no_worker,
                        fmt::format("cannot start {}: {}", arguments[0], std::strerror(error)));
    }
    return pid;
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

void reap(pid_t pid, int* status) {
  while (::waitpid(pid, status, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

bool can_run(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

std::optional<std::string> find_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view folders = path != nullptr ? path : "";
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    const fs::path here = fs::path(folder.empty() ? "." : folder) / program;
    if (can_run(here.string())) return fs::absolute(here).string();
  }
  return std::nullopt;
}

// ---- files and folders

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

TemporaryFolder::TemporaryFolder() {
  path_ = (fs::temp_directory_path() / "springspice-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) throw_system_error(errno, path_.c_str());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

FileDescriptor above_child_files(FileDescriptor file) {
  const int copy = ::fcntl(file.number(), F_DUPFD_CLOEXEC, protocol::channel_fd + 1);
  if (copy < 0) throw_system_error(errno, "fcntl");
  return FileDescriptor(copy);
}

std::pair<FileDescriptor, FileDescriptor> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_system_error(errno, "pipe2");
  FileDescriptor read_end(ends[0]);
  // The parent's end alone: the worker's prints shall wait, not fail.
  ::fcntl(read_end.number(), F_SETFL, O_NONBLOCK);
  return {std::move(read_end), above_child_files(FileDescriptor(ends[1]))};
}

bool read_pipe(const FileDescriptor& pipe, std::string& text) {
  char block[65536];
  for (;;) {
    const ssize_t got = ::read(pipe.number(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0 && errno == EAGAIN;
    text.append(block, static_cast<std::size_t>(got));
  }
}

// ---- the process

ChildProcess::ChildProcess(const ChildPlan& plan)
    : pid_(SpawnActions(plan).spawn(plan.arguments, child_environment(plan.folder))) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  reap(pid_, nullptr);
}

int ChildProcess::end() {
  int status = 0;
  for (int tries = 0; tries < 500; ++tries) {
    const pid_t reaped = ::waitpid(pid_, &status, WNOHANG);
    if (reaped == pid_ || (reaped < 0 && errno != EINTR)) {
      pid_ = -1;
      return status;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ::kill(pid_, SIGKILL);
  reap(pid_, &status);
  pid_ = -1;
  return status;
}

}  // namespace springspice::sim
