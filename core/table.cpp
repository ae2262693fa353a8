#include "core/table.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <new>
#include <system_error>
#include <unordered_set>
#include <utility>

#include <csv.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.hpp"

namespace springspice::core {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 18;
// A quote that is never closed would otherwise swallow the rest of the file into memory.
constexpr std::size_t longest_row = std::size_t{16} << 20;
constexpr std::size_t no_cut = std::numeric_limits<std::size_t>::max();

/// The unread bytes of a file, in a window that slides over it.
class Bytes {
 public:
  explicit Bytes(const std::string& path)
      : name_(path == "-" ? "standard input" : printable(path, no_cut)),
        file_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) fail(errno);
    struct stat status {};
    rewindable_ = path != "-" && ::fstat(file_, &status) == 0 && S_ISREG(status.st_mode);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() {
    if (file_ > STDIN_FILENO) ::close(file_);
  }

  const std::string& name() const { return name_; }
  bool rewindable() const { return rewindable_; }
  std::string_view unread() const { return std::string_view(window_).substr(taken_); }
  void take(std::size_t count) { taken_ += count; }

  /// Appends a block to what is unread; false at the end of the file.
  bool more() {
    if (ended_) return false;  // a terminal would ask its user again
    window_.erase(0, std::exchange(taken_, 0));
    const std::size_t kept = window_.size();
    window_.resize(kept + block_bytes);
    ssize_t count = 0;
    do {
      count = ::read(file_, window_.data() + kept, block_bytes);
    } while (count < 0 && errno == EINTR);
    const int reason = errno;
    window_.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0) fail(reason);
    ended_ = count == 0;
    return !ended_;
  }

  void rewind() {
    if (::lseek(file_, 0, SEEK_SET) != 0) fail(errno);
    window_.clear();
    taken_ = 0;
    ended_ = false;
  }

 private:
  [[noreturn]] void fail(int reason) const {
    throw InputError(fmt::format("cannot read {}: {}; give a table of comma-separated values",
                                 name_, std::generic_category().message(reason)));
  }

  std::string name_;
  int file_;
  bool rewindable_ = false;
  bool ended_ = false;
  std::string window_;
  std::size_t taken_ = 0;
};

/// Finds the separator of the header, piece by piece; blank lines before the header are passed
/// over.
class SeparatorSearch {
 public:
  /// False once the answer is known.
  bool goes_on() const { return !comma_ && !ended_; }
  char separator() const { return comma_ ? ',' : semicolon_ ? ';' : tab_ ? '\t' : ','; }

  void scan(std::string_view piece) {
    for (const char c : piece) {
      if (!goes_on()) return;
      if (c == '"') quoted_ = !quoted_;
      if (!quoted_) scan_unquoted(c);
    }
  }

 private:
  void scan_unquoted(char c) {
    if (c == '\n' || c == '\r') {
      ended_ = begun_;
      tab_ = tab_ && begun_;
    } else if (c != ' ' && c != '\t') {
      begun_ = true;
    }
    comma_ |= c == ',';
    semicolon_ |= c == ';';
    tab_ |= c == '\t';
  }

  bool quoted_ = false, begun_ = false, ended_ = false;
  bool comma_ = false, semicolon_ = false, tab_ = false;
};

/// Rows of cells, with the line where each begins. libcsv pushes rows; it is fed one line at a
/// time, so that rows can be pulled and lines counted.
class RowReader {
 public:
  explicit RowReader(const std::string& path) : bytes_(path) { start(); }
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;
  ~RowReader() { csv_free(&parser_); }

  const std::string& file() const { return bytes_.name(); }
  bool rewindable() const { return bytes_.rewindable(); }
  char separator() const { return separator_; }

  std::size_t cells() const { return ends_.size(); }
  std::string_view cell(std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(begin, ends_[index] - begin);
  }

  /// Where the current row stands: "data.csv: row 3 (line 4)".
  std::string where() const {
    return row_ == 0 ? fmt::format("{}: header (line {})", file(), row_line_)
                     : fmt::format("{}: row {} (line {})", file(), row_, row_line_);
  }
  std::size_t row() const { return row_; }  ///< 0 is the header

  /// Reads the next row as numbers, by `scan`, where it lies whole in the window and holds nothing
  /// but what `scan` knows; false where it does not, and nothing is taken then.
  template <class Scan>
  bool next_plain(const Scan& scan) {
    if (parser_.pstate != between_rows_) return false;
    // Twice at most, so a row longer than a block is left to next().
    for (int attempt = 0; attempt < 2; ++attempt) {
      const std::string_view text = bytes_.unread();
      const char* const stop = scan(text.data(), text.data() + text.size());
      if (stop != nullptr) {
        bytes_.take(static_cast<std::size_t>(stop - text.data()));
        row_line_ = line_++;
        ++row_;
        after_return_ = false;
        return true;
      }
      // A row that ends in the window has been looked at as a whole; reading on might wait.
      if (text.size() >= block_bytes || text.find('\n') != text.npos) break;
      if (text.find('\r') != text.npos || !bytes_.more()) break;
    }
    return false;
  }

  /// The next row that is not blank; false at the end.
  bool next() {
    text_.clear();
    ends_.clear();
    complete_ = false;
    const std::size_t before = row_;
    row_ = begun_ ? row_ + 1 : 0;
    begun_ = true;
    while (!complete_) {
      const std::string_view line = next_line();
      if (line.empty()) {
        finish();
        if (!complete_) row_ = before;
        return complete_;
      }
      feed(line);
    }
    return true;
  }

  void rewind() {
    bytes_.rewind();
    start();
  }

 private:
  void start() {
    line_ = 1;
    row_ = 0;
    begun_ = after_return_ = false;
    while (bytes_.unread().size() < 3 && bytes_.more()) continue;
    if (bytes_.unread().starts_with("\xEF\xBB\xBF")) bytes_.take(3);
    SeparatorSearch search;
    search.scan(bytes_.unread());
    for (std::size_t seen = bytes_.unread().size(); search.goes_on() && seen <= longest_row;) {
      if (!bytes_.more()) break;
      search.scan(bytes_.unread().substr(seen));
      seen = bytes_.unread().size();
    }
    csv_free(&parser_);
    // Without STRICT, libcsv mends stray quotes silently.
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    separator_ = search.separator();
    csv_set_delim(&parser_, static_cast<unsigned char>(separator_));
    between_rows_ = parser_.pstate;
  }

  /// Bytes up to the end of the line, or of the window where the line goes on; empty at the end.
  std::string_view next_line() {
    if (bytes_.unread().empty() && !bytes_.more()) return {};
    const std::string_view rest = bytes_.unread();
    std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
    const std::size_t carriage = line.find('\r');
    if (carriage < line.size() && line.substr(carriage) != "\r\n")
      line = line.substr(0, carriage + 1);
    bytes_.take(line.size());
    return line;
  }

  void feed(std::string_view line) {
    if (parser_.pstate == between_rows_) {
      row_line_ = line_;
      row_bytes_ = 0;
    }
    row_bytes_ += line.size();
    if (row_bytes_ > longest_row) {
      throw InputError(fmt::format("{} is longer than {} MB; close its quote, or give a text table",
                                   where(), longest_row >> 20));
    }
    if (line.find('\0') != line.npos) {
      throw InputError(
          fmt::format("{}: line {} has a NUL byte; give a text file in UTF-8", file(), line_));
    }
    // libcsv's buffer grows by steps of one size: small ones make a long cell quadratic.
    csv_set_blk_size(&parser_, std::max<std::size_t>(csv_get_buffer_size(&parser_), 1024));
    const std::size_t fed = csv_parse(&parser_, line.data(), line.size(), on_cell, on_row, this);
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if (fed != line.size()) fail_parse();
    count_line(line);
  }

  void count_line(std::string_view line) {
    // Where a window ends between CR and LF, the LF comes as a line of its own and is none.
    const bool second_half = after_return_ && line == "\n";
    after_return_ = line.back() == '\r';
    if ((line.back() == '\n' || after_return_) && !second_half) ++line_;
  }

  void finish() {
    if (csv_fini(&parser_, on_cell, on_row, this) != 0) {
      throw InputError(fmt::format("{}: a quote is opened and never closed; close it", where()));
    }
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  [[noreturn]] void fail_parse() {
    if (csv_error(&parser_) != CSV_EPARSE) throw std::bad_alloc();
    throw InputError(
        fmt::format("{}, cell {}: a quote inside the cell; enclose the whole cell in "
                    "quotes and double those inside, or remove it",
                    where(), cells() + 1));
  }

  // libcsv is C: nothing may be thrown through it.
  static void on_cell(void* text, std::size_t size, void* self) noexcept {
    auto& reader = *static_cast<RowReader*>(self);
    try {
      reader.text_.append(static_cast<const char*>(text), size);
      reader.ends_.push_back(reader.text_.size());
    } catch (...) {
      reader.failure_ = std::current_exception();
    }
  }
  static void on_row(int, void* self) noexcept { static_cast<RowReader*>(self)->complete_ = true; }

  Bytes bytes_;
  csv_parser parser_{};
  char separator_ = ',';
  int between_rows_ = 0;  // libcsv's state outside any row, which its header does not name
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
  std::size_t row_bytes_ = 0;
  std::size_t row_ = 0;
  bool begun_ = false;  // the header was asked for
  bool after_return_ = false;
  bool complete_ = false;
  std::string text_;               // the cells of a row, one after the other
  std::vector<std::size_t> ends_;  // where each ends in text_
  std::exception_ptr failure_;
};

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 30;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    text += fmt::format("{}'{}'", i == 0 ? "" : ", ", printable(names[i]));
  }
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

std::vector<std::string> read_header(RowReader& reader) {
  if (!reader.next()) {
    throw InputError(
        fmt::format("{} is empty; give a header row with the columns' names and one "
                    "row for each data point",
                    reader.file()));
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < reader.cells(); ++i) names.emplace_back(reader.cell(i));
  return names;
}

void check_header(const std::vector<std::string>& names, const std::string& where) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : names) {
    if (!name.empty() && !seen.insert(name).second) {
      throw InputError(
          fmt::format("{}: column '{}' is there twice; rename one", where, printable(name)));
    }
  }
}

struct ChosenColumns {
  std::vector<std::size_t> inputs;
  std::vector<std::size_t> targets;
};

/// Turns names into column numbers; `roles` remembers what each column is taken for.
class ColumnChooser {
 public:
  ColumnChooser(const std::vector<std::string>& names, std::string where)
      : names_(names), where_(std::move(where)), roles_(names.size()) {}

  ChosenColumns choose(const ColumnChoice& choice) {
    const bool by_default = choice.inputs.empty() && choice.targets.empty();
    if (by_default) check_not_numbers();
    const bool wants_target = !choice.no_targets && choice.targets.empty();
    ChosenColumns chosen;
    chosen.inputs = take(choice.inputs, "input");
    if (!choice.no_targets) chosen.targets = take(choice.targets, "target");
    if (wants_target) chosen.targets = last_remaining();
    if (choice.inputs.empty()) chosen.inputs = all_remaining();
    if (chosen.inputs.empty() || (wants_target && chosen.targets.empty())) {
      throw InputError(fmt::format("{}: {} column{} ({}) leave{} none for the {}; add a column",
                                   where_, names_.size(), names_.size() == 1 ? "" : "s",
                                   listed(names_), names_.size() == 1 ? "s" : "",
                                   chosen.inputs.empty() ? "inputs" : "target"));
    }
    return chosen;
  }

 private:
  std::vector<std::size_t> take(const std::vector<std::string>& wanted, std::string_view role) {
    std::vector<std::size_t> columns;
    for (const std::string& name : wanted) {
      const auto at = std::find(names_.begin(), names_.end(), name);
      if (name.empty() || at == names_.end()) {
        throw ParameterError(
            fmt::format("{}: there is no column '{}' to take as {}; the columns are {}", where_,
                        printable(name), role, listed(names_)));
      }
      columns.push_back(static_cast<std::size_t>(at - names_.begin()));
      std::string_view& taken = roles_[columns.back()];
      if (!taken.empty()) {
        throw ParameterError(fmt::format(
            "column '{}' is chosen {}; choose it once", printable(name),
            taken == role ? fmt::format("twice as {}", role) : "both as input and as target"));
      }
      taken = role;
    }
    return columns;
  }

  std::vector<std::size_t> last_remaining() {
    for (std::size_t i = names_.size(); i-- > 0;) {
      if (roles_[i].empty()) {
        take_by_default(i);
        return {i};
      }
    }
    return {};
  }

  std::vector<std::size_t> all_remaining() {
    std::vector<std::size_t> columns;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!roles_[i].empty()) continue;
      take_by_default(i);
      columns.push_back(i);
    }
    return columns;
  }

  // A column without a name is most often an index that another program put there.
  void take_by_default(std::size_t column) {
    if (names_[column].empty()) {
      throw InputError(
          fmt::format("{}: column {} has no name; name it, remove it, or choose the "
                      "inputs and targets by name",
                      where_, column + 1));
    }
    roles_[column] = "default";
  }

  // Names that are numbers are legal where the user chooses by them; else a data row would be lost.
  void check_not_numbers() const {
    const auto is_number = [](const std::string& name) { return !parse_number(name).fault; };
    if (std::all_of(names_.begin(), names_.end(), is_number)) {
      throw InputError(
          fmt::format("{}: the first row holds numbers ({}); put a header row with the "
                      "columns' names before it, or choose the inputs and targets by name",
                      where_, listed(names_)));
    }
  }

  const std::vector<std::string>& names_;
  std::string where_;
  std::vector<std::string_view> roles_;  // empty: not taken
};

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// "1,5" -> "1.5"; empty where `text` is nothing of the kind.
std::string without_decimal_comma(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == text.npos) return {};
  std::string mended(text);
  mended[comma] = '.';
  return parse_number(mended).fault ? std::string() : mended;
}

/// Whether the row has as many cells too many as it can hold decimal commas.
bool looks_like_decimal_commas(const RowReader& row, std::size_t expected) {
  std::size_t pairs = 0;
  for (std::size_t i = 0; i + 1 < row.cells(); ++i) {
    std::string_view whole = row.cell(i);
    if (whole.starts_with('+') || whole.starts_with('-')) whole.remove_prefix(1);
    const std::string_view fraction = row.cell(i + 1);
    const std::string_view digits = fraction.substr(0, fraction.find_first_of("eE"));
    if (is_digits(whole) && is_digits(digits) && !parse_number(fraction).fault) {
      ++pairs;
      ++i;
    }
  }
  return row.cells() > expected && pairs >= row.cells() - expected;
}

std::string ragged_advice(const RowReader& row, std::size_t expected) {
  if (row.cells() == expected + 1 && row.cell(expected).empty()) {
    return "it ends in a separator: remove that";
  }
  if (row.separator() == ',' && looks_like_decimal_commas(row, expected)) {
    return "its numbers seem to have decimal commas: write 1.5 for 1,5";
  }
  return "give it as many as the header has, or remove the row";
}

/// The number in a cell; its row and column go into the message.
double cell_number(const RowReader& row, std::size_t column,
                   const std::vector<std::string>& names) {
  const std::string_view text = row.cell(column);
  const ParsedNumber number = parse_number(text);
  if (!number.fault) return number.value;
  const std::string where = fmt::format("{}, column '{}'", row.where(), printable(names[column]));
  if (text.empty()) {
    throw InputError(fmt::format("{}: the cell is empty; fill it or remove the row", where));
  }
  if (const std::string mended = without_decimal_comma(text); !mended.empty()) {
    throw InputError(fmt::format("{}: '{}' has a decimal comma; write {}", where, printable(text),
                                 printable(mended)));
  }
  throw InputError(fmt::format("{}: '{}' {}; correct the cell or remove the row", where,
                               printable(text), number.fault));
}

/// Reads a row of bare numbers straight from the window. Whatever else a row may be (quoted, blank,
/// ragged, wrong) it leaves to libcsv and the messages: they are slow, and they alone decide.
class PlainRow {
 public:
  PlainRow() = default;
  PlainRow(const ChosenColumns& columns, std::size_t cells, char separator)
      : slots_(cells, kUnused), separator_(separator) {
    for (std::size_t i = 0; i < columns.inputs.size(); ++i) slots_[columns.inputs[i]] = i;
    for (std::size_t i = 0; i < columns.targets.size(); ++i) {
      slots_[columns.targets[i]] = columns.inputs.size() + i;
    }
  }

  /// Where the row ends, behind its newline; null where it is not plain or not whole.
  const char* scan(const char* at, const char* end, std::span<double> inputs,
                   std::span<double> targets) const {
    for (std::size_t column = 0; column < slots_.size(); ++column) {
      if (column > 0) {
        if (at == end || *at != separator_) return nullptr;
        ++at;
      }
      const std::size_t slot = slots_[column];
      if (slot == kUnused) {
        at = skip_cell(at, end);
        continue;
      }
      double& value = slot < inputs.size() ? inputs[slot] : targets[slot - inputs.size()];
      at = read_cell(at, end, value);
      if (at == nullptr) return nullptr;
    }
    if (end - at >= 2 && at[0] == '\r' && at[1] == '\n') return at + 2;
    return at != end && *at == '\n' ? at + 1 : nullptr;
  }

 private:
  static constexpr std::size_t kUnused = std::numeric_limits<std::size_t>::max();
  static constexpr std::array<double, 16> kPowersOfTen{
      1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

  const char* skip_blanks(const char* at, const char* end) const {
    while (at != end && (*at == ' ' || *at == '\t') && *at != separator_) ++at;
    return at;
  }

  const char* read_cell(const char* at, const char* end, double& value) const {
    at = skip_blanks(at, end);
    if (end - at >= 2 && at[0] == '+' && at[1] != '-') ++at;
    if (const char* const stop = read_short(at, end, value)) return skip_blanks(stop, end);
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || !std::isfinite(value)) return nullptr;
    return skip_blanks(stop, end);
  }

  // A decimal of up to 15 digits without exponent, at a third of the cost: its digits and the power
  // of ten are exact doubles, so their quotient is the double nearest to it. Null for any other.
  const char* read_short(const char* at, const char* end, double& value) const {
    const bool negative = at != end && *at == '-';
    if (negative) ++at;
    std::int64_t digits = 0;
    const char* const whole = at;
    while (at != end && *at >= '0' && *at <= '9' && at - whole < 15) {
      digits = 10 * digits + (*at++ - '0');
    }
    auto count = at - whole;
    std::size_t places = 0;
    if (at != end && *at == '.') {
      const char* const fraction = ++at;
      while (at != end && *at >= '0' && *at <= '9' && count + (at - fraction) < 15) {
        digits = 10 * digits + (*at++ - '0');
      }
      places = static_cast<std::size_t>(at - fraction);
      count += at - fraction;
    }
    if (count == 0 || at == end || !(*at == separator_ || *at == '\n' || *at == '\r' || *at == ' '))
      return nullptr;
    const double magnitude = static_cast<double>(digits) / kPowersOfTen[places];
    value = negative ? -magnitude : magnitude;
    return at;
  }

  const char* skip_cell(const char* at, const char* end) const {
    while (at != end && *at != separator_ && *at != '\n' && *at != '\r' && *at != '"' &&
           *at != '\0')
      ++at;
    return at;
  }

  std::vector<std::size_t> slots_;  // of each cell: inputs, then targets
  char separator_ = ',';
};

}  // namespace

struct Table::State {
  State(const std::string& path, const ColumnChoice& choice)
      : reader(path), names(read_header(reader)) {
    check_header(names, reader.where());
    columns = ColumnChooser(names, reader.where()).choose(choice);
    plain = PlainRow(columns, names.size(), reader.separator());
    for (const std::size_t i : columns.inputs) inputs.push_back(names[i]);
    for (const std::size_t i : columns.targets) targets.push_back(names[i]);
  }

  RowReader reader;
  std::vector<std::string> names;
  ChosenColumns columns;
  PlainRow plain;
  std::vector<std::string> inputs;
  std::vector<std::string> targets;
};

Table::Table(const std::string& path, const ColumnChoice& choice)
    : state_(std::make_unique<State>(path, choice)) {}
Table::~Table() = default;
Table::Table(Table&&) noexcept = default;
Table& Table::operator=(Table&&) noexcept = default;

const std::vector<std::string>& Table::inputs() const { return state_->inputs; }
const std::vector<std::string>& Table::targets() const { return state_->targets; }
char Table::separator() const { return state_->reader.separator(); }
bool Table::rewindable() const { return state_->reader.rewindable(); }
std::size_t Table::row() const { return state_->reader.row(); }

bool Table::next(std::span<double> inputs, std::span<double> targets) {
  assert(inputs.size() == state_->inputs.size() && targets.size() == state_->targets.size());
  RowReader& row = state_->reader;
  if (row.next_plain([&](const char* at, const char* end) {
        return state_->plain.scan(at, end, inputs, targets);
      })) {
    return true;
  }
  if (!row.next()) {
    if (row.row() > 0) return false;
    throw InputError(fmt::format(
        "{} has a header but no data rows; add one row for each data point", row.file()));
  }
  if (row.cells() != state_->names.size()) {
    throw InputError(fmt::format("{} has {} cell{} and the header has {}; {}", row.where(),
                                 row.cells(), row.cells() == 1 ? "" : "s", state_->names.size(),
                                 ragged_advice(row, state_->names.size())));
  }
  const ChosenColumns& columns = state_->columns;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    inputs[i] = cell_number(row, columns.inputs[i], state_->names);
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    targets[i] = cell_number(row, columns.targets[i], state_->names);
  }
  return true;
}

void Table::rewind() {
  RowReader& reader = state_->reader;
  if (!reader.rewindable()) {
    throw InputError(fmt::format("{} can be read only once; give a file", reader.file()));
  }
  reader.rewind();
  if (read_header(reader) != state_->names) {
    throw InputError(fmt::format("{} changed while it was read; run again", reader.file()));
  }
}

namespace {

/// Bytes of the UTF-8 character that `text` begins with; 0 where it is broken or a control
/// character.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return lead < 0x20 || lead == 0x7F ? 0 : 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  // Overlong forms, surrogates, and beyond U+10FFFF; U+0080 to U+009F steer terminals.
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead == 0xC2 && byte(1) < 0xA0) return 0;
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

std::string escaped(char c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
}

}  // namespace

std::string printable(std::string_view name, std::size_t limit) {
  std::string text;
  while (!name.empty()) {
    const std::size_t length = utf8_length(name);
    std::string next = length == 0 ? escaped(name[0]) : std::string(name.substr(0, length));
    if (name[0] == '\'' || name[0] == '"' || name[0] == '\\') next.insert(0, 1, '\\');
    if (next.size() > limit - text.size()) return text + "...";
    text += next;
    name.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

ParsedNumber parse_number(std::string_view text) {
  // std::from_chars knows no '+'.
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  ParsedNumber number;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number.value);
  if (error == std::errc::invalid_argument || stop != end) {
    number.fault = "is not a number";
  } else if (error == std::errc::result_out_of_range) {
    number.fault = "is outside the range of double precision";
  } else if (!std::isfinite(number.value)) {
    number.fault = "is not finite";
  }
  return number;
}

}  // namespace springspice::core
