// Text -> cards: joins continuation lines, sets comments apart, cuts words. Knows no element.
// Not installed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace springspice::netlist {

/// A word, a `{...}` group, or one of `= ( )`; lies in the deck's text.
struct Token {
  std::string_view text;
  int line = 0;
  int column = 0;  ///< in bytes, counted from 1
};

struct Card {
  std::vector<Token> tokens;
  std::string heading;  ///< comment lines above
  std::string comment;  ///< comments at the ends of its lines
};

class DeckReader {
 public:
  /// @param name begins the text of errors: "NAME:line:column: ".
  DeckReader(std::string_view text, std::string_view name);

  const Token& title() const { return title_; }
  std::string_view name() const { return name_; }

  /// The next card; false at the end of the text. @throws NetlistError
  bool next(Card& card);

  /// Comment lines from the title down to an empty line; complete when the first card is read.
  const std::string& circuit_heading() const { return circuit_heading_; }

  /// The end of the text, for errors about what is missing there.
  Token end() const { return {{}, line_, 1}; }

 private:
  bool peek(Token& line) const;
  void consume();
  bool skip_blank_or_comment(const Token& line);
  void tokenize(const Token& line, Card& card) const;

  std::string_view rest_;
  std::string_view name_;
  Token title_;
  int line_ = 1;
  bool before_first_card_ = true;
  std::vector<std::string_view> comments_;  // seen, and not yet above a card
  std::string circuit_heading_;
};

/// Whether a comment begins at this byte: `;` anywhere, or `$` as a word of its own.
bool begins_comment(std::string_view line, std::size_t i);

/// @throws NetlistError "NAME:line:column: text".
[[noreturn]] void fail_at(std::string_view name, const Token& at, std::string_view text);

}  // namespace springspice::netlist
