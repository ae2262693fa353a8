#include "netlist/words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"

namespace springspice::netlist {
namespace {

[[noreturn]] void refuse_word(std::string_view card, std::string_view word, std::string_view like) {
  throw NetlistError(
      fmt::format("{}: {} cannot be written there; write {}", card, quoted(word), like));
}

bool is_made_of(std::string_view word, std::string_view others) {
  constexpr std::string_view kAlways = "abcdefghijklmnopqrstuvwxyz0123456789_.+-";
  return !word.empty() && std::ranges::all_of(lower(word), [&](char c) {
    return kAlways.find(c) != std::string_view::npos || others.find(c) != std::string_view::npos;
  });
}

}  // namespace

void check_option_word(std::string_view word) {
  const auto equal = word.find('=');
  if (is_made_of(word.substr(0, equal), "") &&
      (equal == std::string_view::npos || is_made_of(word.substr(equal + 1), ""))) {
    return;
  }
  refuse_word(".options", word, "a word such as noopac or reltol=1e-6");
}

void check_saved_word(std::string_view word) {
  const auto open = word.find('(');
  const bool call = open != std::string_view::npos && word.ends_with(')');
  if (is_made_of(word.substr(0, open), "#@[]") &&
      (call ? is_made_of(word.substr(open + 1, word.size() - open - 2), "#,")
            : open == std::string_view::npos)) {
    return;
  }
  refuse_word(".save", word, "a vector such as v(x1), v(a,b) or @r1[i]");
}

void check_expression(std::string_view expression, std::string_view what) {
  if (is_made_of(expression, " *-/^(),<>=!?:&|%")) return;
  throw NetlistError(
      fmt::format("{}: the expression {} cannot be written; use numbers, names of parameters, "
                  "+ - * / and parentheses",
                  what, quoted(expression)));
}

void check_file_name(std::string_view file) {
  const bool good = !file.empty() && std::ranges::all_of(file, [](char c) {
    return static_cast<unsigned char>(c) >= ' ' && c != '\x7f' && c != '"';
  });
  if (good) return;
  throw NetlistError(fmt::format(
      ".include {}: give a file's name without quotes and control characters", quoted(file)));
}

}  // namespace springspice::netlist
