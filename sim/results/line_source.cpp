#include "sim/results/line_source.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/table.hpp"

namespace springspice::sim {
namespace {

constexpr std::size_t kBlock = 1 << 20;

}  // namespace

LineSource::LineSource(const std::string& path) : buffer_(std::make_unique<char[]>(kBlock)) {
  file_.rdbuf()->pubsetbuf(buffer_.get(), kBlock);
  errno = 0;
  file_.open(path, std::ios::binary);
  const int reason = errno;
  std::error_code error;
  const bool regular = std::filesystem::is_regular_file(path, error);
  if (!file_.is_open() || !regular) {
    throw core::InputError(fmt::format(
        "cannot read {}: {}; give a result file of a simulator or an oscilloscope",
        core::printable(path, 200),
        file_.is_open() ? "it is no regular file" : std::generic_category().message(reason)));
  }
  size_ = std::filesystem::file_size(path);
  if (size_ == 0) {
    throw core::InputError(
        fmt::format("{} is empty; did the run come to its end?", core::printable(path, 200)));
  }
  char start[2] = {};
  file_.read(start, 2);
  // A byte-order mark, or the first letter of LTspice's `Title:`, which has none.
  utf16_ = file_.gcount() == 2 &&
           ((start[0] == '\xFF' && start[1] == '\xFE') || (start[0] != '\0' && start[1] == '\0'));
  seek(start[0] == '\xFF' && utf16_ ? 2 : 0);
}

void LineSource::seek(std::uint64_t position) {
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(position));
  position_ = position;
}

bool LineSource::next(std::string& line) {
  line.clear();
  complete_ = false;
  const std::uint64_t begin = position_;
  std::streambuf& bytes = *file_.rdbuf();
  constexpr int kEnd = std::char_traits<char>::eof();
  for (int c = bytes.sbumpc(); c != kEnd; c = bytes.sbumpc()) {
    ++position_;
    if (utf16_) {
      const int high = bytes.sbumpc();
      if (high == kEnd) break;
      ++position_;
      if (high != 0 || c > 0x7F) c = '?';
    }
    if (c == '\n') {
      complete_ = true;
      break;
    }
    line += static_cast<char>(c);
  }
  if (position_ == begin) return false;
  ++line_;
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

bool LineSource::read(std::span<char> bytes) {
  file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  position_ += static_cast<std::uint64_t>(file_.gcount());
  return static_cast<std::size_t>(file_.gcount()) == bytes.size();
}

}  // namespace springspice::sim
