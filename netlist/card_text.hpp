// Cards and comments as they stand in a deck's text. Not installed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace springspice::netlist {

/// One number as it stands in decks: shortest text that reads back as the same double.
void append_number(std::string& out, double value);

/// Text cut to printable ASCII (any other byte becomes '?'), without the blanks at its end.
void append_printable(std::string& out, std::string_view text);

/// `* text`, one comment line for each line of the text; nothing for an empty text.
void append_comment_lines(std::string& out, std::string_view text);

/// ` ; comment` at the end of a card; nothing if the comment has several lines or none.
void append_inline_comment(std::string& out, std::string_view comment);

/// Position of the first line break; npos if there is none.
std::size_t find_line_break(std::string_view text);

/// Words of one card, with a blank between them; a card that grows too long goes on in `+` lines.
/// Written in place, since a deck has millions of words.
class CardText {
 public:
  explicit CardText(std::string& out) : out_(out) {}

  /// One word, of texts and numbers one after the other.
  template <class... Pieces>
  void add(const Pieces&... pieces) {
    const std::size_t before = out_.size();
    if (column_ > 0) out_ += ' ';
    const std::size_t begin = out_.size();
    (append(pieces), ...);
    const std::size_t size = out_.size() - begin;
    if (column_ > 0 && column_ + 1 + size > kLineLength) {
      out_.insert(before, "\n+");
      column_ = 1;
    }
    column_ += size + (column_ > 0 ? 1 : 0);
  }

 private:
  static constexpr std::size_t kLineLength = 100;

  void append(std::string_view text) { out_ += text; }
  void append(char c) { out_ += c; }
  void append(double value) { append_number(out_, value); }

  std::string& out_;
  std::size_t column_ = 0;
};

}  // namespace springspice::netlist
