// Text -> circuit: reads what format_deck() writes, and its natural variations.
//
// Understood: the title line; `*` comment lines; `;` and `$ ` end-of-line comments; continuation
// lines (`+`); element cards of the kinds in circuit.hpp (values plain or with the suffixes t g meg
// k mil m u n p f a, units after them ignored, as ngspice reads them: `1F` is 1e-15, `M` is milli);
// `ic=`, `dc`, `ac mag phase`, `noisy=`, `.subckt name pins [params:] p=default` with values `{p}`
// or `p`, `.ends [name]`, `.ic v(a)=1 v(b)=2`, `.options`, `.save`, `.tran`, `.op`, `.end`.
// Analyses other than `.tran` are accepted and dropped (.op .ac .noise .dc); a `.control` block,
// `.include`, `.lib`, `.param`, `.model` and expressions are refused by name.
//
// Refused where ngspice would guess: `1,5` (ngspice reads 5), a missing value (ngspice takes 1
// milliohm), a number with text that is neither suffix nor unit letters, an element on the title
// line (it disappears silently: a title that parses as an element card is refused).
#pragma once

#include <string>
#include <string_view>

#include "netlist/circuit.hpp"

namespace springspice::netlist {

/// @param text the deck; LF or CRLF.
/// @param name what error messages call it: "NAME:line:column: ...".
/// @throws NetlistError with line, column, the text there, and what was expected.
Circuit parse_deck(std::string_view text, std::string_view name);

/// A number as SPICE writes it: "4.7k" is 4700, "1meg" is 1e6, "10uF" is 1e-5.
/// @throws NetlistError
double parse_number(std::string_view text);

/// The deck without its analyses and without `.end`, `.save` and `.ic` left as they are: every
/// other line keeps its exact text, so that what an engine runs is what the file says.
std::string strip_analyses(std::string_view text);

}  // namespace springspice::netlist
