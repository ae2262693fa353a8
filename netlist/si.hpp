// Values as people read them.
#pragma once

#include <string>

#include "netlist/circuit.hpp"

namespace springspice::netlist {

/// Four digits and a prefix from atto to tera: format_si(4700, "ohm") is "4.7 kohm". A plain number
/// (unit "") has no prefix.
std::string format_si(double value, const char* unit);

/// Unit of the value of an element of this kind; empty for a plain number.
const char* unit_of(Kind kind);

}  // namespace springspice::netlist
