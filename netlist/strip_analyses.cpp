#include <algorithm>

#include "netlist/circuit.hpp"
#include "netlist/parser.hpp"

namespace springspice::netlist {
namespace {

constexpr std::string_view kStripped[] = {".tran", ".op", ".ac", ".noise", ".dc", ".save", ".end"};

std::string_view first_word(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  return line.substr(0, line.find_first_of(" \t\r\n;"));
}

}  // namespace

std::string strip_analyses(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool title = true;
  bool stripping = false;  // inside a card that goes; comments and empty lines stay even there
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
    text.remove_prefix(line.size());
    const auto word = first_word(line);
    const bool comment = word.empty() || word[0] == '*' || word[0] == ';' || word == "$";
    if (!title && !comment && word[0] != '+') {
      stripping = std::ranges::find(kStripped, lower(word)) != std::end(kStripped);
    }
    if (title || comment || !stripping) out += line;
    title = false;
  }
  return out;
}

}  // namespace springspice::netlist
