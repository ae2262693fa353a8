#include "sim/ngspice_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <numeric>
#include <ranges>
#include <utility>

#include <fmt/format.h>

namespace springspice::sim {

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <typename Parts>
bool contains_any(std::string_view text, const Parts& parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return contains(text, part); });
}

template <typename Starts>
bool starts_with_any(std::string_view text, const Starts& starts) {
  return std::ranges::any_of(starts,
                             [&](std::string_view start) { return text.starts_with(start); });
}

/// Lower case, one space between words: as ngspice quotes a line of the deck.
std::string normalized(std::string_view line) {
  std::string out;
  for (const char raw : line) {
    const auto c = static_cast<unsigned char>(raw);
    if (std::isspace(c) == 0) {
      out += static_cast<char>(std::tolower(c));
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// Progress of the operating point's rescue methods comes through stderr too, as do remarks.
constexpr std::array progress = {"Note:",
                                 "Trying gmin",
                                 "Supplies reduced",
                                 "One successful",
                                 "Warning: Dynamic gmin",
                                 "Warning: True gmin",
                                 "Warning: source stepping",
                                 "Warning: Further",
                                 "Warning: Last"};

// What follows from a fault said before, or only introduces one.
constexpr std::array frame_words = {"Error on line",
                                    "Netlist line no.",
                                    "Error: circuit not parsed",
                                    "Error: there aren't any circuits loaded",
                                    "Error: ngspice.dll cannot recover",
                                    "No circuit loaded",
                                    "Please check your input",
                                    "This will cause subsequent errors",
                                    "Cannot compute substitute"};

}  // namespace

void NgspiceWords::hear(std::string_view line, bool from_stderr) {
  constexpr std::string_view banner = "** ngspice-";
  log_.append(line).append("\n");
  if (line.starts_with(banner) && version_.empty()) {
    const std::string_view rest = line.substr(banner.size());
    version_ = rest.substr(0, rest.find(' '));
  }
  // "warning, can't find model 'm' from line" / "d1 a 0 m": said again, as an error, if it is one.
  const bool quoted = std::exchange(quotation_follows_, line.starts_with("warning, "));
  if (quoted || quotation_follows_) return;
  if (from_stderr && !line.empty() && !starts_with_any(line, progress)) {
    // A singular matrix is said at each of its many attempts.
    if (complaints_.empty() || complaints_.back() != line) complaints_.emplace_back(line);
  }
}

void NgspiceWords::hear_printed(std::string_view text) { log_.append(text); }

void NgspiceWords::forget() {
  log_.clear();
  complaints_.clear();
  quotation_follows_ = false;
}

bool is_fault(std::string_view line) {
  constexpr std::array starts = {"Error", "Fatal error"};
  constexpr std::array repairs = {
      "resistance to low, set to",   // a missing value
      "on non-existent node",        // .ic, .nodeset
      "Unusual leading characters",  // the line becomes a comment
      "Could not set temperature",  "non-increasing PWL time points", "ignored"};
  return starts_with_any(line, starts) || contains_any(line, repairs);
}

bool is_doubtful_operating_point(const NgspiceWords& words) {
  return contains(words.log(), "singular matrix") &&
         contains(words.log(), "Transient op finished successfully");
}

namespace {

struct Place {
  std::size_t number = 0;  ///< from 1, the title's; 0: nowhere
  std::string line;
};

/// The deck's line that reads like `text`, a line as ngspice quotes it.
Place find_line(const std::string& deck, std::string_view text) {
  const std::string sought = normalized(text);
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < deck.size() && !sought.empty();) {
    const std::size_t end = std::min(deck.find('\n', begin), deck.size());
    const std::string_view line(deck.data() + begin, end - begin);
    ++number;
    if (normalized(line) == sought) return {number, std::string(line)};
    begin = end + 1;
  }
  return {};
}

Place line_with_number(const std::string& deck, std::size_t wanted) {
  std::size_t begin = 0;
  for (std::size_t number = 1; begin < deck.size(); ++number) {
    const std::size_t end = std::min(deck.find('\n', begin), deck.size());
    if (number == wanted) return {number, deck.substr(begin, end - begin)};
    begin = end + 1;
  }
  return {};
}

/// "Error on line 3 or its substitute:", "Netlist line no. 3:" -> 3; 0 if it names no line.
std::size_t number_in(std::string_view line) {
  for (const std::string_view key : {"line no.", "on line", "line no"}) {
    const std::size_t at = line.find(key);
    if (at == std::string_view::npos) continue;
    const std::string rest(line.substr(at + key.size()));
    return static_cast<std::size_t>(std::strtoul(rest.c_str(), nullptr, 10));
  }
  return 0;
}

/// Splits a complaint that carries a line of the deck: itself, or behind its colon, or "check
/// line".
struct Split {
  Place place;
  std::string words;
};
Split split(const std::string& complaint, const std::string& deck) {
  if (Place whole = find_line(deck, complaint); whole.number != 0) return {whole, ""};
  for (const std::string_view key : {": ", "check line ", "Check line "}) {
    const std::size_t at = complaint.find(key);
    if (at == std::string::npos) continue;
    // "Error: unknown subckt: x1 a 0 nosub": the line is behind the last colon.
    const std::size_t last = key == ": " ? complaint.rfind(key) : at;
    Place tail = find_line(deck, std::string_view(complaint).substr(last + key.size()));
    if (tail.number != 0) return {tail, key == ": " ? complaint.substr(0, last) : ""};
  }
  return {{}, complaint};
}

std::string without_prefix(std::string text) {
  for (const std::string_view prefix : {"Error: ", "Fatal error: ", "Warning : ", "Warning: "}) {
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

// The first ones name the cause, the rest repeats it for other elements.
constexpr std::size_t shown_words = 3;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), shown_words); ++i) {
    text.append(i == 0 ? "" : "; ").append(words[i]);
  }
  return text;
}

}  // namespace

std::string format_refusal(const NgspiceWords& words, const std::string& deck) {
  Place place;
  std::vector<std::string> said;
  // The first thirty lines: a deck with one fault in each of its lines shall not take for ever.
  for (const std::string& complaint : words.complaints() | std::views::take(30)) {
    if (contains(complaint, "simulation(s) aborted")) break;
    if (place.number == 0) place = line_with_number(deck, number_in(complaint));
    if (starts_with_any(complaint, frame_words)) continue;
    Split parts = split(complaint, deck);
    // ngspice's own quotation is surer than the number, which counts expanded lines too; but of
    // two equal lines the number says which.
    const bool found = parts.place.number != 0;
    const bool same = normalized(parts.place.line) == normalized(place.line);
    if (found && !same && (said.empty() || place.number == 0)) place = parts.place;
    parts.words = without_prefix(parts.words);
    const bool is_new = std::ranges::find(said, parts.words) == said.end();
    if (!parts.words.empty() && is_new) said.push_back(parts.words);
  }
  std::string text = "ngspice refused the deck";
  if (place.number != 0) text += fmt::format(", line {} `{}`", place.number, place.line);
  if (said.empty()) return text + "; it said: " + words.log();
  return text + ": " + joined(said);
}

std::string format_last_words(const NgspiceWords& words) {
  std::vector<std::string> said;
  for (const std::string& complaint : words.complaints()) {
    if (!contains(complaint, "simulation(s) aborted")) said.push_back(without_prefix(complaint));
  }
  if (said.size() > shown_words) said.erase(said.begin(), said.end() - shown_words);
  if (!said.empty()) return joined(said);
  std::string_view log(words.log());
  while (log.ends_with('\n')) log.remove_suffix(1);
  const std::size_t line = log.rfind('\n');
  return std::string(line == std::string_view::npos ? log : log.substr(line + 1));
}

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

std::string format_unknown(const std::string& name, const std::vector<std::string>& names) {
  std::string text = fmt::format("the circuit has no vector '{}'", name);
  if (names.empty()) return text;
  const auto nearest = std::ranges::min_element(
      names, {}, [&](const std::string& other) { return edit_distance(name, other); });
  if (edit_distance(name, *nearest) <= name.size() / 2) {
    text += fmt::format("; did you mean '{}'?", *nearest);
  } else {
    text += ';';
  }
  text += fmt::format(" It has {}: ", names.size());
  constexpr std::size_t shown = 8;
  for (std::size_t i = 0; i < std::min(shown, names.size()); ++i) {
    text.append(i == 0 ? "" : ", ").append(names[i]);
  }
  return text + (names.size() > shown ? ", ..." : "");
}

}  // namespace springspice::sim
