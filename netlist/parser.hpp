// Text -> circuit: reads what format_deck() writes, and its natural variations.
//
// Understood: the title line; `*` comment lines; `;` and `$ ` end-of-line comments; continuation
// lines (`+`); element cards of the kinds in circuit.hpp (values plain or with the suffixes t g meg
// k mil m u n p f, units after them ignored, as ngspice reads them: `1F` is 1e-15, `M` is milli);
// `ic=`, `dc`, `ac mag phase`, `trnoise(na ts 0 0)`, `pwl(t y ...)`, `noisy=`,
// `.subckt name pins [params:] p=default` with values `{p}` or `p`, `.ends [name]`,
// `.ic v(a)=1 v(b)=2`, `.options`, `.save`, `.tran`, `.op`, `.end`. Analyses other than `.tran` are
// accepted and dropped (.op .ac .noise .dc); a `.control` block, `.include` (see
// expand_includes()), `.lib`, `.param`, `.model` and expressions are refused by name.
//
// Refused where ngspice would guess: `1,5` (ngspice reads 5), a missing value (ngspice takes 1
// milliohm), a number with text that is neither suffix nor unit letters, `1a` (ngspice 39 reads 1,
// not 1e-18), a deck without `.end` (it may be cut off). Refused because nothing here carries it: a
// source that is SIN, PULSE, EXP and so on, a TRNOISE with 1/f or telegraph noise. Refused on the
// title line: what parses wholly as an element (it disappears silently; an X only if its definition
// is there), and a line that begins with `.`. Refused anywhere: a comment that begins with `*#`,
// because ngspice runs its text as a command.
//
// Comment lines are kept: above an element as its heading, below the title up to an empty line as
// the circuit's. So is a comment at the end of an element's line. All others are dropped.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "netlist/circuit.hpp"
#include "netlist/dialect.hpp"
#include "netlist/source_text.hpp"

namespace springspice::netlist {

struct ReadOptions {
  Dialect dialect = Dialect::ngspice;
  bool keep_unknown = false;  ///< devices go to Circuit::foreign; else they are refused
};

/// @param text the deck; LF or CRLF.
/// @param name what error messages call it: "NAME:line:column: ...".
/// @throws NetlistError with line, column, the text there, and what was expected.
Circuit parse_deck(std::string_view text, std::string_view name, const ReadOptions& options = {});

/// The same, of a deck with its files (expand_includes()): errors name the file and its line.
Circuit parse_deck(const SourceText& source, const ReadOptions& options = {});

/// A number as SPICE writes it: "4.7k" is 4700, "1meg" is 1e6, "10uF" is 1e-5; in LTspice's dialect
/// also "4k7" and the micro sign. Rounded once: the double nearest to what is written.
/// @throws NetlistError
double parse_number(std::string_view text, Dialect dialect = Dialect::ngspice);

/// The deck without analyses, what they save, print and measure, `.control` blocks and `.end` (and
/// their continuation lines). Every other line keeps its exact bytes, `.ic` and `.options` too, so that
/// what an engine runs is what the file says. The title line always stays.
std::string strip_analyses(std::string_view text);

/// Goes over the element cards of the deck: not the title, not comments, not inside a .subckt.
/// @param rewrite is given the element's name and its card, continuation lines joined by a blank
/// and without comments at the ends of lines. Where it returns a text, that takes the place of the
/// card's lines; comment lines among them follow it. Every other byte stays.
std::string replace_cards(
    std::string_view text,
    const std::function<std::optional<std::string>(std::string_view name, std::string_view card)>&
        rewrite);

/// The deck with every V and I source outside a .subckt constant: without its trnoise(...), pwl or
/// pwl file, with its DC value; where it gives none, with the value at time 0, as ngspice does.
std::string strip_waveforms(std::string_view text);

}  // namespace springspice::netlist
