#include "netlist/writer.hpp"

#include <limits>

#include "netlist/error.hpp"
#include "netlist/ideal.hpp"
#include "netlist/parser.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;

TEST_CASE("a deck of everything, byte for byte") {
  Circuit circuit;
  circuit.title = "springspice";
  circuit.heading = "first\nsecond";
  circuit.options = {"noopac", "method=trap"};
  circuit.initial_voltages = {{"a", 0.5}, {"b", -1.0}};
  circuit.saved = {"v(a)", "i(l1)"};
  circuit.transient = Transient{1e-6, 1e-3, 1e-6, true};
  circuit.define(ideal_ota());
  Element r = resistor("r1", "a", "0", 1e3);
  r.heading = "masses";
  r.comment = "1 kohm";
  r.noisy = false;
  circuit.add(r);
  Element l = inductor("l1", "a", "b", 1e-3);
  l.initial = 0.25;
  circuit.add(l);
  Element v = voltage_source("v1", "b", "0", 0.0);
  v.ac = AcStimulus{1.0, 90.0};
  circuit.add(v);
  circuit.add(instance("x1", {"a", "b", "c"}, "ota_ideal", {{"gm", 1e-6}}));
  CHECK(format_deck(circuit) ==
        "springspice\n"
        "* first\n"
        "* second\n"
        "\n"
        "* ideal transconductor: gm (v(inp) - v(inn)) into out; replace it by a real part\n"
        ".subckt ota_ideal inp inn out gm=1\n"
        "g1 0 out inp inn {gm}\n"
        ".ends ota_ideal\n"
        "* masses\n"
        "r1 a 0 1000 noisy=0 ; 1 kohm\n"
        "l1 a b 0.001 ic=0.25\n"
        "v1 b 0 dc 0 ac 1 90\n"
        "x1 a b c ota_ideal gm=1e-06\n"
        ".ic v(a)=0.5 v(b)=-1\n"
        ".options noopac method=trap\n"
        ".save v(a) i(l1)\n"
        ".tran 1e-06 0.001 0 1e-06 uic\n"
        ".end\n");
}

TEST_CASE("an empty circuit") { CHECK(format_deck(Circuit()) == "*\n.end\n"); }

TEST_CASE("long cards go on in lines of at most 100 characters") {
  Circuit circuit;
  Subcircuit part;
  part.name = "part";
  std::vector<std::string> nodes;
  for (int i = 0; i < 300; ++i) {
    nodes.push_back("n" + std::to_string(i));
    part.pins.push_back("p" + std::to_string(i));
    circuit.initial_voltages.push_back({nodes.back(), 1.0 / (i + 1)});
    circuit.saved.push_back("v(" + nodes.back() + ")");
  }
  part.elements = {resistor("r1", "p0", "p1", 1.0)};
  circuit.define(part);
  circuit.add(instance("x1", nodes, "part"));
  const std::string text = format_deck(circuit);
  std::size_t longest = 0, begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    longest = std::max(longest, end - begin);
    begin = end + 1;
  }
  CHECK(longest <= 100);
  const Circuit parsed = parse_deck(text, "deck");
  CHECK(parsed.elements()[0].nodes == nodes);
  CHECK(parsed.initial_voltages.size() == 300);
  CHECK(parsed.saved == circuit.saved);
}

TEST_CASE("no comment becomes a card") {
  const std::string hostile[] = {"x\nr9 a 0 1",
                                 "x\r\nr9 a 0 1",
                                 "x\rr9 a 0 1",
                                 "\n.include /etc/passwd",
                                 "; .include x",
                                 "#echo",
                                 "\n#echo",
                                 "\n+ 5",
                                 "\n.end\n",
                                 "\"'{(=",
                                 "\xff\xfe\n\x01r9 a 0 1"};
  for (const auto& comment : hostile) {
    CAPTURE(comment);
    Circuit circuit;
    circuit.title = "t";
    circuit.heading = comment;
    Subcircuit part = ideal_ota();
    part.heading = comment;
    part.elements[0].comment = comment;
    circuit.define(part);
    for (const char* name : {"r1", "r2"}) {
      Element r = resistor(name, "a", "0", 1.0);
      r.heading = comment;
      r.comment = comment;
      circuit.add(r);
    }
    const std::string text = format_deck(circuit);
    CHECK(std::all_of(text.begin(), text.end(),
                      [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
    CHECK(text.find("*#") == std::string::npos);
    const Circuit parsed = parse_deck(text, "deck");
    CHECK(parsed.elements().size() == 2);
    CHECK(parsed.elements()[0].nodes.size() == 2);
    CHECK(parsed.definitions()[0].elements.size() == 1);
  }
}

TEST_CASE("comments of one line stand at the end, of several above") {
  Element r = resistor("r1", "a", "0", 1.0);
  r.comment = "one";
  CHECK(format_element(r) == "r1 a 0 1 ; one");
  r.comment = "one\ntwo";
  CHECK(format_element(r) == "r1 a 0 1");
  Circuit circuit;
  circuit.add(r);
  CHECK(format_deck(circuit) == "*\n* one\n* two\nr1 a 0 1\n.end\n");
}

TEST_CASE("what format_deck refuses") {
  const auto refused = [](void (*change)(Circuit&), const char* text) {
    Circuit circuit;
    circuit.define(ideal_ota());
    change(circuit);
    DYNAMIC_SECTION(text) { CHECK_THROWS_WITH(format_deck(circuit), ContainsSubstring(text)); }
  };
  refused([](Circuit& c) { c.title = "a\nb"; }, "the title 'a?b' holds a line break");
  refused([](Circuit& c) { c.title = "a\rb"; }, "holds a line break");
  refused([](Circuit& c) { c.title = "R1 a 0 1k"; }, "'R1 a 0 1k' reads as an element");
  refused([](Circuit& c) { c.title = "x1 a b c ota_ideal"; },
          "'x1 a b c ota_ideal' reads as an element");
  refused([](Circuit& c) { c.title = ".include x"; }, "'.include x' begins with '.'");
  refused([](Circuit& c) { c.title = "*#shell x"; }, "'*#shell x' makes ngspice run commands");
  refused([](Circuit& c) { c.title = "*ng_script"; }, "makes ngspice run commands");
  refused([](Circuit& c) { c.options = {"no opac"}; }, ".options: 'no opac' cannot be written");
  refused([](Circuit& c) { c.options = {"a=b=c"}; }, ".options: 'a=b=c' cannot be written");
  refused([](Circuit& c) { c.options = {"a="}; }, ".options: 'a=' cannot be written");
  refused([](Circuit& c) { c.options = {"a\n.end"}; }, ".options: 'a?.end' cannot be written");
  refused([](Circuit& c) { c.saved = {"v(a"}; }, ".save: 'v(a' cannot be written");
  refused([](Circuit& c) { c.saved = {"v(a)b"}; }, ".save: 'v(a)b' cannot be written");
  refused([](Circuit& c) { c.saved = {""}; }, ".save: '' cannot be written");
  refused([](Circuit& c) { c.initial_voltages = {{"a b", 1.0}}; }, ".ic: node 'a b' holds ' '");
  refused(
      [](Circuit& c) {
        c.initial_voltages = {{"a", 1.0}, {"A", 1.0}};
      },
      ".ic: node 'A' has an initial voltage already");
  refused(
      [](Circuit& c) {
        c.initial_voltages = {{"a", std::numeric_limits<double>::quiet_NaN()}};
      },
      ".ic: the voltage of node 'a' is nan");
  refused([](Circuit& c) { c.transient = Transient{0.0, 1.0, 0.0, true}; }, ".tran: the step is 0");
  refused(
      [](Circuit& c) {
        c.transient = Transient{1.0, -1.0, 0.0, true};
      },
      ".tran: the stop time is -1");
  refused(
      [](Circuit& c) {
        c.transient = Transient{1.0, 1.0, -1.0, true};
      },
      ".tran: the longest step is -1");
}

TEST_CASE("format_element refuses a nullor") {
  Element part;
  part.kind = Kind::nullor;
  part.name = "x1";
  CHECK_THROWS_WITH(format_element(part),
                    ContainsSubstring("a nullor exists only in a flattened circuit"));
}
