// The mapped circuit: its parts' values, and two parts where two are joined.
//
//   series    r  a b   becomes   ra  a jr,  rb  jr b
//   parallel  r  a b   becomes   ra  a b,   rb  a b     (initial currents of coils by 1/L)
//
// The Johnson noise of a resistor becomes that of both. In Design::parts halves of a parallel pair
// stand with their share of the coefficient; a series pair is no sum and is left out.
#pragma once

#include <vector>

#include "hw/mapping/mapping.hpp"

namespace springspice::hw {

/// @param design the mapped system's, whose computed values are those chosen but for rounding
/// @param parts in the circuit's order
/// @throws std::logic_error where a value is not the chosen one within `tolerance`, relative
netlist::Design put_chosen_values(netlist::Design design, const std::vector<MappedPart>& parts,
                                  const std::vector<double>& tolerance);

/// Elements that are parts: neither amplifiers nor sources of supply and noise.
std::size_t count_real_parts(const std::vector<MappedPart>& parts);

}  // namespace springspice::hw
