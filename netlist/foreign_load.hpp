// Cards that nothing here can stamp, beside a circuit that is certified: may they be there?
//
// A diode, a switch or a behavioural source changes the circuit unless it hangs where its current
// changes no voltage: at a node that a V, E or H source (from ground, or from another such node) or
// an ideal op-amp holds, or at nodes of its own. So a part that reads x0 hangs behind a buffer,
// `ebuf out 0 x0 0 1`.
#pragma once

#include <string>
#include <vector>

#include "netlist/flatten.hpp"

namespace springspice::netlist {

/// Empty if every foreign card hangs where it changes nothing; else which one touches which node.
/// Any word of a card that is a node of the circuit counts as a node.
std::string find_load(const FlatCircuit& circuit, const std::vector<ForeignCard>& foreign);

}  // namespace springspice::netlist
