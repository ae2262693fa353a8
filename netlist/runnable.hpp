// A deck that ngspice does not read as it is, in words that it does.
#pragma once

#include "netlist/circuit.hpp"

namespace springspice::netlist {

/// The circuit without foreign cards, measures and waveforms: what is left can be written for
/// ngspice, whatever dialect it was read from. Sources keep their DC value.
Circuit make_runnable(const Circuit& circuit);

}  // namespace springspice::netlist
