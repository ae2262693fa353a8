#include "netlist/circuit.hpp"

#include <limits>

#include "netlist/ideal.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/message_of.hpp"

using namespace springspice::netlist;
using springspice::netlist::testing::message_of;

namespace {

Subcircuit divider() {
  Subcircuit out;
  out.name = "divider";
  out.pins = {"a", "b"};
  out.elements = {resistor("r1", "a", "mid", 1.0), resistor("r2", "mid", "b", 1.0)};
  return out;
}

std::string refusal(const Element& element) {
  Circuit circuit;
  circuit.add(voltage_source("v1", "a", "0", 1.0));
  std::string text = message_of([&] { circuit.add(element); });
  CHECK(circuit.elements().size() == 1);  // unchanged by what it refused
  return text;
}

std::string refusal(const Subcircuit& definition) {
  Circuit circuit;
  return message_of([&] { circuit.define(definition); });
}

Element with(Element element, void (*change)(Element&)) {
  change(element);
  return element;
}

Subcircuit with(void (*change)(Subcircuit&)) {
  Subcircuit out = divider();
  change(out);
  return out;
}

}  // namespace

TEST_CASE("elements keep their order and are found in any case") {
  Circuit circuit;
  circuit.add(resistor("R1", "In", "0", 1.0));
  circuit.add(capacitor("c1", "in", "Out", 1.0));
  circuit.add(inductor("l1", "out", "GND", 1.0));
  CHECK(circuit.elements()[1].name == "c1");
  REQUIRE(circuit.find("r1") != nullptr);
  CHECK(circuit.find("r1")->name == "R1");
  CHECK(circuit.find("r2") == nullptr);
  CHECK(circuit.nodes() == std::vector<std::string>{"In", "Out"});
}

TEST_CASE("definitions are found in any case") {
  Circuit circuit;
  circuit.define(divider());
  REQUIRE(circuit.find_definition("DIVIDER") != nullptr);
  CHECK(circuit.find_definition("other") == nullptr);
}

TEST_CASE("ground is 0 and gnd") {
  CHECK(is_ground("0"));
  CHECK(is_ground("gnd"));
  CHECK(is_ground("Gnd"));
  CHECK_FALSE(is_ground("00"));
  CHECK_FALSE(is_ground("gnd1"));
}

TEST_CASE("the ideal op-amp is known by what it is, not by its name") {
  CHECK(is_ideal_opamp(ideal_opamp()));
  CHECK_FALSE(is_ideal_opamp(ideal_ota()));
  const auto changed = [](void (*change)(Subcircuit&)) {
    Subcircuit out = ideal_opamp();
    change(out);
    return is_ideal_opamp(out);
  };
  CHECK(changed([](Subcircuit& s) { s.elements[0].value = 1e6; }));
  CHECK(changed([](Subcircuit& s) { s.elements[0].nodes[0] = "gnd"; }));
  CHECK(changed([](Subcircuit& s) { s.name = "OPAMP_ideal"; }));
  CHECK_FALSE(changed([](Subcircuit& s) { s.elements[0].value = 999999.0; }));
  CHECK_FALSE(changed([](Subcircuit& s) { s.elements[0].value = -1e9; }));
  CHECK_FALSE(changed([](Subcircuit& s) { s.name = "opamp"; }));
  CHECK_FALSE(changed([](Subcircuit& s) { std::swap(s.pins[0], s.pins[1]); }));
  CHECK_FALSE(
      changed([](Subcircuit& s) { s.elements.push_back(resistor("r1", "out", "0", 1.0)); }));
}

TEST_CASE("the ideal parts are valid definitions") {
  Circuit circuit;
  circuit.define(ideal_opamp());
  circuit.define(ideal_ota());
  circuit.define(ideal_gyrator());
  CHECK(circuit.definitions().size() == 3);
}

TEST_CASE("what add() refuses") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  const Element good = resistor("r1", "a", "0", 1.0);
  const struct {
    Element element;
    const char* text;
  } mistakes[] = {
      {voltage_source("V1", "b", "0", 1.0), "element 'V1': the name is taken"},
      {resistor("", "a", "0", 1.0), "element without a name"},
      {resistor("x1", "a", "0", 1.0), "element 'x1': the name of a resistor begins with r"},
      {resistor("r 1", "a", "0", 1.0),
       "element 'r 1' holds ' '; use letters, digits and _ . # + -"},
      {resistor("r1\n.end", "a", "0", 1.0), "'r1?.end' holds '?'"},
      {resistor("r1", "", "0", 1.0), "element 'r1': node without a name"},
      {resistor("r1", "a b", "0", 1.0), "element 'r1': node 'a b' holds ' '"},
      {capacitor("c1", "a", "0", 1e-310), "element 'c1': capacitance is 1e-310"},
      {resistor("r1", "a", "0", nan), "element 'r1': resistance is nan; give a finite number"},
      {current_source("i1", "a", "0", infinite), "element 'i1': current is inf"},
      {coupling("k1", "l1", "l2", 1.5), "coupling factor is 1.5; give a number from -1 to 1"},
      {coupling("k1", "l1", "r2", 0.5), "refers to 'r2'; a coupling refers to inductors"},
      {coupling("k1", "l1", "L1", 0.5), "couples 'l1' with itself"},
      {with(coupling("k1", "l1", "l2", 0.5), [](Element& e) { e.references.pop_back(); }),
       "element 'k1': 1 references given; a coupling has 2"},
      {with(good, [](Element& e) { e.nodes.pop_back(); }), "1 nodes given; a resistor has 2"},
      {with(good, [](Element& e) { e.references = {"v1"}; }),
       "1 references given; a resistor has 0"},
      {with(good, [](Element& e) { e.initial = 1.0; }), "a resistor has no initial value (ic)"},
      {with(good,
            [](Element& e) {
              e.ac = AcStimulus{1.0, 0.0};
            }),
       "a resistor has no ac amplitude"},
      {with(good,
            [](Element& e) {
              e.parameters = {{"p", 1.0}};
            }),
       "a resistor has no parameters"},
      {with(good, [](Element& e) { e.value_expression = "p+"; }),
       "element 'r1': 'p+': the expression's end where a number, a name or '(' should be"},
      {with(good, [](Element& e) { e.kind = Kind::nullor; }),
       "a nullor exists only in a flattened circuit"},
      {with(capacitor("c1", "a", "0", 1.0), [](Element& e) { e.noisy = false; }),
       "a capacitor has no noisy flag"},
      {with(capacitor("c1", "a", "0", 1.0),
            [](Element& e) { e.initial = std::numeric_limits<double>::infinity(); }),
       "initial value is inf"},
      {with(voltage_source("v2", "a", "0", 1.0),
            [](Element& e) {
              e.ac = AcStimulus{std::numeric_limits<double>::quiet_NaN(), 0.0};
            }),
       "ac amplitude is nan"},
      {instance("x1", {}, "divider"), "0 nodes given; an instance has one for each pin"},
      {instance("x1", {"a"}, "divi der"), "reference 'divi der' holds ' '"},
      {instance("x1", {"a"}, "divider", {{"p", nan}}), "parameter 'p' is nan"},
      {instance("x1", {"a"}, "divider", {{"p", 1.0}, {"P", 2.0}}), "parameter 'P' is given twice"},
      {instance("x1", {"a"}, "divider", {{"1p", 1.0}}), "parameter name '1p'"},
      {instance("x1", {"a"}, "divider", {{"sin", 1.0}}), "'sin' is kept by ngspice for itself"},
  };
  for (const auto& [element, text] : mistakes) {
    DYNAMIC_SECTION(text) { CHECK_THAT(refusal(element), ContainsSubstring(text)); }
  }
}

TEST_CASE("what define() refuses") {
  const struct {
    Subcircuit definition;
    const char* text;
  } mistakes[] = {
      {with([](Subcircuit& s) { s.name = ""; }), "subcircuit without a name"},
      {with([](Subcircuit& s) { s.pins = {}; }), "subcircuit 'divider': no pins"},
      {with([](Subcircuit& s) {
         s.pins = {"a", "A"};
       }),
       "pin 'A' is given twice"},
      {with([](Subcircuit& s) {
         s.pins = {"a", "0"};
       }),
       "pin '0' is ground"},
      {with([](Subcircuit& s) {
         s.pins = {"a", "b;"};
       }),
       "pin 'b;' holds ';'"},
      {with([](Subcircuit& s) {
         s.parameters = {{"p", 1.0}, {"P", 1.0}};
       }),
       "parameter 'P' is given twice"},
      {with([](Subcircuit& s) {
         s.parameters = {{"m", 1.0}};
       }),
       "'m' is kept by ngspice"},
      {with([](Subcircuit& s) {
         s.parameters = {{"p", std::numeric_limits<double>::infinity()}};
       }),
       "parameter 'p' is inf"},
      {with([](Subcircuit& s) { s.elements[1].name = "R1"; }),
       "subcircuit 'divider': the name 'R1' is taken"},
      {with([](Subcircuit& s) { s.elements[1].value = 1e-310; }),
       "subcircuit 'divider': element 'r2': resistance is 1e-310"},
      {with([](Subcircuit& s) {
         s.parameters = {{"p", 1.0}};
         s.locals = {{"P", 1.0}};
       }),
       ".param 'P' has the name of a parameter of the definition"},
  };
  for (const auto& [definition, text] : mistakes) {
    DYNAMIC_SECTION(text) { CHECK_THAT(refusal(definition), ContainsSubstring(text)); }
  }
  Circuit circuit;
  circuit.define(divider());
  CHECK_THAT(message_of([&] { circuit.define(divider()); }),
             ContainsSubstring("subcircuit 'divider': the name is taken"));
}
