// What designers add and that changes nothing, taken out of a flat circuit.
//
//   shorts   a 0 V source without waveform whose current nobody reads, a resistor or an uncoupled
//            inductor of value 0: the two nodes become one
//   opens    a capacitor of 0 F, a current source of 0 A without waveform, a transconductor of 0 S
//   series   two resistors, two uncoupled inductors or two capacitors with nothing else at the node
//            between them: one part of their sum (capacitors: of the sum of their inverses)
//
// The parts that remain keep their order. A part made of two is called "a+b" and starts where both
// do. Parts in parallel are left: stamping adds them up.
//
// ngspice reads a resistance of 0 as 1 milliohm; what stands here is what is meant.
#pragma once

#include <string>
#include <unordered_set>

#include "netlist/flatten.hpp"

namespace springspice::netlist {

/// @param keep lower-case names of nodes and elements that must remain. Of two nodes that a short
/// joins, ground remains, then one that is kept, then the first; a short between two nodes that
/// both must remain is left as it is.
void simplify(FlatCircuit& circuit, const std::unordered_set<std::string>& keep);

}  // namespace springspice::netlist
