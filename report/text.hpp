// Foreign text made harmless: for HTML and for a shell. Not installed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace springspice::report {

/// Text as HTML shows it, in an element or a quoted attribute. Control characters, which HTML
/// forbids, become U+FFFD.
std::string escape_html(std::string_view text);

/// Words as a POSIX shell reads them back, parted by blanks. Words with control characters are
/// written $'\n', which bash, zsh and ksh know.
std::string quote_words(const std::vector<std::string>& words);

}  // namespace springspice::report
