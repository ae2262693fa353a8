#include "sim/worker/process.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/engine.hpp"
#include "sim/worker/protocol.hpp"

namespace springspice::sim {

namespace fs = std::filesystem;

// ---- where the worker lies

namespace {

// Where it is installed, seen from the programs: an installed tree may be moved as a whole.
constexpr const char* kFromPrograms = SPRINGSPICE_LIBEXEC_FROM_BIN "/springspice";

// Beside each folder of programs: somebody else's program that uses the library lies elsewhere, but
// springspice is in the PATH.
std::vector<fs::path> places_in_path() {
  std::vector<fs::path> places;
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (folder.starts_with('/')) places.push_back(fs::path(folder) / kFromPrograms);
  }
  return places;
}

}  // namespace

std::string find_worker(const std::string& asked) {
  constexpr const char* name = "springspice-ngspice";
  std::error_code ignored;  // without /proc the first two places are relative, and found missing
  const fs::path here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> places = {asked};
  if (asked.empty()) {
    places = {here / name, (here / kFromPrograms / name).lexically_normal(),
              fs::path(SPRINGSPICE_LIBEXECDIR) / name};
    for (const fs::path& place : places_in_path()) {
      places.push_back((place / name).lexically_normal());
    }
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

// Close-on-exec everywhere: another thread may start its own worker at any time.
std::pair<FileDescriptor, FileDescriptor> make_socket() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw_system_error(errno, "socketpair");
  }
  FileDescriptor parent(ends[0]);
  return {std::move(parent), above_child_files(FileDescriptor(ends[1]))};
}

}  // namespace

// ---- the process

WorkerProcess::WorkerProcess(const std::string& program) {
  std::ofstream(folder_.path() + "/.spiceinit") << "* nothing\n";
  auto [channel, worker_channel] = make_socket();
  auto [printed, worker_printed] = make_pipe();
  // The worker's folder is another one: a relative path would be looked for there.
  child_ = ChildProcess({{fs::absolute(program).string(), std::to_string(::getpid())},
                         folder_.path(),
                         worker_printed.number(),
                         worker_printed.number(),
                         worker_channel.number()});
  channel_ = std::move(channel);
  printed_ = std::move(printed);
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

void WorkerProcess::read_printed(std::string& printed) { read_pipe(printed_, printed); }

}  // namespace springspice::sim
