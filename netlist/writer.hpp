// Circuit -> text, in the dialect of ngspice, Xyce or LTspice.
//
// Numbers are in the C locale, in shortest round-trip form, without suffix: what is read back is
// the same double. The same circuit gives the same bytes. Layout: title; heading; `.include`;
// `.param`; definitions in the order given; elements in the order given, each with its heading
// above and its comment after `; `; `.ic`, `.options`, `.save`, `.tran`, `.meas`, `.end`. A card of
// more than 100 characters goes on in `+` lines.
//
// The dialects agree on R L C K V I E F G H X, `ac`, `pwl(...)`, `ic=`, `{expression}`, `.param`,
// `.subckt`, `.include`, `.ic`, `.tran step stop 0 longest uic` and comments. Where they differ:
//
//   what               | ngspice            | Xyce                     | LTspice
//   -------------------|--------------------|--------------------------|--------------------------
//   noisy = false      | noisy=0            | cannot be said: left out | noiseless
//   TransientNoise     | trnoise(...)       | refused                  | refused
//   PiecewiseLinearFile| refused            | pwl file "NAME"          | pwl file="NAME"
//   source: DC value   | yes                | yes                      | the waveform alone
//     and waveform     |                    |                          |
//   inductor           |                    |                          | Rser=0 (else 1 mohm)
//   ground             | 0 or gnd           | 0                        | 0 or gnd
//   parameters: .subckt| p=1                | PARAMS: p=1              | PARAMS: p=1
//     X                | p=1                | PARAMS: p=1              | p=1
//   inside of xa       | v(xa.n)            | v(xa:n)                  | v(xa:n)
//   .options noopac    | yes                | left out                 | left out
//   .options pivrel=0.1| yes                | left out                 | yes
//     reltol= abstol=  | yes                | .options timeint         | yes
//       method=        |                    |                          |
//     temp= tnom= gmin=| yes                | .options device          | yes
//     another          | yes                | refused                  | itl4= and such; or refused
//     added            |                    |                          | numdgt=15 plotwinsize=0
//   .save v(a)         | .save v(a)         | .print tran v(a)         | .save v(a)
//     nothing: all     |                    | .print tran v(*)         |
//   Measure            | find v(a) at=t     | find v(a) at=t           | find v(a) at=t
//     its error        | param='m-(y)'      | eqn {m-(y)}              | param m-(y)
//
// What is left out or put in the place of something is listed by describe_substitutions() and
// stands below the deck's heading. Sources: ngspice manual 39 and ngspice itself, which runs these
// decks; Xyce Reference Guide (TRAN, IC, I device, MEASURE, R device); LTspice help (.OPTIONS, L
// and V devices, .MEAS). Xyce and LTspice are not run here.
#pragma once

#include <string>
#include <vector>

#include "netlist/circuit.hpp"
#include "netlist/dialect.hpp"

namespace springspice::netlist {

/// The deck's text. Title and comments are cut to printable ASCII (any other byte becomes '?'), and
/// a newline inside a heading starts a new comment line, so no comment can become an element. A
/// comment of several lines stands above its element. A Measure is two cards: the value, with the
/// expected one as a comment, and the difference of the two as NAME_error.
/// @throws NetlistError for a title with a line break or one that parse_deck() would refuse, for a
/// nullor (a flattened part), for words of `.options`, `.save`, `.ic`, `.tran`, `.meas` and
/// expressions that would not be read back as they are, and for what the dialect cannot say.
std::string format_deck(const Circuit& circuit, Dialect dialect = Dialect::ngspice);

/// A library: title and heading as comments, parameters and definitions, for `.include`.
/// @throws NetlistError as format_deck(), and for a circuit that has elements or analyses of its
/// own
std::string format_definitions(const Circuit& circuit, Dialect dialect = Dialect::ngspice);

/// What the dialect does instead of what the circuit says, a line each, for people: "for LTspice:
/// Rser=0 at 3 inductors, ...". Nothing for ngspice.
std::vector<std::string> describe_substitutions(const Circuit& circuit, Dialect dialect);

/// One number as it stands in decks: shortest text that reads back as the same double.
std::string format_number(double value);
void append_number(std::string& out, double value);

/// One element as a line of a deck, without heading and without a final newline; the comment
/// follows after ` ; ` if it has one line. A card of more than 100 characters goes on in `+` lines.
std::string format_element(const Element& element, Dialect dialect = Dialect::ngspice);

}  // namespace springspice::netlist
