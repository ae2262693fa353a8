#include "cli/output_file.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <streambuf>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/table.hpp"

namespace springspice::cli {
namespace {

namespace fs = std::filesystem;

// ---- temporary files that a signal must remove -------------------------------------------------

// Fixed storage: a signal handler may neither allocate nor race with memory that is given back.
struct TemporarySlot {
  enum : int { free, taken, armed };
  std::atomic<int> state{free};
  pid_t owner = 0;  // a forked child must not remove its parent's files
  std::array<char, PATH_MAX> path{};
};
static_assert(std::atomic<int>::is_always_lock_free);
std::array<TemporarySlot, 64> temporary_files;

/// Null where the table is full or the path too long: then only the destructor removes the file.
TemporarySlot* arm(const std::string& path) {
  if (path.size() >= PATH_MAX) return nullptr;
  for (TemporarySlot& slot : temporary_files) {
    int expected = TemporarySlot::free;
    if (!slot.state.compare_exchange_strong(expected, TemporarySlot::taken)) continue;
    slot.owner = ::getpid();
    std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
    slot.state.store(TemporarySlot::armed);
    return &slot;
  }
  return nullptr;
}

void disarm(TemporarySlot* slot) {
  if (slot != nullptr) slot->state.store(TemporarySlot::free);
}

extern "C" void springspice_on_signal(int signal) {
  remove_temporary_files();
  // SA_RESETHAND has put the default action back: the shell sees how we ended.
  ::raise(signal);
}

// ---- messages ----------------------------------------------------------------------------------

std::string shown(const fs::path& path) { return core::printable(path.native(), PATH_MAX); }

const char* kind_of(const fs::path& path) {
  std::error_code ignored;
  switch (fs::status(path, ignored).type()) {
    case fs::file_type::regular:
      return "a regular file";
    case fs::file_type::directory:
      return "a folder";
    case fs::file_type::fifo:
      return "a pipe";
    case fs::file_type::socket:
      return "a socket";
    default:
      return "a device";
  }
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// The outermost part of a folder's path that is not a folder; empty where all are.
fs::path first_obstacle(const fs::path& folder) {
  fs::path part;
  for (const fs::path& name : folder) {
    part /= name;
    std::error_code error;
    if (!fs::is_directory(part, error)) return part;
  }
  return {};
}

std::string folder_reason(const fs::path& folder, int reason) {
  if (const fs::path obstacle = first_obstacle(folder); !obstacle.empty()) {
    std::error_code error;
    const fs::file_status status = fs::status(obstacle, error);
    if (status.type() == fs::file_type::not_found) {
      return fmt::format("its folder `{}` does not exist; make it or", shown(obstacle));
    }
    if (fs::exists(status)) {
      return fmt::format("its folder `{}` is not a folder ({});", shown(obstacle),
                         kind_of(obstacle));
    }
  }
  if (reason == EACCES || reason == EPERM || reason == EROFS) {
    return fmt::format("its folder `{}` is not open to writing ({});", shown(folder),
                       std::generic_category().message(reason));
  }
  return std::generic_category().message(reason) + ";";
}

std::string write_reason(int reason) {
  const std::string message = std::generic_category().message(reason);
  switch (reason) {
    case EFBIG:
      return message + " (a limit on file sizes, see `ulimit -f`); raise the limit or";
    case ENOSPC:
    case EDQUOT:
      return message + "; free some space or";
    case EPIPE:
      return "its reader has gone away (" + message + "); read it to the end or";
    default:
      return message + ";";
  }
}

// ---- a stream that remembers why it failed -----------------------------------------------------

class FileBuffer : public std::streambuf {
 public:
  FileBuffer() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

  int file = -1;
  int failure = 0;  ///< errno of the first write that failed; later text is thrown away

 protected:
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }

  int sync() override {
    const char* text = pbase();
    while (text != pptr() && failure == 0) {
      const ssize_t count = ::write(file, text, static_cast<std::size_t>(pptr() - text));
      if (count >= 0) {
        text += count;
      } else if (errno == EAGAIN) {
        // Some shells hand over a standard output that does not block.
        pollfd waiting{file, POLLOUT, 0};
        ::poll(&waiting, 1, -1);
      } else if (errno != EINTR) {
        failure = errno;
      }
    }
    setp(buffer_.data(), buffer_.data() + buffer_.size());
    return failure == 0 ? 0 : -1;
  }

 private:
  std::array<char, 65536> buffer_;
};

}  // namespace

// ---- OutputFile --------------------------------------------------------------------------------

struct OutputFile::State {
  State(const std::string& path, const std::string& option);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[noreturn]] void fail(const std::string& reason) const {
    throw OutputError(fmt::format("cannot write {}: {} choose another {}", name_, reason, option_));
  }
  void finish();
  void commit();

  FileBuffer buffer;
  std::ostream stream{&buffer};

 private:
  void resolve_target();
  void open_in_place();
  void open_temporary();
  void check_not_ours() const;
  void close_file();

  std::string name_;  // as messages show it
  std::string option_;
  fs::path target_;
  fs::path temporary_;  // empty: the target is written in place
  mode_t mode_ = 0;     // of the old file; 0 where there is none
  TemporarySlot* slot_ = nullptr;
  pid_t owner_ = ::getpid();
  bool finished_ = false;
};

OutputFile::State::State(const std::string& path, const std::string& option)
    : name_(path == "-" ? "standard output" : shown(path)), option_(option), target_(path) {
  if (path.empty()) fail("its name is empty;");
  if (path == "-") {
    buffer.file = STDOUT_FILENO;
    return;
  }
  std::error_code error;
  const fs::file_status status = fs::status(target_, error);
  if (fs::is_directory(status)) fail("it is a folder; give a file name in it or");
  if (!target_.has_filename()) fail("its name ends in `/`; give a file name or");
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    open_in_place();
  } else {
    resolve_target();
    open_temporary();
  }
}

/// Follows a link, so that the file is replaced and not the link; takes the old file's permissions.
void OutputFile::State::resolve_target() {
  std::error_code error;
  if (fs::is_symlink(target_, error)) {
    const fs::path real = fs::canonical(target_, error);
    if (!error) target_ = real;
  }
  struct stat old {};
  if (::stat(target_.c_str(), &old) != 0) return;
  // rename() asks for no permission on what it replaces; a user who protected a file does.
  if (::access(target_.c_str(), W_OK) != 0) {
    fail(fmt::format("{}; permit writing to it or", std::generic_category().message(errno)));
  }
  mode_ = old.st_mode & 0777;
}

void OutputFile::State::open_in_place() {
  buffer.file = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
  if (buffer.file < 0) fail(std::generic_category().message(errno) + ";");
}

void OutputFile::State::open_temporary() {
  const std::string stem = fmt::format("{}.tmp-{}", target_.native(), owner_);
  // A name that is taken belongs to another machine or container, or to a process that was killed.
  for (int attempt = 1; attempt <= 100; ++attempt) {
    temporary_ = attempt == 1 ? stem : fmt::format("{}-{}", stem, attempt);
    struct stat other {};
    if (::lstat(temporary_.c_str(), &other) == 0) {
      check_not_ours();
      continue;
    }
    // Before it is opened: a signal may come at any time.
    slot_ = arm(temporary_.native());
    buffer.file = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (buffer.file >= 0) {
      if (mode_ != 0) ::fchmod(buffer.file, mode_);
      return;
    }
    const int reason = errno;
    disarm(slot_);
    if (reason != EEXIST) fail(folder_reason(folder_of(target_), reason));
  }
  fail(fmt::format("too many abandoned files like `{}`; remove them or", shown(stem)));
}

/// Two options with one file would otherwise overwrite each other in silence.
void OutputFile::State::check_not_ours() const {
  for (const TemporarySlot& slot : temporary_files) {
    std::error_code gone;
    if (slot.state.load() == TemporarySlot::armed &&
        fs::equivalent(temporary_, slot.path.data(), gone)) {
      fail("another option writes to the same file;");
    }
  }
}

void OutputFile::State::close_file() {
  const int file = std::exchange(buffer.file, -1);
  if (file < 0 || file == STDOUT_FILENO) return;
  // A file system over a network may report a full disk only here.
  if (::close(file) != 0 && buffer.failure == 0 && errno != EINTR) buffer.failure = errno;
}

void OutputFile::State::finish() {
  if (finished_) return;
  assert(buffer.file >= 0);
  finished_ = true;
  stream.flush();
  close_file();
  if (buffer.failure != 0) fail(write_reason(buffer.failure));
  // An operator<< that ran out of memory leaves no other trace.
  if (!stream) fail("its text could not be formed;");
}

void OutputFile::State::commit() {
  finish();
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    fail(folder_reason(folder_of(target_), errno));
  }
  temporary_.clear();
  disarm(slot_);
}

OutputFile::State::~State() {
  close_file();
  if (temporary_.empty() || owner_ != ::getpid()) return;
  ::unlink(temporary_.c_str());
  disarm(slot_);
}

OutputFile::OutputFile(const std::string& path, const std::string& option)
    : state_(std::make_unique<State>(path, option)) {}
OutputFile::~OutputFile() = default;

std::ostream& OutputFile::stream() { return state_->stream; }

void OutputFile::write(std::string_view text) {
  state_->stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (state_->buffer.failure != 0) state_->fail(write_reason(state_->buffer.failure));
}

void OutputFile::finish() { state_->finish(); }
void OutputFile::commit() { state_->commit(); }

// ---- folders and signals -----------------------------------------------------------------------

void make_folder(const std::string& path, const std::string& option) {
  const auto fail = [&](const std::string& reason) {
    throw OutputError(fmt::format("cannot make the folder {}: {} choose another {}", shown(path),
                                  reason, option));
  };
  if (path.empty()) fail("its name is empty;");
  std::error_code error;
  fs::create_directories(path, error);
  if (const fs::path obstacle = first_obstacle(path); !obstacle.empty()) {
    const fs::file_status status = fs::status(obstacle, error);
    if (fs::exists(status)) fail(fmt::format("`{}` is {};", shown(obstacle), kind_of(obstacle)));
    fs::create_directory(obstacle, error);  // for the reason why this one cannot be made
    fail(fmt::format("{} in `{}`;", error.message(), shown(folder_of(obstacle))));
  }
  if (::access(path.c_str(), W_OK | X_OK) != 0) {
    fail(fmt::format("it is there and not open to writing ({});",
                     std::generic_category().message(errno)));
  }
}

void install_output_signals() {
  for (const int ignored : {SIGPIPE, SIGXFSZ}) {
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    ::sigaction(ignored, &action, nullptr);
  }
  for (const int deadly : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    ::sigaction(deadly, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;  // nohup
    struct sigaction action {};
    action.sa_handler = springspice_on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(deadly, &action, nullptr);
  }
}

void remove_temporary_files() noexcept {
  const int kept = errno;
  const pid_t self = ::getpid();
  for (TemporarySlot& slot : temporary_files) {
    if (slot.state.load() == TemporarySlot::armed && slot.owner == self) ::unlink(slot.path.data());
  }
  errno = kept;
}

}  // namespace springspice::cli
