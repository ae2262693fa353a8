#include "netlist/parser.hpp"

#include "netlist/error.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;

namespace {

Circuit parse(const std::string& body) { return parse_deck("title\n" + body + "\n.end\n", "deck"); }

Element only(const std::string& card) {
  const Circuit circuit = parse(card);
  REQUIRE(circuit.elements().size() == 1);
  return circuit.elements()[0];
}

}  // namespace

TEST_CASE("each kind of element") {
  const Circuit circuit = parse(
      "R1 a 0 1k\nL1 a b 1m\nl2 b 0 2m\nK1 L1 l2 0.5\nC1 a 0 1u\nV1 a 0 5\nI1 0 a 2m\n"
      "E1 c 0 a b 10\nF1 0 c v1 2\nG1 0 c a b 1m\nH1 d 0 V1 50");
  REQUIRE(circuit.elements().size() == 11);
  CHECK(circuit.find("k1")->references == std::vector<std::string>{"L1", "l2"});
  CHECK(circuit.find("e1")->nodes == std::vector<std::string>{"c", "0", "a", "b"});
  CHECK(circuit.find("f1")->references == std::vector<std::string>{"v1"});
  CHECK(circuit.find("h1")->value == 50.0);
  CHECK(circuit.find("g1")->kind == Kind::vccs);
  CHECK(circuit.find("i1")->value == 2e-3);
}

TEST_CASE("initial values, with and without blanks around =") {
  CHECK(only("c1 a 0 1u ic=0.5").initial == 0.5);
  CHECK(only("c1 a 0 1u IC = 0.5").initial == 0.5);
  CHECK(only("l1 a 0 1u ic= 1m").initial == 1e-3);
  CHECK_FALSE(only("l1 a 0 1u").initial.has_value());
}

TEST_CASE("sources") {
  CHECK(only("v1 a 0 1").value == 1.0);
  CHECK(only("v1 a 0 dc 1").value == 1.0);
  CHECK(only("v1 a 0 DC -1 AC 2").ac->magnitude == 2.0);
  CHECK(only("v1 a 0 1 ac 1 90").ac->phase_deg == 90.0);
  CHECK(only("i1 a 0 ac 1 -90 dc 3").value == 3.0);
  CHECK(only("i1 a 0 ac 1").value == 0.0);
  CHECK(only("i1 dc ac dc 1").nodes == std::vector<std::string>{"dc", "ac"});
}

TEST_CASE("resistors may be quiet") {
  CHECK_FALSE(only("r1 a 0 1 noisy=0").noisy);
  CHECK_FALSE(only("r1 a 0 1 NOISY = 0").noisy);
  CHECK(only("r1 a 0 1 noisy=1").noisy);
}

TEST_CASE("definitions and instances") {
  const Circuit circuit = parse(
      ".subckt Ota inp inn out gm=1 g2 = 2k\nG1 0 out inp inn {gm}\ng2 0 out inp inn { G2 }\n"
      "g3 0 out inp inn gm\n.ends OTA\n"
      ".subckt two a b params: r=1\nr1 a b {r}\n.ends\n"
      "x1 a b c ota gm=1u g2 = 3\nx2 a b two PARAMS: r=5\nx3 a b two");
  const auto& definition = circuit.definitions()[0];
  CHECK(definition.pins == std::vector<std::string>{"inp", "inn", "out"});
  CHECK(definition.parameters[1].value == 2000.0);
  CHECK(definition.elements[0].value_expression == "gm");
  CHECK(definition.elements[1].value_expression == "G2");
  CHECK(definition.elements[2].value_expression == "gm");
  CHECK(circuit.find("x1")->references[0] == "ota");
  CHECK(circuit.find("x1")->parameters[1].value == 3.0);
  CHECK(circuit.find("x2")->parameters[0].value == 5.0);
  CHECK(circuit.find("x3")->nodes.size() == 2);
}

TEST_CASE("comments, continuation lines, CRLF") {
  const Circuit circuit = parse_deck(
      "title\r\n* about the circuit\r\n\r\n* above r1\r\n  R1 a 0 ; first\r\n* between\r\n\r\n+ 1k "
      "$ second\r\n"
      "; a line of its own\r\n\tr2 a 0\t2k;tight\r\n.END",
      "deck");
  CHECK(circuit.title == "title");
  CHECK(circuit.heading == "about the circuit");
  CHECK(circuit.find("r1")->value == 1000.0);
  CHECK(circuit.find("r1")->heading == "above r1");
  CHECK(circuit.find("r1")->comment == "first; second");
  CHECK(circuit.find("r2")->heading == "between\na line of its own");
  CHECK(circuit.find("r2")->comment == "tight");
}

TEST_CASE("dot cards") {
  const Circuit circuit = parse(
      "r1 a b 1\n.ic v(a)=1 V(b) = -2m\n.ic v ( c ) =3\n.OPTIONS noopac reltol = 1e-6\n.option "
      "method=trap\n"
      ".save v(a) v(a, b) i(l1)\n+ @r1[i] all\n.tran 1u 1m 0 2u uic\n.op\n.ac dec 1 1 2\n.noise "
      "v(a) v1 lin 1 1 1\n"
      ".dc v1 0 1 1");
  REQUIRE(circuit.initial_voltages.size() == 3);
  CHECK(circuit.initial_voltages[1].node == "b");
  CHECK(circuit.initial_voltages[1].volt == -2e-3);
  CHECK(circuit.options == std::vector<std::string>{"noopac", "reltol=1e-6", "method=trap"});
  CHECK(circuit.saved[0] == "v(a)");
  CHECK(circuit.saved[3] == "@r1[i]");
  REQUIRE(circuit.transient);
  CHECK(circuit.transient->step_s == 1e-6);
  CHECK(circuit.transient->stop_s == 1e-3);
  CHECK(circuit.transient->max_step_s == 2e-6);
  CHECK(circuit.transient->use_initial);
}

TEST_CASE("forms of .tran") {
  CHECK_FALSE(parse(".tran 1u 1m").transient->use_initial);
  CHECK(parse(".tran 1u 1m uic").transient->use_initial);
  CHECK(parse(".tran 1u 1m 0 UIC").transient->max_step_s == 0.0);
  CHECK_FALSE(parse(".tran 1u 1m 0 5u").transient->use_initial);
}

TEST_CASE("titles that look like something else pass") {
  for (const char* title : {"resistor network", "x-axis of the plane", "*", "* r1 a 0 1k", "",
                            "rlc springs", "Rabi oscillation", "+ more", "x1 a b nothing"}) {
    CAPTURE(title);
    CHECK(parse_deck(std::string(title) + "\nr1 a 0 1\n.end\n", "deck").elements().size() == 1);
  }
}
