// trnoise(...), pwl(...) and pwl file=... on the card of a V or I source. Not installed.
#pragma once

#include "netlist/card_cursor.hpp"
#include "netlist/circuit.hpp"

namespace springspice::netlist {

/// Whether the cursor stands at a waveform: `name(...)`, or pwl without parentheses.
bool is_waveform(const CardCursor& cursor);

/// The cursor stands at the waveform's name.
/// @throws NetlistError for other waveforms, and for a TRNOISE with 1/f or telegraph noise.
Waveform read_waveform(CardCursor& cursor);

/// @throws NetlistError that says which waveforms there are. @param at the word in question.
[[noreturn]] void refuse_waveform(const CardCursor& cursor, const Token& at);

/// The value at time 0, which ngspice takes for the DC value where the card gives none.
double start_value(const Waveform& waveform);

}  // namespace springspice::netlist
