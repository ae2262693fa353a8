#include "netlist/lines.hpp"

#include <algorithm>

#include "netlist/deck_reader.hpp"

namespace springspice::netlist {

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
  text.remove_prefix(line.size());
  return line;
}

std::string_view line_ending(std::string_view line) {
  if (!line.ends_with('\n')) return {};
  return line.substr(line.size() - (line.ends_with("\r\n") ? 2 : 1));
}

std::string_view first_word(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  return line.substr(0, line.find_first_of(" \t\r\n;"));
}

bool is_comment_line(std::string_view line) {
  const auto word = first_word(line);
  return word.empty() || word[0] == '*' || word[0] == ';' || word == "$" || word.starts_with("//");
}

std::string_view without_comment(std::string_view line) {
  line.remove_suffix(line_ending(line).size());
  std::size_t end = 0;
  while (end < line.size() && !begins_comment(line, end)) {
    // A ';' inside braces begins no comment.
    if (line[end] == '{') end = std::min(line.find('}', end), line.size() - 1);
    ++end;
  }
  line = line.substr(0, end);
  const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
  return line.substr(begin, line.find_last_not_of(" \t") + 1 - begin);
}

}  // namespace springspice::netlist
