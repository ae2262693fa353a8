// Reads one card word by word; every failure knows its line and column. Not installed.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "netlist/circuit.hpp"
#include "netlist/deck_reader.hpp"
#include "netlist/dialect.hpp"

namespace springspice::netlist {

/// What holds for a whole deck while it is read.
struct Reading {
  Places places;
  Dialect dialect = Dialect::ngspice;
  /// `.param` of the deck whose values are known so far, by lower-case name.
  std::unordered_map<std::string, double> constants = {};
};

/// A number, or an expression that a parameter may change later.
struct Quantity {
  double value = 0.0;
  std::string expression = {};  ///< gives the value where it is not empty
};

class CardCursor {
 public:
  /// Both outlive this.
  CardCursor(const Card& card, const Reading& reading) : card_(card), reading_(reading) {}

  bool at_end() const { return next_ == card_.tokens.size(); }

  /// The coming token, or an empty one behind the last.
  Token peek() const;

  /// True if the coming token is a word followed by `=`.
  bool at_assignment() const;

  /// True if the coming token is a word followed by `(`.
  bool at_call() const;

  /// True if the coming token may stand for a number: digits, a sign, or a group of braces.
  bool at_number() const;

  /// True if the coming token is a word: there is one, and it is no punctuation.
  bool at_word() const;

  /// Passes the token if it is this one, in any case.
  bool accept(std::string_view lower_text);

  /// A word that is not punctuation. @param what is expected: "a node".
  Token word(std::string_view what);

  /// A token that must be this one.
  void expect(std::string_view text, std::string_view what);

  /// A number, or an expression in braces or single quotes of parameters that are known by now.
  /// @param what is expected: "a resistance".
  double number(std::string_view what);

  /// A number given as this text, at this place.
  double number(const Token& token, std::string_view what) const;

  /// A number or an expression of any parameters. @param what as above
  Quantity quantity(std::string_view what);
  Quantity quantity(const Token& token, std::string_view what) const;
  /// The same, where `what` is made of two words: no text is put together for a good number.
  Quantity quantity(std::string_view article, std::string_view noun);

  /// What follows the `=` of `name=...`, up to the next `name=` or the end: a number or an
  /// expression, with braces or without.
  Quantity assigned(std::string_view what);

  /// A file's name, in quotes or without. @param what is expected: "a file's name".
  std::string file(std::string_view what);

  /// @throws NetlistError if anything is left. @param what may stand there.
  void expect_end(std::string_view what) const;

  [[noreturn]] void fail(const Token& at, std::string_view text) const {
    reading_.places.fail(at, text);
  }

  Dialect dialect() const { return reading_.dialect; }

 private:
  bool begins_assignment(std::size_t i) const;
  Quantity expression(const Token& text, std::string_view what) const;

  const Card& card_;
  const Reading& reading_;
  std::size_t next_ = 0;
};

/// `name=value`, one argument or default.
Parameter read_parameter(CardCursor& cursor);

/// The inside of a token `{...}` or `'...'`, with its place; the token itself if it is no such
/// group.
Token without_braces(const Token& token);

bool is_group(std::string_view text);

}  // namespace springspice::netlist
