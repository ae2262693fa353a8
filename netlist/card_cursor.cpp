#include "netlist/card_cursor.hpp"

#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/parser.hpp"

namespace springspice::netlist {
namespace {

bool is_punctuation(std::string_view text) { return text == "=" || text == "(" || text == ")"; }

}  // namespace

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

bool CardCursor::accept(std::string_view lower_text) {
  if (at_end() || lower(card_.tokens[next_].text) != lower_text) return false;
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
  try {
    return parse_number(token.text);
  } catch (const NetlistError& error) {
    fail(token, fmt::format("{} should be here: {}", what, error.what()));
  }
}

void CardCursor::expect_end(std::string_view what) const {
  if (!at_end()) fail(peek(), fmt::format("{} is not understood; {}", quoted(peek().text), what));
}

}  // namespace springspice::netlist
