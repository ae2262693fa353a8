#include "tests/cli/process.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"

namespace springspice::test {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return ends;
}

std::vector<char*> pointers_to(Words& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

int open_input(const Start& start) {
  if (start.input_file) return ::fcntl(*start.input_file, F_DUPFD_CLOEXEC, 0);
  if (!start.input) return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto ends = make_pipe();
  const ssize_t count = ::write(ends[1], start.input->data(), start.input->size());
  if (count != static_cast<ssize_t>(start.input->size())) throw std::runtime_error("short pipe");
  ::close(ends[1]);
  return ends[0];
}

// Between fork and exec: only what is safe there.
[[noreturn]] void become(const char* folder, char* const* argv, char* const* envp, int in, int out,
                         int err, const Start& start) {
  if (::chdir(folder) != 0) ::_exit(126);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  // Whoever runs the tests may ignore it, and an ignored signal stays ignored.
  ::signal(SIGINT, SIG_DFL);
  if (start.file_size_limit) {
    const auto bytes = static_cast<rlim_t>(*start.file_size_limit);
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ::execve(argv[0], argv, envp);
  ::_exit(127);
}

}  // namespace

Words split_words(const std::string& line) {
  std::istringstream stream(line);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

Process::Process(const Folder& folder, const Words& words, const Start& start) : started_(now()) {
  Words all = {SPRINGSPICE_BINARY_DIR "/springspice"};
  all.insert(all.end(), words.begin(), words.end());
  const std::vector<char*> argv = pointers_to(all);
  Words variables = {"TMPDIR=" + temporary_.path()};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("TMPDIR=")) variables.emplace_back(*entry);
  }
  const std::vector<char*> envp = pointers_to(variables);
  const std::string path = folder.path();
  const int in = open_input(start);
  const auto out = make_pipe();
  const auto err = make_pipe();
  pid_ = ::fork();
  if (pid_ == 0) become(path.c_str(), argv.data(), envp.data(), in, out[1], err[1], start);
  for (const int file : {in, out[1], err[1]}) ::close(file);
  out_ = out[0];
  err_ = err[0];
}

Process::~Process() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

std::vector<pid_t> Process::children() const {
  std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", pid_));
  std::vector<pid_t> pids;
  for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
  return pids;
}

Result Process::wait() {
  Result result;
  std::array<pollfd, 2> files{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  const std::array<std::string*, 2> texts{&result.out, &result.err};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    ::poll(files.data(), files.size(), -1);
    for (std::size_t k = 0; k < files.size(); ++k) {
      if (files[k].fd < 0 || files[k].revents == 0) continue;
      std::array<char, 4096> block{};
      const ssize_t count = ::read(files[k].fd, block.data(), block.size());
      if (count > 0) {
        texts[k]->append(block.data(), static_cast<std::size_t>(count));
      } else if (count == 0 || errno != EINTR) {
        files[k].fd = -1;
      }
    }
  }
  int status = 0;
  rusage usage{};
  ::wait4(pid_, &status, 0, &usage);
  ::close(out_);
  ::close(err_);
  pid_ = -1;
  result.leftovers = temporary_.files();
  result.wall_s = now() - started_;
  result.peak_mb = static_cast<double>(usage.ru_maxrss) / 1024.0;
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

bool is_running(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string number, name, state;
  return file >> number >> name >> state && state != "Z" && state != "X";
}

Result run(const Folder& folder, const Words& words, const Start& start) {
  return Process(folder, words, start).wait();
}

Result run(const Folder& folder, const std::string& line, const Start& start) {
  return run(folder, split_words(line), start);
}

void check_refused(const Folder& folder, const Words& words, int status,
                   const std::vector<std::string>& parts, const Start& start) {
  std::string line;
  for (const std::string& word : words) line += " " + word;
  INFO("springspice" << line);
  const auto files = folder.files();
  const Result result = run(folder, words, start);
  CHECK(result.status == status);
  CHECK(result.out.empty());
  CHECK(result.leftovers == 0);
  CHECK(result.err.starts_with("springspice: "));
  CHECK(result.err.find('\n') == result.err.size() - 1);
  for (const std::string& part : parts) CHECK_THAT(result.err, ContainsSubstring(part));
  CHECK(folder.files() == files);
}

void check_refused(const Folder& folder, const std::string& line, int status,
                   const std::vector<std::string>& parts, const Start& start) {
  check_refused(folder, split_words(line), status, parts, start);
}

std::string sine_table(int n) {
  std::string text = "u,y\n";
  for (int i = 0; i < n; ++i) {
    const double u = static_cast<double>(i) / (n - 1);
    text += fmt::format("{},{:.6f}\n", u, std::sin(3.0 * u));
  }
  return text;
}

std::string plane_table(int n) {
  std::string text = "a,b,y,z\n";
  for (int i = 0; i < n; ++i) {
    // Multiples of irrational numbers fill the square evenly.
    const double a = std::fmod(0.5 + i * 0.7548776662466927, 1.0);
    const double b = std::fmod(0.5 + i * 0.5698402909980532, 1.0);
    text += fmt::format("{:.6f},{:.6f},{:.6f},{:.6f}\n", a, b, std::sin(2.0 * a) + b, a * b);
  }
  return text;
}

}  // namespace springspice::test
