#include <algorithm>
#include <vector>

#include "netlist/circuit.hpp"
#include "netlist/lines.hpp"
#include "netlist/parser.hpp"

namespace springspice::netlist {
namespace {

using Rewrite = std::function<std::optional<std::string>(std::string_view, std::string_view)>;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// One card: its lines, the comment lines among them, and what it says when joined.
struct CardLines {
  std::string_view first;
  std::string joined;
  std::size_t size = 0;       // bytes of the deck, up to the end of the last continuation line
  std::string comment_lines;  // inside the card
};

// Comment lines behind the last continuation line belong to what follows.
CardLines collect(std::string_view text) {
  CardLines out;
  const std::size_t total = text.size();
  out.first = take_line(text);
  out.joined = without_comment(out.first);
  out.size = total - text.size();
  std::string pending;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (is_comment_line(line)) {
      pending += line;
    } else if (first_word(line)[0] == '+') {
      out.joined += ' ';
      out.joined += without_comment(line).substr(1);
      out.comment_lines += pending;
      pending.clear();
      out.size = total - text.size();
    } else {
      break;
    }
  }
  return out;
}

// Words of a card; parentheses and '=' are words, commas are blanks, a group of braces or quotes is
// one word.
std::vector<std::string_view> split(std::string_view card) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < card.size();) {
    std::size_t end = i + 1;
    const char c = card[i];
    if (c == '{' || c == '\'' || c == '"') {
      end = std::min(card.find(c == '{' ? '}' : c, end), card.size() - 1) + 1;
    } else if (c != '(' && c != ')' && c != '=') {
      end = std::min(card.find_first_of(" \t,()={'\"", i), card.size());
    }
    if (end > i) out.push_back(card.substr(i, end - i));
    i = std::max(end, i + (end == i));
  }
  return out;
}

using Words = std::vector<std::string_view>;

bool begins_number(std::string_view word) {
  return std::string_view("0123456789.+-{'").find(word[0]) != std::string_view::npos;
}

// The waveform on a source's card: where its words begin and end, and its value at time 0.
struct Found {
  std::size_t begin = 0, end = 0;  // equal: there is none
  std::string_view start = "0";
};

Found find_waveform(const Words& words) {
  Found out;
  std::size_t i = 3;
  while (i < words.size() && lower(words[i]) != "trnoise" && lower(words[i]) != "pwl") ++i;
  if (i + 1 >= words.size()) return out;
  const bool points = lower(words[i]) == "pwl";
  std::size_t end = i + 1;
  const bool parentheses = words[end] == "(";
  if (parentheses) {
    while (end < words.size() && words[end] != ")") ++end;
    if (end == words.size()) return out;
    ++end;
  } else if (points && lower(words[end]) == "file") {
    end += end + 1 < words.size() && words[end + 1] == "=" ? 2 : 1;
    end = std::min(end + 1, words.size());
  } else if (points) {
    while (end < words.size() && begins_number(words[end])) ++end;
    if (end < words.size() && words[end] == ")") return out;
  } else {
    return out;
  }
  const std::size_t value = i + (parentheses ? 3 : 2);
  if (points && value < end && begins_number(words[value])) out.start = words[value];
  out.begin = i;
  out.end = end;
  return out;
}

std::string join(const std::vector<std::string_view>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

// Whether the words after the nodes give a DC value; an ac amplitude is none.
bool has_dc_value(const std::vector<std::string_view>& words) {
  if (words.size() <= 3) return false;
  return lower(words[3]) != "ac" ||
         std::ranges::any_of(words, [](std::string_view word) { return lower(word) == "dc"; });
}

}  // namespace

std::string replace_cards(std::string_view text, const Rewrite& rewrite) {
  std::string out;
  out.reserve(text.size());
  out += take_line(text);  // the title, whatever it says
  int depth = 0;
  bool commands = false;  // inside .control
  while (!text.empty()) {
    const auto word = first_word(text.substr(0, text.find('\n')));
    const std::string key = lower(word);
    if (key == ".subckt") ++depth;
    if (key == ".ends") depth = std::max(depth - 1, 0);
    if (key == ".control" || key == ".endc") commands = key == ".control";
    if (depth > 0 || commands || word.empty() || !is_letter(word[0])) {
      out += take_line(text);
      continue;
    }
    const CardLines card = collect(text);
    const auto replaced = rewrite(word, card.joined);
    if (replaced) {
      out += *replaced;
      out += line_ending(card.first);
      out += card.comment_lines;
    } else {
      out += text.substr(0, card.size);
    }
    text.remove_prefix(card.size);
  }
  return out;
}

std::string strip_waveforms(std::string_view text) {
  return replace_cards(text, [](std::string_view name, std::string_view card) {
    const char letter = lower(name)[0];
    if (letter != 'v' && letter != 'i') return std::optional<std::string>();
    auto words = split(card);
    if (words.size() < 4) return std::optional<std::string>();
    const Found waveform = find_waveform(words);
    if (waveform.begin == waveform.end) return std::optional<std::string>();
    // ngspice's DC value of a source that gives none is the waveform at time 0.
    const std::string_view start = waveform.start;
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(waveform.begin),
                words.begin() + static_cast<std::ptrdiff_t>(waveform.end));
    if (!has_dc_value(words)) words.insert(words.begin() + 3, {"dc", start});
    return std::optional<std::string>(join(words));
  });
}

}  // namespace springspice::netlist
