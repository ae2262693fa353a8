// Text -> cards: joins continuation lines, sets comments apart, cuts words. Knows no element.
// Not installed.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "netlist/source_text.hpp"

namespace springspice::netlist {

/// A word, a `{...}`, `'...'` or `"..."` group, or one of `= ( )`; lies in the deck's text.
struct Token {
  std::string_view text;
  int line = 0;
  int column = 0;  ///< in bytes, counted from 1
};

/// What errors call a place in the deck.
class Places {
 public:
  explicit Places(std::string_view deck) : deck_(deck) {}
  /// @param origins may be empty; outlives this.
  Places(std::string_view deck, std::span<const LineOrigin> origins)
      : deck_(deck), origins_(origins) {}

  /// "FILE:line:column: "
  std::string of(const Token& token) const;

  /// The line in its file.
  int line(const Token& token) const;

  /// @throws NetlistError "FILE:line:column: text".
  [[noreturn]] void fail(const Token& at, std::string_view text) const;

 private:
  const LineOrigin* origin(const Token& token) const;

  std::string_view deck_;
  std::span<const LineOrigin> origins_;
};

struct Card {
  std::vector<Token> tokens;
  std::string heading;  ///< comment lines above
  std::string comment;  ///< comments at the ends of its lines
};

/// The card's words as one line; blanks where there were some.
std::string text_of(const Card& card);

class DeckReader {
 public:
  DeckReader(std::string_view text, const Places& places);

  const Token& title() const { return title_; }

  /// The next card; false at the end of the text. A card `.control` ends with the line `.endc`:
  /// what lies between is passed over. @throws NetlistError
  bool next(Card& card);

  /// Comment lines from the title down to an empty line; complete when the first card is read.
  const std::string& circuit_heading() const { return circuit_heading_; }

  /// The end of the text, for errors about what is missing there.
  Token end() const { return {{}, line_, 1}; }

 private:
  bool peek(Token& line) const;
  void consume();
  bool skip_blank_or_comment(const Token& line);
  void skip_commands(const Token& control);
  void tokenize(const Token& line, Card& card) const;

  std::string_view rest_;
  const Places& places_;
  Token title_;
  int line_ = 1;
  bool before_first_card_ = true;
  std::vector<std::string_view> comments_;  // seen, and not yet above a card
  std::string circuit_heading_;
};

/// Whether a comment begins at this byte: `;` anywhere, or `$` as a word of its own, or `//` after
/// a blank.
bool begins_comment(std::string_view line, std::size_t i);

}  // namespace springspice::netlist
