// A file as lines of text, in ASCII or UTF-16 (little-endian), with binary data behind some of
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <memory>
#include <span>
#include <string>

namespace springspice::sim {

class LineSource {
 public:
  /// @throws core::InputError for a file that cannot be read, a folder, or an empty file
  explicit LineSource(const std::string& path);

  bool is_utf16() const { return utf16_; }
  /// The next line without its end; characters beyond ASCII become '?' in UTF-16. False at the end.
  bool next(std::string& line);
  /// False where the line read last has no end: the file may be cut short inside it.
  bool is_complete() const { return complete_; }
  std::size_t line() const { return line_; }  ///< number of the line read last, from 1

  /// Whole or not at all.
  bool read(std::span<char> bytes);
  std::uint64_t position() const { return position_; }
  std::uint64_t size() const { return size_; }
  void seek(std::uint64_t position);

 private:
  std::unique_ptr<char[]> buffer_;
  std::ifstream file_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
  std::size_t line_ = 0;
  bool complete_ = true;
  bool utf16_ = false;
};

}  // namespace springspice::sim
