// Lines of a deck with their endings, for those who change some and keep the bytes of the others.
// Not installed.
#pragma once

#include <string_view>

namespace springspice::netlist {

/// Cuts the first line, with its ending, from the text.
std::string_view take_line(std::string_view& text);

/// "\n", "\r\n", or nothing at the end of the text.
std::string_view line_ending(std::string_view line);

/// The line's first word; empty for a blank line.
std::string_view first_word(std::string_view line);

/// A blank line, or one that is a comment as a whole.
bool is_comment_line(std::string_view line);

/// The line without a comment at its end, and without blanks around it.
std::string_view without_comment(std::string_view line);

}  // namespace springspice::netlist
