// Card -> element. Not installed.
#pragma once

#include <string_view>

#include "netlist/circuit.hpp"
#include "netlist/deck_reader.hpp"

namespace springspice::netlist {

/// @param definition the .subckt around it, for its parameters; null outside.
/// @throws NetlistError "DECK:line:column: ...". What an element of its kind may hold is checked
/// later, by Circuit.
Element parse_element(const Card& card, std::string_view deck, const Subcircuit* definition);

}  // namespace springspice::netlist
