// What a deck's first line may be. Not installed.
#pragma once

#include <string>
#include <string_view>

#include "netlist/circuit.hpp"

namespace springspice::netlist {

/// Why this line cannot be the title of this circuit; empty if it can. ngspice takes the first line
/// for the title whatever it is, so a card there would be lost without a word.
std::string title_fault(std::string_view title, const Circuit& circuit);

}  // namespace springspice::netlist
