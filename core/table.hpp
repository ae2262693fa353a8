// A table of numbers in comma-separated form, read row by row in constant memory.
//
// The first row names the columns. Separators: comma; semicolon or tab where the header has no
// comma (noted in `separator()`). A UTF-8 byte-order mark and CRLF are taken in stride; blank lines
// are skipped. Quoting is RFC 4180's. Numbers are in the C locale.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace springspice::core {

/// Which columns are inputs and which are targets; empty means all but the last, and the last.
/// With only one of the two given, the default of the other leaves out what is taken.
struct ColumnChoice {
  std::vector<std::string> inputs;
  std::vector<std::string> targets;
};

class Table {
 public:
  /// Opens `path` ("-" is standard input) and reads the header.
  /// @throws InputError for a file that cannot be read, is empty, or has a column name twice;
  /// ParameterError for a chosen column that is not there (the message lists those that are),
  /// chosen twice, or both input and target.
  Table(const std::string& path, const ColumnChoice& choice);
  ~Table();
  Table(Table&&) noexcept;
  Table& operator=(Table&&) noexcept;

  const std::vector<std::string>& inputs() const;
  const std::vector<std::string>& targets() const;
  char separator() const;
  bool rewindable() const;  ///< false for standard input and for pipes

  /// The next row, split as chosen; false at the end.
  /// @pre the spans have inputs().size() and targets().size() elements
  /// @throws InputError for a ragged row or a cell of a chosen column that is empty, no number, NaN
  /// or infinite, or has a decimal comma; the message has file, line, data row and column.
  bool next(std::span<double> inputs, std::span<double> targets);

  /// Back to the first data row. @throws InputError where the source cannot be read twice.
  void rewind();

  std::size_t row() const;  ///< data rows read so far; the row just read is number row(), from 1

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A name as it may stand in a message: control characters and quotes escaped, cut at 60 bytes.
std::string printable(const std::string& name);

}  // namespace springspice::core
