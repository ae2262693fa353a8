#include "sim/gnucap/table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "sim/gnucap/deck.hpp"

namespace springspice::sim {
namespace {

using Reason = EngineError::Reason;

constexpr std::string_view kVersion = "main version: ";
constexpr std::string_view kBlanks = " \t\r";
constexpr std::size_t kMostComplaints = 2000;  // bytes

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

/// Takes the next word off the text; empty at its end.
std::string_view take_word(std::string_view& text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return text = {};
  text.remove_prefix(first);
  const std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  return word;
}

std::optional<double> read_number(std::string_view word) {
  double value = 0.0;
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || stop != word.data() + word.size()) return std::nullopt;
  return value;
}

}  // namespace

GnucapTable::GnucapTable(std::vector<std::string> columns, const OnPoint& on_point)
    : columns_(std::move(columns)), on_point_(on_point), values_(columns_.size()) {}

void GnucapTable::hear(std::string_view text) {
  while (true) {
    const std::size_t end = text.find('\n');
    rest_ += text.substr(0, end);
    if (end == std::string_view::npos) return;
    take_line(rest_);
    rest_.clear();
    text.remove_prefix(end + 1);
  }
}

void GnucapTable::finish() {
  if (!rest_.empty()) take_line(rest_);
  rest_.clear();
  take_record();
}

void GnucapTable::take_line(std::string_view line) {
  if (!in_deck_) {
    if (line.starts_with(kVersion)) version_ = trimmed(line.substr(kVersion.size()));
    in_deck_ = trimmed(line) == kGnucapTitle;
    return;
  }
  if (line.starts_with('+') && !record_.empty()) {
    record_ += line.substr(1);
    return;
  }
  take_record();
  record_ = line;
}

void GnucapTable::take_record() {
  const std::string record = std::exchange(record_, {});
  std::string_view words(record);
  if (record.starts_with('#')) return take_names(words.substr(1));
  const std::string_view first = take_word(words);
  if (first.empty()) return;
  if (!slots_.empty() && read_number(first)) return take_row(record);
  complain(record);
}

void GnucapTable::take_names(std::string_view record) {
  if (!record.empty() && kBlanks.find(record[0]) == std::string_view::npos) take_word(record);
  slots_.clear();
  for (std::string_view word = take_word(record); !word.empty(); word = take_word(record)) {
    std::string name = netlist::lower(word);
    if (name.starts_with("v(") && name.ends_with(')')) name = name.substr(2, name.size() - 3);
    slots_.push_back(
        static_cast<std::size_t>(std::ranges::find(columns_, name) - columns_.begin()));
  }
}

void GnucapTable::take_row(std::string_view record) {
  const double scale = *read_number(take_word(record));
  for (const std::size_t slot : slots_) {
    const std::string_view word = take_word(record);
    const std::optional<double> value = read_number(word);
    if (!value || !std::isfinite(*value) || !std::isfinite(scale)) {
      throw EngineError(Reason::ended_early,
                        fmt::format("gnucap gives '{}' at time {} s, which is no number: the "
                                    "circuit has no solution there",
                                    word, scale));
    }
    if (slot < values_.size()) values_[slot] = *value;
  }
  last_scale_ = scale;
  ++points_;
  on_point_(scale, values_);
}

void GnucapTable::complain(std::string_view line) {
  if (complaints_.size() > kMostComplaints) return;
  complaints_ += trimmed(line);
  complaints_ += '\n';
}

}  // namespace springspice::sim
