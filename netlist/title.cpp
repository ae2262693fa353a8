#include "netlist/title.hpp"

#include <fmt/format.h>

#include "netlist/deck_reader.hpp"
#include "netlist/element_parser.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"

namespace springspice::netlist {
namespace {

// "rlc network for the plane" is a title; "r1 a 0 1k" is a resistor. An X card is made of words
// only, so it counts only if its subcircuit is there.
bool is_element(std::string_view title, const Circuit& circuit) {
  // The reader takes its first line for the title, hence the empty one.
  std::string text = "\n";
  text += title;
  try {
    const Reading reading{Places("title")};
    DeckReader reader(text, reading.places);
    Card card;
    if (!reader.next(card)) return false;
    const Element element = parse_element(card, reading, {});
    check_element(element);
    return element.kind != Kind::instance ||
           circuit.find_definition(element.references[0]) != nullptr;
  } catch (const NetlistError&) {
    return false;
  }
}

}  // namespace

std::string title_fault(std::string_view title, const Circuit& circuit) {
  const auto first = title.find_first_not_of(" \t");
  if (title.find_first_of("\r\n") != std::string_view::npos) {
    return fmt::format("the title {} holds a line break; use the heading for more lines",
                       quoted(title));
  }
  if (first == std::string_view::npos) return {};
  const std::string text = lower(title.substr(first));
  if (text.starts_with("*#") || text.starts_with("*ng_script")) {
    return fmt::format("the title {} makes ngspice run commands; put a space after the '*'",
                       quoted(title));
  }
  if (text[0] == '.') {
    return fmt::format(
        "the title {} begins with '.'; ngspice would drop it as a title, not read it "
        "as a card: put a title above it",
        quoted(title));
  }
  if (is_element(title, circuit)) {
    return fmt::format(
        "the title {} reads as an element, which ngspice would drop silently: put a "
        "title above it, or begin the title with '*'",
        quoted(title));
  }
  return {};
}

}  // namespace springspice::netlist
