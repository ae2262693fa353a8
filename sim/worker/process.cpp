#include "sim/worker/process.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/engine.hpp"
#include "sim/worker/protocol.hpp"

namespace springspice::sim {

namespace fs = std::filesystem;

// ---- where the worker lies

std::string find_worker(const std::string& asked) {
  constexpr const char* name = "springspice-ngspice";
  std::error_code ignored;  // without /proc the first two places are relative, and found missing
  const fs::path here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> places = {asked};
  if (asked.empty()) {
    places = {here / name, here.parent_path() / "libexec" / "springspice" / name,
              fs::path(SPRINGSPICE_LIBEXECDIR) / name};
  }
  std::string looked;
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, ignored) && ::access(place.c_str(), X_OK) == 0) return place;
    looked += fmt::format("{}{}", looked.empty() ? "" : ", ", place.string());
  }
  throw EngineError(
      EngineError::Reason::no_worker,
      fmt::format("no program {} to run ngspice in; looked at {}; install springspice, "
                  "or give its path in EngineOptions::worker",
                  name, looked));
}

// ---- what a process needs

namespace {

[[noreturn]] void throw_system_error(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

/// Above the numbers that the child's files get, so that none is overwritten before it is copied.
FileDescriptor above_standard_files(FileDescriptor file) {
  const int copy = ::fcntl(file.number(), F_DUPFD_CLOEXEC, protocol::channel_fd + 1);
  if (copy < 0) throw_system_error(errno, "fcntl");
  return FileDescriptor(copy);
}

// Close-on-exec everywhere: another thread may start its own worker at any time.
std::pair<FileDescriptor, FileDescriptor> make_socket() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw_system_error(errno, "socketpair");
  }
  FileDescriptor parent(ends[0]);
  return {std::move(parent), above_standard_files(FileDescriptor(ends[1]))};
}

std::pair<FileDescriptor, FileDescriptor> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_system_error(errno, "pipe2");
  FileDescriptor read_end(ends[0]);
  // The parent's end alone: the worker's prints shall wait, not fail.
  ::fcntl(read_end.number(), F_SETFL, O_NONBLOCK);
  return {std::move(read_end), above_standard_files(FileDescriptor(ends[1]))};
}

/// HOME is the empty folder; none of the variables that lead ngspice to other start-up files.
std::vector<std::string> worker_environment(const std::string& home) {
  std::vector<std::string> variables = {"HOME=" + home};
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const bool leads_astray = text.starts_with("HOME=") || text.starts_with("SPICE_") ||
                              text.starts_with("NGSPICE_") || text.starts_with("USERPROFILE=");
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
  SpawnActions(const std::string& folder, int channel, int printed) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addchdir_np(&files_, folder.c_str());
    ::posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, printed, 1);
    ::posix_spawn_file_actions_adddup2(&files_, printed, 2);
    ::posix_spawn_file_actions_adddup2(&files_, channel, protocol::channel_fd);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, protocol::channel_fd + 1);

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

}  // namespace

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

// ---- the process

WorkerProcess::WorkerProcess(const std::string& program) {
  std::ofstream(folder_.path() + "/.spiceinit") << "* nothing\n";
  auto [channel, worker_channel] = make_socket();
  auto [printed, worker_printed] = make_pipe();
  const SpawnActions actions(folder_.path(), worker_channel.number(), worker_printed.number());
  // The worker's folder is another one: a relative path would be looked for there.
  pid_ = actions.spawn({fs::absolute(program).string(), std::to_string(::getpid())},
                       worker_environment(folder_.path()));
  channel_ = std::move(channel);
  printed_ = std::move(printed);
}

WorkerProcess::~WorkerProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

WorkerProcess::Event WorkerProcess::exchange(std::string_view& outgoing, std::string& frames,
                                             std::string& printed, Clock::time_point deadline) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  if (left <= 0) return Event::deadline;
  const short wanted = static_cast<short>(outgoing.empty() ? POLLIN : POLLIN | POLLOUT);
  pollfd files[2] = {{channel_.number(), wanted, 0}, {printed_.number(), POLLIN, 0}};
  const int wait_ms = static_cast<int>(std::min<decltype(left)>(left, 1'000'000));
  const int ready = ::poll(files, 2, wait_ms);
  if (ready < 0 && errno != EINTR) throw_system_error(errno, "poll");
  if (ready <= 0) return Event::traffic;  // the next call sees whether the time is over

  if (files[1].revents != 0) read_printed(printed);
  if ((files[0].revents & POLLOUT) != 0) send(outgoing);
  if ((files[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !read_frames(frames)) {
    return Event::closed;
  }
  return Event::traffic;
}

void WorkerProcess::send(std::string_view& outgoing) {
  const ssize_t sent =
      ::send(channel_.number(), outgoing.data(), outgoing.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) {
    outgoing.remove_prefix(static_cast<std::size_t>(sent));
  } else if (errno == EPIPE || errno == ECONNRESET) {
    outgoing = {};  // the worker is gone; what it said before is still to be read
  } else if (errno != EAGAIN && errno != EINTR) {
    throw_system_error(errno, "send");
  }
}

bool WorkerProcess::read_frames(std::string& frames) {
  constexpr std::size_t block = 1 << 18;
  const std::size_t before = frames.size();
  frames.resize(before + block);
  const ssize_t got = ::recv(channel_.number(), frames.data() + before, block, MSG_DONTWAIT);
  frames.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  return got > 0;
}

void WorkerProcess::read_printed(std::string& printed) {
  char block[4096];
  for (;;) {
    const ssize_t got = ::read(printed_.number(), block, sizeof block);
    if (got <= 0) return;
    printed.append(block, static_cast<std::size_t>(got));
  }
}

int WorkerProcess::end() {
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
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

}  // namespace springspice::sim
