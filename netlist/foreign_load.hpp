// Cards that nothing here can stamp, beside a circuit that is certified: may they be there?
//
// A diode, a switch or a behavioural source may do anything to the nodes that it touches. What it
// does spreads
//
//   through R, L, C and voltage sources to their other end, unless that is held: ground, or a node
//   whose voltage no current changes (from ground over V, E and H sources; an op-amp's output)
//   through controlled sources and op-amps from their inputs to their outputs, never back
//
// and must not reach a node that the certified part is read or driven at. So a part that shows x0
// hangs behind a buffer, `ebuf out 0 x0 0 1`.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "netlist/flatten.hpp"

namespace springspice::netlist {

/// Empty if no foreign card can change the certified nodes; else which card does, from which node.
/// Any word of a card that is a node of the circuit counts as a node that it touches.
/// @param certified lower-case names
std::string find_load(const FlatCircuit& circuit, const std::vector<ForeignCard>& foreign,
                      const std::unordered_set<std::string>& certified);

}  // namespace springspice::netlist
