#include <algorithm>

#include "netlist/circuit.hpp"
#include "netlist/lines.hpp"
#include "netlist/parser.hpp"

namespace springspice::netlist {
namespace {

constexpr std::string_view kStripped[] = {
    ".tran",  ".op",   ".ac",    ".noise", ".dc",      ".tf",    ".sens",     ".pz",  ".disto",
    ".save",  ".meas", ".print", ".plot",  ".measure", ".probe", ".backanno", ".net", ".wave",
    ".width", ".four", ".end"};

// Takes the lines down to .endc from the text.
void skip_commands(std::string_view& text) {
  while (!text.empty()) {
    if (lower(first_word(take_line(text))) == ".endc") return;
  }
}

}  // namespace

std::string strip_analyses(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool title = true;
  bool stripping = false;  // inside a card that goes; comments and empty lines stay even there
  while (!text.empty()) {
    const auto line = take_line(text);
    const auto word = first_word(line);
    const bool comment = is_comment_line(line);
    if (!title && lower(word) == ".control") {
      skip_commands(text);
      stripping = true;
      continue;
    }
    if (!title && !comment && word[0] != '+') {
      stripping = std::ranges::find(kStripped, lower(word)) != std::end(kStripped);
    }
    if (title || comment || !stripping) out += line;
    title = false;
  }
  return out;
}

}  // namespace springspice::netlist
