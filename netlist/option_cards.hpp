// The words of `.options` in each dialect. Not installed.
#pragma once

#include <string>
#include <vector>

#include "netlist/circuit.hpp"
#include "netlist/dialect.hpp"

namespace springspice::netlist {

/// The `.options` cards that say in this dialect what the circuit's options say, one list of words
/// each, and those that the dialect needs for results of full precision.
/// @throws NetlistError for an option that has no counterpart there
std::vector<std::vector<std::string>> make_option_cards(const Circuit& circuit, Dialect dialect);

/// Options that are left out, since they tell ngspice how to do what others do anyway.
std::vector<std::string> left_out_options(const Circuit& circuit, Dialect dialect);

/// What make_option_cards() adds for the results' precision.
std::vector<std::string> added_options(const Circuit& circuit, Dialect dialect);

}  // namespace springspice::netlist
