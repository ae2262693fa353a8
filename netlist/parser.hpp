// Text -> circuit: reads what format_deck() writes, and what people write.
//
// Lines. The first is the title. `*` begins a comment line; `;`, a `$` that stands alone, and `//`
// after a blank begin a comment at the end of a line; `+` continues a card, over comments and empty
// lines too. LF or CRLF. Upper and lower case are the same. The deck ends with `.end`.
//
// Elements are those of circuit.hpp. A value is
//   a number     plain or with a suffix t g meg k mil m u n p f, and a unit that is ignored, as
//                ngspice reads them: `1F` is 1e-15, `M` is milli; in LTspice also 4k7 and the micro
//                sign
//   {expression} or 'expression', see expression.hpp; kept as text, computed by flatten()
//   a name       of a parameter of the .subckt around it, without braces
// `ic=`, `ac`, `pwl`, `trnoise` and `.ic` take numbers, or expressions of `.param` that stand above
// them, which become numbers at once.
//
//   R L C       `R=`, `L=`, `C=` may stand before the value. m=N parts in parallel: R/N, L/N, C N.
//               R: noisy=0, noiseless. L, C: ic=. tc= tc1= tc2= dtemp=, on L and C also rser= lser=
//               rpar= cpar= rlshunt=, where they are 0; else refused with what to write. In LTspice
//               notes such as tol= and mfg= are dropped. An L of LTspice without Rser= is the
//               plain inductor here (LTspice would give it 1 milliohm)
//   V I         [dc] value, ac magnitude [phase], trnoise(na ts 0 0), pwl(t y ...), pwl t y ...,
//               pwl file="NAME", pwl file "NAME" in any order. Without a value the source has the
//               pwl's first; 0 with trnoise and with a file, which nothing here reads
//   X           nodes, subcircuit, [params:] name=value ...
//
// Cards:
//   .subckt name pins [params:] p=default ... .ends [name]    definitions inside definitions too:
//               see definition_stack.hpp for their names
//   .param a=1 b={2*a} c=a+b (.csparam, .global_param)         in any order at the top level; in a
//               .subckt they see its parameters and those above them
//   .ic v(a)=1  .options  .save  .temp  .tran step stop [0 [longest]] [uic] (Xyce: noop; LTspice:
//               .tran stop, too; both: a step of 0, for which the longest step stands, else
//               stop/50). Xyce's .options are dropped: they belong to its packages
//   dropped:    .op .ac .noise .dc .tf .sens .pz .disto .print .plot .probe .four .meas .measure
//               .width .title .nodeset .backanno .net .wave, .preprocess replaceground or
//               removeunused, and .control ... .endc with all between
//   .include .inc .lib are for expand_includes(), and refused here
//
// Refused with the reason: devices that are not linear or have a delay (A B D J M N O P Q S T U W Y
// Z), .model, .func, .if, .step, .global (but of ground). With ReadOptions::keep_unknown devices,
// .model and .func go to Circuit::foreign as text; so does a .subckt that holds one, card by card,
// and every instance of it, since no matrix could stand for a part of it.
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
/// their continuation lines). Every other line keeps its exact bytes, `.ic` and `.options` too, so
/// that what an engine runs is what the file says. The title line always stays.
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
