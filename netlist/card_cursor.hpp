// Reads one card word by word; every failure knows its line and column. Not installed.
#pragma once

#include <string>
#include <string_view>

#include "netlist/deck_reader.hpp"

namespace springspice::netlist {

class CardCursor {
 public:
  CardCursor(const Card& card, std::string_view deck) : card_(card), deck_(deck) {}

  bool at_end() const { return next_ == card_.tokens.size(); }

  /// The coming token, or an empty one behind the last.
  Token peek() const;

  /// True if the coming token is `name` followed by `=`.
  bool at_assignment() const;

  /// True if the coming token is a word followed by `(`.
  bool at_call() const;

  /// Passes the token if it is this one, in any case.
  bool accept(std::string_view lower_text);

  /// A word that is not punctuation. @param what is expected: "a node".
  Token word(std::string_view what);

  /// A token that must be this one.
  void expect(std::string_view text, std::string_view what);

  /// A plain number. @param what is expected: "a resistance".
  double number(std::string_view what);

  /// A number given as this text, at this place.
  double number(const Token& token, std::string_view what) const;

  /// @throws NetlistError if anything is left. @param what may stand there.
  void expect_end(std::string_view what) const;

  [[noreturn]] void fail(const Token& at, std::string_view text) const { fail_at(deck_, at, text); }

 private:
  const Card& card_;
  std::string_view deck_;
  std::size_t next_ = 0;
};

}  // namespace springspice::netlist
