// Which way round is an op-amp? Not installed.
//
// The ideal op-amp (a nullor) does not tell its inputs apart, nor does ngspice with the ideal part
// in the deck: a stage with its inputs exchanged solves the same equations, on a bench it latches
// up. So the sign of the feedback is a rule of its own. With all other op-amps' outputs held, a
// share b of the output's voltage V comes back at an input through the parts that join the two:
//
//     b = C_out / sum of all C at the input, where there are capacitors (they rule at high
//         frequency, where a latch-up decides itself), else the same of the conductances;
//
// the inverting input must not get less than the non-inverting one. Feedback by a longer way (two
// resistors in series, another op-amp) is not judged: it counts as none.
#pragma once

#include <string>

#include "netlist/flatten.hpp"
#include "netlist/stamp.hpp"

namespace springspice::sim {

/// Empty, or which op-amp is fed back to its non-inverting input.
/// @param descriptor the stamp of `circuit`
std::string find_positive_feedback(const netlist::FlatCircuit& circuit,
                                   const netlist::Descriptor& descriptor);

}  // namespace springspice::sim
