#include "sim/results/csv_file.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/table.hpp"
#include "netlist/circuit.hpp"

namespace springspice::sim {
namespace {

constexpr std::string_view kBlanks = " \t\r";
// Oscilloscopes write some twenty lines of settings.
constexpr std::size_t kMostPreamble = 1000;

struct Unit {
  std::string_view name;
  double factor;
  bool is_time;
};
constexpr Unit kUnits[] = {
    {"s", 1.0, true},     {"sec", 1.0, true},    {"second", 1.0, true}, {"seconds", 1.0, true},
    {"ms", 1e-3, true},   {"us", 1e-6, true},    {"ns", 1e-9, true},    {"v", 1.0, false},
    {"volt", 1.0, false}, {"volts", 1.0, false}, {"mv", 1e-3, false},   {"uv", 1e-6, false},
    {"kv", 1e3, false},
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

// Cells of a line; an empty one at its end, which some instruments write, is none.
void split(std::string_view line, char separator, std::vector<std::string_view>& cells) {
  cells.clear();
  while (true) {
    const std::size_t end = line.find(separator);
    cells.push_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  if (cells.size() > 1 && cells.back().empty()) cells.pop_back();
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string_view> cells;
  split(line, separator, cells);
  return {cells.begin(), cells.end()};
}

bool is_row_of_numbers(const std::string& line, char separator) {
  std::vector<std::string_view> cells;
  split(line, separator, cells);
  return cells.size() >= 2 && std::ranges::all_of(cells, [](std::string_view cell) {
           return core::parse_number(cell).fault == nullptr;
         });
}

const Unit* find_unit(std::string_view text) {
  std::string name = netlist::lower(trimmed(text));
  if (name.size() > 2 && ((name.front() == '(' && name.back() == ')') ||
                          (name.front() == '[' && name.back() == ']'))) {
    name = name.substr(1, name.size() - 2);
  }
  const auto* const unit = std::ranges::find(kUnits, name, &Unit::name);
  return unit == std::end(kUnits) ? nullptr : unit;
}

struct Name {
  std::string text;  ///< lower case, without unit and without v( )
  const Unit* unit = nullptr;
};

// "V(x0)", "x0 (mV)", "Time [s]"
Name read_name(const std::string& cell) {
  Name name{netlist::lower(cell)};
  const auto open = name.text.find_last_of("([");
  if (open != std::string::npos && open > 0 && !name.text.starts_with("v(")) {
    name.unit = find_unit(name.text.substr(open));
    if (name.unit != nullptr) name.text = trimmed(name.text.substr(0, open));
  }
  if (name.text.size() > 3 && name.text.starts_with("v(") && name.text.ends_with(')')) {
    name.text = name.text.substr(2, name.text.size() - 3);
  }
  return name;
}

bool is_time(const std::string& name) {
  // Not "t": that is model time, in the tables of `simulate`.
  constexpr std::string_view kNames[] = {"time",   "time_s",  "s",     "sec",
                                         "second", "seconds", "x-axis"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

}  // namespace

CsvFile::CsvFile(std::string path, LineSource source)
    : ResultFile(std::move(path)), source_(std::move(source)) {
  format_ = "CSV";
  find_header();
}

// The header is the last line before the numbers that has as many cells, but for a row of units.
void CsvFile::find_header() {
  std::vector<std::string> before;
  while (source_.next(line_)) {
    if (before.empty() && line_.starts_with("\xEF\xBB\xBF")) line_.erase(0, 3);
    if (trimmed(line_).empty()) continue;
    constexpr std::array kSeparators = {',', ';', '\t'};
    const auto* const separator = std::ranges::find_if(
        kSeparators, [&](char candidate) { return is_row_of_numbers(line_, candidate); });
    if (separator == kSeparators.end()) {
      before.push_back(line_);
      if (before.size() > kMostPreamble) break;
      continue;
    }
    separator_ = *separator;
    line_is_read_ = true;
    std::vector<std::string> names;
    std::vector<std::string> units;
    if (!before.empty()) names = split(before.back(), separator_);
    const bool has_units = before.size() > 1 && std::ranges::all_of(names, [](const auto& cell) {
                             return find_unit(cell) != nullptr;
                           });
    if (has_units) units = std::exchange(names, split(before[before.size() - 2], separator_));
    if (names.empty()) {
      fail("its first line is numbers; give it a header with the names: time,v(x0),v(x1)");
    }
    if (names[0].starts_with('#')) names[0] = trimmed(std::string_view(names[0]).substr(1));
    return take_header(names, units);
  }
  fail(
      "it is no raw file and holds no row of numbers, separated by comma, semicolon or tab, with "
      "decimal points");
}

void CsvFile::take_header(const std::vector<std::string>& names,
                          const std::vector<std::string>& units) {
  split(line_, separator_, cells_);
  if (names.size() != cells_.size() || (!units.empty() && units.size() != names.size())) {
    fail(fmt::format("line {}: {} numbers under {} names; give each column a name", source_.line(),
                     cells_.size(), names.size()));
  }
  std::optional<std::size_t> time;
  for (std::size_t c = 0; c < names.size(); ++c) {
    const Name name = read_name(names[c]);
    const Unit* const unit = units.empty() ? name.unit : find_unit(units[c]);
    factors_.push_back(unit == nullptr ? 1.0 : unit->factor);
    file_names_.push_back(name.text);
    if (!time && is_time(name.text)) {
      time = c;
      continue;
    }
    places_.push_back(c);
    columns_.push_back(name.text);
  }
  if (!time) {
    std::string all;
    for (const std::string& name : file_names_) all += (all.empty() ? "" : ", ") + name;
    fail(fmt::format("no column is called time (there are {}); name it so, in seconds",
                     core::printable(all, 200)));
  }
  time_column_ = *time;
}

double CsvFile::read_cell(std::string_view cell, std::size_t column) const {
  const core::ParsedNumber number = core::parse_number(cell);
  if (number.fault == nullptr) return number.value * factors_[column];
  fail(fmt::format("line {}, column '{}': '{}' {}; remove the row or correct it", source_.line(),
                   core::printable(file_names_[column]), core::printable(cell), number.fault));
}

bool CsvFile::read_row(double& time_s, std::span<double> values) {
  do {
    if (!std::exchange(line_is_read_, false) && !source_.next(line_)) return false;
  } while (trimmed(line_).empty());
  split(line_, separator_, cells_);
  if (cells_.size() != file_names_.size()) {
    const bool last = source_.position() == source_.size();
    fail(fmt::format("line {}: {} numbers under {} names; {}", source_.line(), cells_.size(),
                     file_names_.size(),
                     last ? "the file is cut short there" : "remove the row or correct it"));
  }
  time_s = read_cell(cells_[time_column_], time_column_);
  for (std::size_t j = 0; j < values.size(); ++j) {
    const std::size_t column = places_[selected_[j]];
    values[j] = read_cell(cells_[column], column);
  }
  return true;
}

std::string CsvFile::place() const { return fmt::format("line {}", source_.line()); }

}  // namespace springspice::sim
