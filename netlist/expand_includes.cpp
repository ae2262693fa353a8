#include <algorithm>

#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/lines.hpp"
#include "netlist/parser.hpp"

namespace springspice::netlist {
namespace {

constexpr int kMostIncludes = 16;

bool is_include(std::string_view line) {
  const std::string word = lower(first_word(line));
  return word == ".include" || word == ".inc";
}

[[noreturn]] void fail(std::string_view deck, int line, std::string_view text) {
  throw NetlistError(fmt::format("{}:{}: {}", deck, line, text));
}

std::string file_name(std::string_view line, std::string_view deck, int number) {
  std::string_view name = without_comment(line);
  name.remove_prefix(first_word(name).size());
  name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
  if (name.size() >= 2 && (name[0] == '"' || name[0] == '\'') && name.back() == name[0]) {
    name = name.substr(1, name.size() - 2);
  } else if (name.find_first_of(" \t\"'") != std::string_view::npos) {
    fail(deck, number,
         fmt::format(".include {}: give one file name, in quotes where it holds a blank",
                     quoted(name)));
  }
  if (name.empty()) fail(deck, number, ".include without a file name; write .include FILE");
  // The deck may come from anywhere; it must not read a file elsewhere on the machine.
  if (name.find_first_of("/\\:") != std::string_view::npos || name == "..") {
    fail(deck, number,
         fmt::format(".include {}: the file must lie beside the deck; give its name without a path",
                     quoted(name)));
  }
  if (std::ranges::any_of(name, [](char c) { return c >= '\0' && c < ' '; })) {
    fail(deck, number,
         fmt::format(".include {}: the name holds a control character", quoted(name)));
  }
  return std::string(name);
}

void refuse_nesting(std::string_view text, const std::string& file) {
  for (int number = 1; !text.empty(); ++number) {
    const auto line = take_line(text);
    if (!is_include(line)) continue;
    fail(file, number,
         fmt::format("{} inside an included file; put it into the deck itself",
                     quoted(first_word(line))));
  }
}

}  // namespace

std::string expand_includes(std::string_view text, std::string_view name,
                            const std::function<std::string(const std::string& file)>& read) {
  std::string out(take_line(text));
  int depth = 0, includes = 0;
  for (int number = 2; !text.empty(); ++number) {
    const auto line = take_line(text);
    const std::string word = lower(first_word(line));
    if (word == ".subckt") ++depth;
    if (word == ".ends") depth = std::max(depth - 1, 0);
    if (depth > 0 || !is_include(line)) {
      out += line;
      continue;
    }
    if (++includes > kMostIncludes) {
      fail(name, number,
           fmt::format("more than {} .include lines; join some files", kMostIncludes));
    }
    const std::string file = file_name(line, name, number);
    const std::string included = read(file);
    refuse_nesting(included, file);
    out += included;
    if (!included.empty() && !included.ends_with('\n')) out += '\n';
  }
  return out;
}

}  // namespace springspice::netlist
