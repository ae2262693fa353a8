// Circuit -> text, in ngspice's dialect.
//
// Numbers are in the C locale, in shortest round-trip form, without suffix: what is read back is
// the same double. The same circuit gives the same bytes. Layout: title; heading; definitions in
// the order given; elements in the order given, each with its heading above and its comment after
// `; `; `.ic`, `.options`, `.save`, `.tran`, `.end`. A long `.ic` or `.save` is split over
// continuation lines (`+`).
#pragma once

#include <string>

#include "netlist/circuit.hpp"

namespace springspice::netlist {

/// The deck's text. Title and comments are cut to printable ASCII (any other byte becomes '?'), and
/// a newline inside a heading starts a new comment line, so no comment can become an element. A
/// comment of several lines stands above its element.
/// @throws NetlistError for a title with a line break or one that parse_deck() would refuse, for a
/// nullor (a flattened part), and for words of `.options`, `.save`, `.ic` and `.tran` that would
/// not be read back as they are.
std::string format_deck(const Circuit& circuit);

/// One number as it stands in decks: shortest text that reads back as the same double.
std::string format_number(double value);
void append_number(std::string& out, double value);

/// One element as a line of a deck, without heading and without a final newline; the comment
/// follows after ` ; ` if it has one line. A card of more than 100 characters goes on in `+` lines.
std::string format_element(const Element& element);

}  // namespace springspice::netlist
