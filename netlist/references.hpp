// Do F, H, K and X refer to what is there? Not installed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "netlist/circuit.hpp"
#include "netlist/parameters.hpp"

namespace springspice::netlist {

/// Checks one scope: the elements of a circuit or of one definition, whose names see only each
/// other (as in ngspice); definitions are the circuit's.
/// @param where begins the error's text for the element of this position, e.g. "deck.cir:3:1: ".
/// @throws NetlistError
void check_references(const std::vector<Element>& scope, const Circuit& circuit,
                      const std::function<std::string(std::size_t)>& where);

/// Checks that the expressions of a scope's elements use known names only.
/// @param definition around the elements; null for those of the circuit
/// @throws NetlistError
void check_expressions(const std::vector<Element>& scope, const Subcircuit* definition,
                       const GlobalParameters& globals,
                       const std::function<std::string(std::size_t)>& where);

}  // namespace springspice::netlist
