#include "netlist/card_text.hpp"

#include <algorithm>

namespace springspice::netlist {
namespace {

// Simulators read bytes, not characters; a tab would not survive the reading back.
char printable(char c) {
  if (c == '\t') return ' ';
  return c < ' ' || c > '~' ? '?' : c;
}

}  // namespace

void append_printable(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out.resize(begin + text.size());
  std::ranges::transform(text, out.begin() + static_cast<std::ptrdiff_t>(begin),
                         [](char c) { return printable(c); });
  const auto last = std::string_view(out).substr(begin).find_last_not_of(' ');
  out.resize(last == std::string_view::npos ? begin : begin + last + 1);
}

// find_first_of("\r\n") asks a function for each character.
std::size_t find_line_break(std::string_view text) {
  return std::min(text.find('\n'), text.find('\r'));
}

// The blank after the star also keeps ngspice from running a comment: it runs what follows `*#`.
void append_comment_lines(std::string& out, std::string_view text) {
  if (text.empty()) return;
  while (true) {
    const std::size_t end = find_line_break(text);
    out += "* ";
    const std::size_t begin = out.size();
    append_printable(out, text.substr(0, end));
    if (out.size() == begin) out.pop_back();
    out += '\n';
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

void append_inline_comment(std::string& out, std::string_view comment) {
  if (find_line_break(comment) != std::string_view::npos) return;
  const auto first = comment.find_first_not_of(" \t");
  if (first == std::string_view::npos) return;
  out += " ; ";
  append_printable(out, comment.substr(first));
}

}  // namespace springspice::netlist
