#include "netlist/dialect.hpp"

#include "netlist/ideal.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/message_of.hpp"

using namespace springspice::netlist;
using springspice::netlist::testing::message_of;

namespace {

Element with_waveform(Element source, Waveform waveform) {
  source.waveform = std::move(waveform);
  return source;
}

// Everything that two dialects write differently.
Circuit make_everything() {
  Circuit circuit;
  circuit.title = "springspice";
  circuit.heading = "first";
  circuit.options = {"noopac", "reltol=1e-06"};
  circuit.initial_voltages = {{"a", 0.5}, {"x1.w", -1.0}, {"b.c", 0.0}};
  circuit.saved = {"v(a)", "v(x1.w,a)"};
  circuit.transient = Transient{1e-6, 1e-3, 1e-6, true};
  circuit.parameters = {{"g0", 1e-6}, {"g1", 0.0, "2*g0"}};
  circuit.measures = {{"a_end", "a", 1e-3, 0.25}, {"w_end", "x1.w", 1e-3, -0.125}};
  Subcircuit cell;
  cell.name = "cell";
  cell.pins = {"a"};
  cell.parameters = {{"r_ohm", 1e3}};
  cell.elements = {capacitor("c1", "a", "w", 1e-9), resistor("r1", "w", "gnd", 1e3)};
  cell.elements[1].value_expression = "r_ohm";
  circuit.define(cell);
  Element r = resistor("r1", "a", "gnd", 1e3);
  r.noisy = false;
  circuit.add(r);
  Element l = inductor("l1", "a", "b.c", 1e-3);
  l.initial = 0.25;
  l.comment = "1 mH";
  circuit.add(l);
  circuit.add(with_waveform(current_source("i1", "0", "a", 0.5), PiecewiseLinear{{0, 1}, {2, 3}}));
  circuit.add(instance("x1", {"a"}, "cell", {{"r_ohm", 2e3}}));
  return circuit;
}

}  // namespace

TEST_CASE("a deck of everything for ngspice") {
  CHECK(format_deck(make_everything()) ==
        "springspice\n"
        "* first\n"
        "\n"
        ".param g0=1e-06\n"
        ".param g1={2*g0}\n"
        ".subckt cell a r_ohm=1000\n"
        "c1 a w 1e-09\n"
        "r1 w gnd {r_ohm}\n"
        ".ends cell\n"
        "r1 a gnd 1000 noisy=0\n"
        "l1 a b.c 0.001 ic=0.25 ; 1 mH\n"
        "i1 0 a dc 0.5 pwl(0 2 1 3)\n"
        "x1 a cell r_ohm=2000\n"
        ".ic v(a)=0.5 v(x1.w)=-1 v(b.c)=0\n"
        ".options noopac reltol=1e-06\n"
        ".save v(a) v(x1.w,a)\n"
        ".tran 1e-06 0.001 0 1e-06 uic\n"
        ".meas tran a_end find v(a) at=0.001 ; expected 0.25\n"
        ".meas tran a_end_error param='a_end-(0.25)'\n"
        ".meas tran w_end find v(x1.w) at=0.001 ; expected -0.125\n"
        ".meas tran w_end_error param='w_end-(-0.125)'\n"
        ".end\n");
}

TEST_CASE("the same for Xyce: options in packages, .print, PARAMS:, colons, no noisy flag") {
  CHECK(format_deck(make_everything(), Dialect::xyce) ==
        "springspice\n"
        "* first\n"
        "* for Xyce: .options noopac left out: it is ngspice's alone\n"
        "* for Xyce: noisy=0 left out at 1 resistor: Xyce has no such flag, so its .NOISE counts "
        "their thermal noise\n"
        "* for Xyce: .print tran in place of .save; the first number of .tran is the first step, "
        "not the printing interval\n"
        "\n"
        ".param g0=1e-06\n"
        ".param g1={2*g0}\n"
        ".subckt cell a PARAMS: r_ohm=1000\n"
        "c1 a w 1e-09\n"
        "r1 w 0 {r_ohm}\n"
        ".ends cell\n"
        "r1 a 0 1000\n"
        "l1 a b.c 0.001 ic=0.25 ; 1 mH\n"
        "i1 0 a dc 0.5 pwl(0 2 1 3)\n"
        "x1 a cell PARAMS: r_ohm=2000\n"
        ".ic v(a)=0.5 v(x1:w)=-1 v(b.c)=0\n"
        ".options timeint reltol=1e-06\n"
        ".print tran v(a) v(x1:w,a)\n"
        ".tran 1e-06 0.001 0 1e-06 uic\n"
        ".meas tran a_end find v(a) at=0.001 ; expected 0.25\n"
        ".meas tran a_end_error eqn {a_end-(0.25)}\n"
        ".meas tran w_end find v(x1:w) at=0.001 ; expected -0.125\n"
        ".meas tran w_end_error eqn {w_end-(-0.125)}\n"
        ".end\n");
}

TEST_CASE("the same for LTspice: noiseless, Rser=0, doubles, a source is its waveform") {
  CHECK(format_deck(make_everything(), Dialect::ltspice) ==
        "springspice\n"
        "* first\n"
        "* for LTspice: .options noopac left out: it is ngspice's alone\n"
        "* for LTspice: noiseless in place of noisy=0 at 1 resistor\n"
        "* for LTspice: Rser=0 at 1 inductor, which would get 1 mohm each; also uncheck 'Supply a "
        "min. inductor damping' in the control panel (Hacks!)\n"
        "* for LTspice: DC value left out at 1 source with a waveform: LTspice takes one or the "
        "other, and .op the waveform's value at time 0\n"
        "* for LTspice: .options numdgt=15 plotwinsize=0 measdgt=15 added: results in double "
        "precision, uncompressed\n"
        "\n"
        ".param g0=1e-06\n"
        ".param g1={2*g0}\n"
        ".subckt cell a PARAMS: r_ohm=1000\n"
        "c1 a w 1e-09\n"
        "r1 w gnd {r_ohm}\n"
        ".ends cell\n"
        "r1 a gnd 1000 noiseless\n"
        "l1 a b.c 0.001 ic=0.25 Rser=0 ; 1 mH\n"
        "i1 0 a pwl(0 2 1 3)\n"
        "x1 a cell r_ohm=2000\n"
        ".ic v(a)=0.5 v(x1:w)=-1 v(b.c)=0\n"
        ".options reltol=1e-06 numdgt=15 plotwinsize=0 measdgt=15\n"
        ".save v(a) v(x1:w,a)\n"
        ".tran 1e-06 0.001 0 1e-06 uic\n"
        ".meas tran a_end find v(a) at=0.001 ; expected 0.25\n"
        ".meas tran a_end_error param a_end-(0.25)\n"
        ".meas tran w_end find v(x1:w) at=0.001 ; expected -0.125\n"
        ".meas tran w_end_error param w_end-(-0.125)\n"
        ".end\n");
}

TEST_CASE("waveforms from files: a word each in Xyce and LTspice, refused by ngspice") {
  const Element source =
      with_waveform(voltage_source("v1", "a", "0", 0.0), PiecewiseLinearFile{"n 1.pwl"});
  CHECK(format_element(source, Dialect::xyce) == "v1 a 0 dc 0 pwl file \"n 1.pwl\"");
  CHECK(format_element(source, Dialect::ltspice) == "v1 a 0 pwl file=\"n 1.pwl\"");
  CHECK(message_of([&] { format_element(source); }) ==
        "element 'v1': ngspice reads no pwl from a file ('n 1.pwl'); give the points themselves");
}

TEST_CASE("what a dialect cannot say is refused by name") {
  const Element noise =
      with_waveform(voltage_source("v1", "a", "0", 0.0), TransientNoise{1.0, 1e-6});
  CHECK(message_of([&] { format_element(noise, Dialect::ltspice); }) ==
        "element 'v1': trnoise is ngspice's alone, LTspice has no noise in .tran; give the source "
        "a pwl of samples, or a file of them");
  Circuit circuit;
  circuit.options = {"klu"};
  for (const Dialect dialect : {Dialect::xyce, Dialect::ltspice}) {
    CHECK(message_of([&] { format_deck(circuit, dialect); }) ==
          std::string(".options: 'klu' says nothing in ") + display_name(dialect) +
              " that is known here; leave it out, or write for ngspice");
  }
  circuit.options.clear();
  circuit.foreign = {{"d1", "d1 a 0 dmod"}};
  CHECK(format_deck(circuit) == "*\nd1 a 0 dmod\n.end\n");
  CHECK(message_of([&] { format_deck(circuit, Dialect::xyce); }) ==
        "card 'd1': its kind is not known here, so it is not translated to Xyce; write for "
        "ngspice, or take it out");
}

TEST_CASE("a note that stands in the heading already is not written twice") {
  Circuit circuit = make_everything();
  for (const auto& note : describe_substitutions(circuit, Dialect::ltspice)) {
    circuit.heading += "\n" + note;
  }
  CHECK(format_deck(circuit, Dialect::ltspice) == format_deck(make_everything(), Dialect::ltspice));
}

TEST_CASE("a library: definitions and parameters alone") {
  Circuit circuit;
  circuit.title = "parts";
  circuit.heading = "of a board";
  circuit.parameters = {{"g0", 2.0}};
  Subcircuit part = ideal_ota();
  part.locals = {{"half", 0.0, "gm/2"}};
  part.elements[0].value_expression = "gm";
  circuit.define(part);
  CHECK(format_definitions(circuit) ==
        "* parts\n"
        "* of a board\n"
        "\n"
        ".param g0=2\n"
        "* ideal transconductor: gm (v(inp) - v(inn)) into out; replace it by a real part\n"
        ".subckt ota_ideal inp inn out gm=1\n"
        ".param half={gm/2}\n"
        "g1 0 out inp inn {gm}\n"
        ".ends ota_ideal\n");
  circuit.add(resistor("r1", "a", "0", 1.0));
  CHECK(message_of([&] { format_definitions(circuit); }) ==
        "a library holds definitions and parameters alone; move elements, .ic and .tran into a "
        "deck that includes it");
}

TEST_CASE("includes stand above all cards; their names are checked") {
  Circuit circuit;
  circuit.includes = {"array.inc", "noise.inc"};
  CHECK(format_deck(circuit) == "*\n.include \"array.inc\"\n.include \"noise.inc\"\n.end\n");
  circuit.includes = {"a\"b"};
  CHECK(message_of([&] { format_deck(circuit); }) ==
        ".include 'a\"b': give a file's name without quotes and control characters");
}

TEST_CASE("expressions and measures that would not be read back are refused") {
  Circuit circuit;
  circuit.parameters = {{"p", 0.0, "1} r1 a 0 {1"}};
  CHECK(message_of([&] { format_deck(circuit); }) ==
        "parameter p: the expression '1} r1 a 0 {1' cannot be written; use numbers, names of "
        "parameters, + - * / and parentheses");
  circuit.parameters.clear();
  circuit.measures = {{"m 1", "a", 0.0, 0.0}};
  CHECK(message_of([&] { format_deck(circuit); }).starts_with("parameter name 'm 1'"));
  circuit.measures = {{"m1", "a", -1.0, 0.0}};
  CHECK(message_of([&] { format_deck(circuit); }) ==
        ".meas 'm1': 0 V at -1 s; give finite numbers, a time from 0");
}
