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

/// @param mapped in the coordinates that the circuit holds; `queries` with the weights of the parts
/// @param asked with the offsets that probes are to show
/// @param at the same at the scales chosen, without offset
/// @param parts in the circuit's order; those that only a noisy circuit has are added
/// @throws std::logic_error where a computed value is not the chosen one but for rounding
netlist::Design make_mapped_design(const core::SecondOrderSystem& mapped,
                                   const std::vector<Query>& queries, const Request& asked,
                                   const Request& at, const Profile& profile,
                                   std::vector<MappedPart>& parts);

/// Elements that are parts: neither amplifiers nor sources of supply and noise.
std::size_t count_real_parts(const std::vector<MappedPart>& parts);

}  // namespace springspice::hw
