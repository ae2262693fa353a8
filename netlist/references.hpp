// Do F, H, K and X refer to what is there? Not installed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "netlist/circuit.hpp"

namespace springspice::netlist {

/// Checks one scope: the elements of a circuit or of one definition, whose names see only each
/// other (as in ngspice); definitions are the circuit's.
/// @param where begins the error's text for the element of this position, e.g. "deck.cir:3:1: ".
/// @throws NetlistError
void check_references(const std::vector<Element>& scope, const Circuit& circuit,
                      const std::function<std::string(std::size_t)>& where);

}  // namespace springspice::netlist
