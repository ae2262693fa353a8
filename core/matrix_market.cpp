#include "core/matrix_market.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <memory>
#include <ostream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/table.hpp"

namespace springspice::core {
namespace {

constexpr std::size_t longest_line = 65536;
constexpr Eigen::Index longest_side = 100'000'000;
constexpr double most_dense_entries = 1e8;

/// Lines cut into words, with the place of the current line for messages.
class LineReader {
 public:
  explicit LineReader(const std::string& path)
      : name_(printable(path, path.size() * 4)),
        file_(std::fopen(path.c_str(), "rb"), &std::fclose) {
    if (!file_) fail_file(errno);
  }

  /// False at the end of the file.
  bool next() {
    line_.clear();
    int c = 0;
    while ((c = getc_unlocked(file_.get())) != EOF && c != '\n') {
      if (line_.size() == longest_line) {
        ++number_;
        fail(fmt::format("the line is longer than {} bytes; give a Matrix Market file",
                         longest_line));
      }
      line_ += static_cast<char>(c);
    }
    if (std::ferror(file_.get()) != 0) fail_file(errno);
    if (c == EOF && line_.empty()) return false;
    ++number_;
    if (line_.ends_with('\r')) line_.pop_back();
    return true;
  }

  /// The next line that is not blank.
  bool next_filled() {
    while (next()) {
      if (line_.find_first_not_of(" \t") != line_.npos) return true;
    }
    return false;
  }

  const std::string& line() const { return line_; }
  std::size_t number() const { return number_; }

  std::vector<std::string_view> words() const {
    std::vector<std::string_view> found;
    const std::string_view text = line_;
    for (std::size_t begin = 0; (begin = text.find_first_not_of(" \t", begin)) != text.npos;) {
      const std::size_t end = std::min(text.find_first_of(" \t", begin), text.size());
      found.push_back(text.substr(begin, end - begin));
      begin = end;
    }
    return found;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(fmt::format("{}:{}: {}", name_, number_, what));
  }
  [[noreturn]] void fail_here(const std::string& what) const {
    fail(fmt::format("'{}' {}", printable(line_), what));
  }

 private:
  [[noreturn]] void fail_file(int reason) const {
    throw InputError(fmt::format("cannot read {}: {}; give a Matrix Market file", name_,
                                 std::generic_category().message(reason)));
  }

  std::string name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::string line_;
  std::size_t number_ = 0;
};

struct Format {
  bool array = false;
  bool integer = false;
  bool symmetric = false;
};

bool choose(std::string_view word, std::string_view no, std::string_view yes, bool& chosen) {
  std::string lower(word);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  chosen = lower == yes;
  return chosen || lower == no;
}

Format read_banner(LineReader& in) {
  if (!in.next()) in.fail("the file is empty; give a Matrix Market file");
  const std::vector<std::string_view> words = in.words();
  Format format;
  bool matrix = false;
  if (words.empty() || words[0] != "%%MatrixMarket") {
    in.fail_here(
        "is no Matrix Market banner; begin the file with "
        "'%%MatrixMarket matrix coordinate real general'");
  }
  if (words.size() != 5 || !choose(words[1], "matrix", "matrix", matrix) ||
      !choose(words[2], "coordinate", "array", format.array) ||
      !choose(words[3], "real", "integer", format.integer) ||
      !choose(words[4], "general", "symmetric", format.symmetric)) {
    in.fail_here(
        "is a kind of Matrix Market file that is not read; write "
        "'%%MatrixMarket matrix coordinate|array real|integer general|symmetric'");
  }
  return format;
}

struct Size {
  Eigen::Index rows = 0;
  Eigen::Index cols = 0;
  Eigen::Index entries = 0;
};

bool parse_count(std::string_view word, Eigen::Index& count) {
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, count);
  return error == std::errc() && stop == end;
}

/// Entries that a file of this format holds for a full matrix of this size.
Eigen::Index entries_of_full(const Format& format, const Size& size) {
  return format.symmetric ? size.rows * (size.rows + 1) / 2 : size.rows * size.cols;
}

Size read_size(LineReader& in, const Format& format) {
  do {
    if (!in.next_filled()) in.fail("the file ends before its size line; complete it");
  } while (in.line().starts_with('%'));
  const std::vector<std::string_view> words = in.words();
  Size size;
  if (words.size() != (format.array ? 2 : 3) || !parse_count(words[0], size.rows) ||
      !parse_count(words[1], size.cols) ||
      (!format.array && !parse_count(words[2], size.entries)) || size.rows < 0 || size.cols < 0 ||
      size.entries < 0) {
    in.fail_here(
        fmt::format("is no size line; write 'ROWS COLUMNS{}'", format.array ? "" : " ENTRIES"));
  }
  if (size.rows > longest_side || size.cols > longest_side) {
    in.fail_here(fmt::format("is a size beyond {} rows or columns; correct it", longest_side));
  }
  if (format.symmetric && size.rows != size.cols) {
    in.fail_here(
        "is the size of a symmetric matrix that is not square; correct it or write general");
  }
  if (format.array) size.entries = entries_of_full(format, size);
  if (size.entries > entries_of_full(format, size)) {
    in.fail_here("promises more entries than the matrix has places; correct it");
  }
  return size;
}

struct Entry {
  int row = 0;
  int col = 0;
  double value = 0;
  std::size_t line = 0;
};

double read_value(const LineReader& in, std::string_view word, bool integer) {
  const ParsedNumber number = parse_number(word);
  if (number.fault) in.fail(fmt::format("'{}' {}; correct it", printable(word), number.fault));
  // A fraction here means that the banner is wrong, or that another program cut the values.
  if (integer && word.find_first_not_of("+-0123456789") != word.npos) {
    in.fail(fmt::format("'{}' is not an integer and the banner promises integers; write real there",
                        printable(word)));
  }
  return number.value;
}

int read_index(const LineReader& in, std::string_view word, const char* what, Eigen::Index side) {
  Eigen::Index index = 0;
  if (!parse_count(word, index) || index < 1 || index > side) {
    in.fail(fmt::format("{} '{}' is not one of 1 to {}; correct it or the size line", what,
                        printable(word), side));
  }
  return static_cast<int>(index - 1);
}

Entry read_coordinate(const LineReader& in, const Format& format, const Size& size) {
  const std::vector<std::string_view> words = in.words();
  if (words.size() != 3) in.fail_here("is no entry; write 'ROW COLUMN VALUE'");
  Entry entry;
  entry.row = read_index(in, words[0], "row", size.rows);
  entry.col = read_index(in, words[1], "column", size.cols);
  if (format.symmetric && entry.row < entry.col) {
    in.fail_here(
        "is above the diagonal and a symmetric file holds the lower triangle; swap its "
        "row and column, or write general");
  }
  entry.value = read_value(in, words[2], format.integer);
  entry.line = in.number();
  return entry;
}

/// The value of an array file at `place`, which it moves on: down the columns, in a symmetric file
/// from the diagonal.
Entry read_array_value(const LineReader& in, const Format& format, const Size& size,
                       std::pair<int, int>& place) {
  const std::vector<std::string_view> words = in.words();
  if (words.size() != 1) in.fail_here("is not one value; an array file has one a line");
  const Entry entry{place.first, place.second, read_value(in, words[0], format.integer),
                    in.number()};
  if (++place.first == size.rows) {
    ++place.second;
    place.first = format.symmetric ? place.second : 0;
  }
  return entry;
}

std::vector<Entry> read_entries(LineReader& in, const Format& format, const Size& size) {
  // Not reserved: the size line may promise more than the file, or the memory, holds.
  std::vector<Entry> entries;
  std::pair<int, int> place{0, 0};
  while (in.next_filled()) {
    if (in.line().starts_with('%')) in.fail("comments stand before the size line; move it there");
    if (entries.size() == static_cast<std::size_t>(size.entries)) {
      in.fail(fmt::format("an entry more than the {} of the size line; correct the size line",
                          size.entries));
    }
    entries.push_back(format.array ? read_array_value(in, format, size, place)
                                   : read_coordinate(in, format, size));
  }
  if (entries.size() < static_cast<std::size_t>(size.entries)) {
    in.fail(
        fmt::format("the file ends after {} of {} entries; complete it or correct the size line",
                    entries.size(), size.entries));
  }
  return entries;
}

void check_no_duplicates(const LineReader& in, std::vector<Entry>& entries) {
  const auto place = [](const Entry& entry) { return std::pair(entry.col, entry.row); };
  const auto before = [&](const Entry& a, const Entry& b) { return place(a) < place(b); };
  // Our own files come in order: this costs one pass.
  if (!std::is_sorted(entries.begin(), entries.end(), before)) {
    std::stable_sort(entries.begin(), entries.end(), before);
  }
  const auto same = [&](const Entry& a, const Entry& b) { return place(a) == place(b); };
  const auto twice = std::adjacent_find(entries.begin(), entries.end(), same);
  if (twice == entries.end()) return;
  in.fail(fmt::format("entry ({}, {}) is given on line {} and again on line {}; remove one",
                      twice->row + 1, twice->col + 1, twice->line, (twice + 1)->line));
}

struct Contents {
  Size size;
  std::vector<Entry> entries;  ///< both triangles, each place once
};

Contents read_file(const std::string& path, bool dense) {
  LineReader in(path);
  const Format format = read_banner(in);
  Contents contents{read_size(in, format), {}};
  const Size& size = contents.size;
  if (dense &&
      static_cast<double>(size.rows) * static_cast<double>(size.cols) > most_dense_entries) {
    in.fail_here(fmt::format("is too large for a dense matrix of at most {} entries; correct it",
                             most_dense_entries));
  }
  contents.entries = read_entries(in, format, size);
  check_no_duplicates(in, contents.entries);
  if (format.symmetric) {
    const std::size_t lower = contents.entries.size();
    for (std::size_t i = 0; i < lower; ++i) {
      Entry mirrored = contents.entries[i];
      std::swap(mirrored.row, mirrored.col);
      if (mirrored.row != mirrored.col) contents.entries.push_back(mirrored);
    }
  }
  return contents;
}

/// Text on its way to a stream, in pieces large enough for the stream not to matter.
class Pieces {
 public:
  explicit Pieces(std::ostream& out) : out_(out) {}
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;
  ~Pieces() = default;

  void add(std::string_view text) {
    text_ += text;
    if (text_.size() > 60000) flush();
  }
  void add(Eigen::Index number) { add_digits(number); }
  void add(double number, Eigen::Index row, Eigen::Index col) {
    if (!std::isfinite(number)) {
      throw InputError(
          fmt::format("entry ({}, {}) of the matrix to be written is {}, and Matrix "
                      "Market files hold finite numbers; correct the parameters",
                      row + 1, col + 1, number));
    }
    add_digits(number);
  }
  void flush() {
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
  }

 private:
  template <class Number>
  void add_digits(Number number) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    add(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  }

  std::ostream& out_;
  std::string text_;
};

void add_size(Pieces& out, std::initializer_list<Eigen::Index> counts) {
  const char* separator = "";
  for (const Eigen::Index count : counts) {
    out.add(std::exchange(separator, " "));
    out.add(count);
  }
  out.add("\n");
}

}  // namespace

Eigen::SparseMatrix<double> read_sparse_matrix(const std::string& path) {
  const Contents contents = read_file(path, false);
  std::vector<Eigen::Triplet<double>> triplets;
  triplets.reserve(contents.entries.size());
  for (const Entry& entry : contents.entries)
    triplets.emplace_back(entry.row, entry.col, entry.value);
  Eigen::SparseMatrix<double> matrix(contents.size.rows, contents.size.cols);
  matrix.setFromTriplets(triplets.begin(), triplets.end());
  return matrix;
}

Eigen::MatrixXd read_dense_matrix(const std::string& path) {
  const Contents contents = read_file(path, true);
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(contents.size.rows, contents.size.cols);
  for (const Entry& entry : contents.entries) matrix(entry.row, entry.col) = entry.value;
  return matrix;
}

void write_matrix_market(std::ostream& out, const Eigen::SparseMatrix<double>& matrix,
                         Symmetry symmetry) {
  const bool symmetric = symmetry == Symmetry::symmetric;
  assert(!symmetric || matrix.rows() == matrix.cols());
  using Column = Eigen::SparseMatrix<double>::InnerIterator;
  Eigen::Index entries = 0;
  for (Eigen::Index j = 0; j < matrix.outerSize(); ++j) {
    for (Column i(matrix, j); i; ++i) entries += !symmetric || i.row() >= i.col();
  }
  Pieces pieces(out);
  pieces.add("%%MatrixMarket matrix coordinate real ");
  pieces.add(symmetric ? "symmetric\n" : "general\n");
  add_size(pieces, {matrix.rows(), matrix.cols(), entries});
  for (Eigen::Index j = 0; j < matrix.outerSize(); ++j) {
    for (Column i(matrix, j); i; ++i) {
      if (symmetric && i.row() < i.col()) continue;
      pieces.add(Eigen::Index{i.row() + 1});
      pieces.add(" ");
      pieces.add(Eigen::Index{i.col() + 1});
      pieces.add(" ");
      pieces.add(i.value(), i.row(), i.col());
      pieces.add("\n");
    }
  }
  pieces.flush();
}

void write_matrix_market(std::ostream& out, const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  Pieces pieces(out);
  pieces.add("%%MatrixMarket matrix array real general\n");
  add_size(pieces, {matrix.rows(), matrix.cols()});
  for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
      pieces.add(matrix(i, j), i, j);
      pieces.add("\n");
    }
  }
  pieces.flush();
}

}  // namespace springspice::core
