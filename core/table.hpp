// A table of numbers in comma-separated form, read row by row in constant memory.
//
// The first row names the columns. Separators: comma; semicolon or tab where the header has no
// comma (noted in `separator()`). A UTF-8 byte-order mark and CRLF are taken in stride; blank lines
// are skipped; blanks around a cell are no part of it. Quoting is RFC 4180's, and a stray quote is
// an error. Numbers are in the C locale.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace springspice::core {

/// Which columns are inputs and which are targets; empty means all but the last, and the last.
/// With only one of the two given, the other's default is drawn from what is not taken: every
/// remaining column as input, the last remaining one as target.
struct ColumnChoice {
  std::vector<std::string> inputs;
  std::vector<std::string> targets;
  bool no_targets = false;  ///< for query files: columns that are no input are never looked at
};

class Table {
 public:
  /// Opens `path` ("-" is standard input) and reads the header.
  /// @throws InputError for a file that cannot be read, is empty, has a column name twice, has too
  /// few columns, or where the choice falls back on the header and that is a row of numbers or has
  /// no name for the column; ParameterError for a chosen column that is not there (the message
  /// lists those that are), chosen twice, or both input and target.
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
  /// or infinite, or has a decimal comma; the message has file, line, data row and column. Also for
  /// a table without data rows, a stray or unclosed quote, a NUL byte, and a row over 16 MB.
  bool next(std::span<double> inputs, std::span<double> targets);

  /// Back to the first data row. @throws InputError where the source cannot be read twice.
  void rewind();

  std::size_t row() const;  ///< data rows read so far; the row just read is number row(), from 1

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A name as it may stand in a message: control characters, quotes, backslashes and broken UTF-8
/// escaped, cut after `limit` bytes.
std::string printable(std::string_view name, std::size_t limit = 60);

/// `fault` is null, or the end of a sentence about the text: "is not a number".
struct ParsedNumber {
  double value = 0;
  const char* fault = nullptr;
};

/// The finite number that `text` is as a whole, in the C locale, with an optional sign.
ParsedNumber parse_number(std::string_view text);

}  // namespace springspice::core
