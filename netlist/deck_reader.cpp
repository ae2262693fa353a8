#include "netlist/deck_reader.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "netlist/error.hpp"

namespace springspice::netlist {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim_left(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

std::string_view trim_right(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::string join(const std::vector<std::string_view>& lines) {
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    out += lines[i];
  }
  return out;
}

bool is_punctuation(char c) { return c == '=' || c == '(' || c == ')'; }

// As a table: it is asked for every byte of the deck.
constexpr auto kEndsWord = [] {
  std::array<bool, 256> out{};
  for (const char c : std::string_view(" \t=(){;")) out[static_cast<unsigned char>(c)] = true;
  return out;
}();

std::size_t word_end(std::string_view line, std::size_t begin) {
  std::size_t i = begin;
  while (i < line.size() && !kEndsWord[static_cast<unsigned char>(line[i])]) ++i;
  return i;
}

// What closes the group that this opens; '\0' for none.
char closing(char open) {
  switch (open) {
    case '{':
      return '}';
    case '\'':
    case '"':
      return open;
    default:
      return '\0';
  }
}

}  // namespace

bool begins_comment(std::string_view line, std::size_t i) {
  if (line[i] == ';') return true;
  if (line[i] != '$' && line[i] != '/') return false;
  if (i > 0 && !is_blank(line[i - 1])) return false;
  if (line[i] == '/') return line.substr(i).starts_with("//");
  return i + 1 == line.size() || is_blank(line[i + 1]);
}

// The last one at or above the token's line; null where nothing is known.
const LineOrigin* Places::origin(const Token& token) const {
  const auto after = std::ranges::upper_bound(origins_, token.line, {}, &LineOrigin::line);
  return after == origins_.begin() ? nullptr : &*std::prev(after);
}

int Places::line(const Token& token) const {
  const LineOrigin* from = origin(token);
  return from == nullptr ? token.line : from->file_line + token.line - from->line;
}

std::string Places::of(const Token& token) const {
  const LineOrigin* from = origin(token);
  return fmt::format("{}:{}:{}: ", from == nullptr ? deck_ : std::string_view(from->file),
                     line(token), token.column);
}

void Places::fail(const Token& at, std::string_view text) const {
  throw NetlistError(of(at) + std::string(text));
}

std::string text_of(const Card& card) {
  std::string out;
  const Token* last = nullptr;
  for (const auto& token : card.tokens) {
    const bool adjacent = last != nullptr && last->line == token.line &&
                          last->column + static_cast<int>(last->text.size()) == token.column;
    if (last != nullptr && !adjacent) out += ' ';
    out += token.text;
    last = &token;
  }
  return out;
}

DeckReader::DeckReader(std::string_view text, const Places& places)
    : rest_(text), places_(places) {
  if (peek(title_)) {
    consume();
  } else {
    title_ = {{}, 1, 1};
  }
}

bool DeckReader::peek(Token& line) const {
  if (rest_.empty()) return false;
  std::string_view text = rest_.substr(0, rest_.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  line = {text, line_, 1};
  return true;
}

void DeckReader::consume() {
  const auto end = rest_.find('\n');
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++line_;
}

bool DeckReader::skip_blank_or_comment(const Token& line) {
  const std::string_view text = trim_left(line.text);
  if (text.empty()) {
    if (before_first_card_ && circuit_heading_.empty()) {
      circuit_heading_ = join(comments_);
      comments_.clear();
    }
  } else if (text[0] == '*' || begins_comment(text, 0)) {
    if (text.starts_with("*#")) {
      places_.fail(line,
                   "ngspice runs a comment that begins with '*#' as a command; put a space "
                   "after the '*'");
    }
    std::string_view comment = trim_right(text.substr(text[0] == '/' ? 2 : 1));
    if (comment.starts_with(' ')) comment.remove_prefix(1);
    comments_.push_back(comment);
  } else {
    return false;
  }
  consume();
  return true;
}

bool DeckReader::next(Card& card) {
  card.tokens.clear();
  card.comment.clear();
  Token line;
  while (peek(line) && skip_blank_or_comment(line)) {
  }
  if (!peek(line)) return false;
  before_first_card_ = false;
  card.heading = join(comments_);
  comments_.clear();
  if (trim_left(line.text)[0] == '+') {
    places_.fail(line, "a '+' line continues nothing; put it below the card that it belongs to");
  }
  tokenize(line, card);
  consume();
  if (card.tokens[0].text[0] == '.' && lower(card.tokens[0].text) == ".control") {
    skip_commands(card.tokens[0]);
    return true;
  }
  // Comment and empty lines may lie between a card and its continuation; they are the next card's.
  while (peek(line)) {
    if (skip_blank_or_comment(line)) continue;
    if (trim_left(line.text)[0] != '+') break;
    tokenize(line, card);
    consume();
  }
  return true;
}

void DeckReader::skip_commands(const Token& control) {
  Token line;
  while (peek(line)) {
    consume();
    if (lower(trim_left(line.text).substr(0, 5)) == ".endc") return;
  }
  places_.fail(control, "'.control' without '.endc'; the deck may be cut off");
}

void DeckReader::tokenize(const Token& line, Card& card) const {
  const std::string_view text = line.text;
  std::size_t i = 0;
  while (i < text.size() && is_blank(text[i])) ++i;
  if (i < text.size() && text[i] == '+') ++i;
  const auto at = [&](std::size_t begin, std::size_t end) {
    return Token{text.substr(begin, end - begin), line.line, static_cast<int>(begin) + 1};
  };
  while (i < text.size()) {
    if (is_blank(text[i])) {
      ++i;
      continue;
    }
    if (begins_comment(text, i)) {
      const std::size_t mark = text[i] == '/' ? 2 : 1;
      const auto comment = trim_right(trim_left(text.substr(i + mark)));
      if (!card.comment.empty() && !comment.empty()) card.comment += "; ";
      card.comment += comment;
      return;
    }
    std::size_t end = i + 1;
    if (const char close = closing(text[i]); close != '\0') {
      end = text.find(close, end);
      if (end == std::string_view::npos) {
        places_.fail(at(i, i + 1), text[i] == '{' ? "'{' without '}'" : "a quote that is not closed");
      }
      ++end;
    } else if (!is_punctuation(text[i])) {
      end = word_end(text, i);
    }
    card.tokens.push_back(at(i, end));
    i = end;
  }
}

}  // namespace springspice::netlist
