// One element, one definition as cards of a dialect. Not installed.
#pragma once

#include <string>
#include <vector>

#include "netlist/card_text.hpp"
#include "netlist/circuit.hpp"
#include "netlist/dialect.hpp"

namespace springspice::netlist {

/// The element's card without heading and final newline. @throws NetlistError for an element that
/// cannot be, and for what the dialect cannot say
void append_card(std::string& out, const Element& element, Dialect dialect);

/// With its heading and its newline.
void append_element(std::string& out, const Element& element, Dialect dialect);

/// `.subckt` to `.ends`.
void append_definition(std::string& out, const Subcircuit& definition, Dialect dialect);

/// `.param name=value`, a line each.
void append_parameter_cards(std::string& out, const std::vector<Parameter>& parameters);

}  // namespace springspice::netlist
