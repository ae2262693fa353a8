#include "netlist/card_cursor.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/expression.hpp"
#include "netlist/parser.hpp"

namespace springspice::netlist {
namespace {

bool is_punctuation(std::string_view text) { return text == "=" || text == "(" || text == ")"; }

bool same_word(std::string_view text, std::string_view lower_text) {
  return text.size() == lower_text.size() && lower(text) == lower_text;
}

bool begins_number(std::string_view text) {
  return std::string_view("0123456789.+-").find(text[0]) != std::string_view::npos;
}

bool is_parameter_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text[0]) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

bool is_group(std::string_view text) {
  return text.size() >= 2 && ((text[0] == '{' && text.back() == '}') ||
                              (text[0] == '\'' && text.back() == '\''));
}

Token without_braces(const Token& token) {
  if (!is_group(token.text)) return token;
  return {token.text.substr(1, token.text.size() - 2), token.line, token.column + 1};
}

Token CardCursor::peek() const {
  if (!at_end()) return card_.tokens[next_];
  if (card_.tokens.empty()) return {};
  const Token& last = card_.tokens.back();
  return {{}, last.line, last.column + static_cast<int>(last.text.size())};
}

bool CardCursor::at_assignment() const {
  return next_ + 1 < card_.tokens.size() && card_.tokens[next_ + 1].text == "=";
}

bool CardCursor::at_call() const {
  return next_ + 1 < card_.tokens.size() && !is_punctuation(card_.tokens[next_].text) &&
         card_.tokens[next_ + 1].text == "(";
}

bool CardCursor::at_number() const {
  if (at_end()) return false;
  const std::string_view text = card_.tokens[next_].text;
  return begins_number(text) || is_group(text);
}

bool CardCursor::at_word() const { return !at_end() && !is_punctuation(card_.tokens[next_].text); }

bool CardCursor::accept(std::string_view lower_text) {
  if (at_end() || !same_word(card_.tokens[next_].text, lower_text)) return false;
  ++next_;
  return true;
}

Token CardCursor::word(std::string_view what) {
  const Token token = peek();
  if (at_end()) fail(token, fmt::format("the card ends where {} should be", what));
  if (is_punctuation(token.text)) {
    fail(token, fmt::format("{} stands where {} should be", quoted(token.text), what));
  }
  ++next_;
  return token;
}

void CardCursor::expect(std::string_view text, std::string_view what) {
  if (accept(text)) return;
  const Token token = peek();
  fail(token, fmt::format("{} instead of '{}' in {}",
                          at_end() ? "the card's end" : quoted(token.text), text, what));
}

double CardCursor::number(std::string_view what) { return number(word(what), what); }

double CardCursor::number(const Token& token, std::string_view what) const {
  const Quantity read = quantity(token, what);
  if (read.expression.empty()) return read.value;
  const auto lookup = [&](std::string_view name) -> const double* {
    const auto found = reading_.constants.find(lower(name));
    return found == reading_.constants.end() ? nullptr : &found->second;
  };
  try {
    return evaluate(read.expression, lookup);
  } catch (const NetlistError& error) {
    fail(token, fmt::format("{} should be here, a number or an expression of .param that stand "
                            "above: {}",
                            what, error.what()));
  }
}

Quantity CardCursor::quantity(std::string_view article, std::string_view noun) {
  if (at_word()) {
    if (const auto plain = parse_plain_number(card_.tokens[next_].text)) {
      ++next_;
      return {*plain};
    }
  }
  return quantity(fmt::format("{} {}", article, noun));
}

Quantity CardCursor::quantity(std::string_view what) { return quantity(word(what), what); }

Quantity CardCursor::quantity(const Token& token, std::string_view what) const {
  if (is_group(token.text)) return expression(without_braces(token), what);
  try {
    return {parse_number(token.text, reading_.dialect)};
  } catch (const NetlistError& error) {
    fail(token, fmt::format("{} should be here: {}", what, error.what()));
  }
}

Quantity CardCursor::expression(const Token& text, std::string_view what) const {
  if (text.text.find_first_not_of(" \t") == std::string_view::npos) {
    fail(text, fmt::format("{} should be here: the braces are empty", what));
  }
  std::string read;
  try {
    read = read_expression(text.text, reading_.dialect);
  } catch (const ExpressionError& error) {
    Token at = text;
    at.column += static_cast<int>(error.position());
    fail(at, fmt::format("{} should be here: {}", what, error.what()));
  }
  try {
    return {parse_number(read, reading_.dialect)};  // {1k}
  } catch (const NetlistError&) {
    return {0.0, std::move(read)};
  }
}

// `a=b`, but not `a==b`.
bool CardCursor::begins_assignment(std::size_t i) const {
  const auto& tokens = card_.tokens;
  return i + 1 < tokens.size() && tokens[i + 1].text == "=" &&
         (i + 2 == tokens.size() || tokens[i + 2].text != "=") &&
         is_parameter_name(tokens[i].text);
}

Quantity CardCursor::assigned(std::string_view what) {
  const std::size_t begin = next_;
  while (!at_end() && (next_ == begin || !begins_assignment(next_))) ++next_;
  if (begin == next_) word(what);  // says that the card ends
  const Token& only = card_.tokens[begin];
  if (next_ == begin + 1 && is_group(only.text)) return quantity(only, what);
  if (next_ == begin + 1 && begins_number(only.text)) {
    try {
      return {parse_number(only.text, reading_.dialect)};
    } catch (const NetlistError&) {  // "2+a"; what is wrong is said below
    }
  }
  Card part;
  part.tokens.assign(card_.tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                     card_.tokens.begin() + static_cast<std::ptrdiff_t>(next_));
  for (auto& token : part.tokens) {  // `2 * {a}` is one expression
    if (!is_group(token.text)) continue;
    fail(token, fmt::format("{} inside {}; put all of it into braces", quoted(token.text), what));
  }
  const std::string text = text_of(part);
  Token whole = card_.tokens[begin];
  whole.text = text;
  return expression(whole, what);
}

std::string CardCursor::file(std::string_view what) {
  std::string_view text = word(what).text;
  if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0]) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

Parameter read_parameter(CardCursor& cursor) {
  Parameter out;
  out.name = cursor.word("a parameter").text;
  cursor.expect("=", "name=number");
  Quantity read = cursor.assigned("a parameter's value");
  out.value = read.value;
  out.expression = std::move(read.expression);
  return out;
}

void CardCursor::expect_end(std::string_view what) const {
  if (!at_end()) fail(peek(), fmt::format("{} is not understood; {}", quoted(peek().text), what));
}

}  // namespace springspice::netlist
