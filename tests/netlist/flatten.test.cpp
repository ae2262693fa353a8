#include "netlist/flatten.hpp"

#include "netlist/error.hpp"
#include "netlist/parser.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;

namespace {

FlatCircuit flat(const std::string& body) {
  return flatten(parse_deck("title\n" + body + "\n.end\n", "deck"));
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("inner elements and nodes carry the instance's path") {
  const auto out = flat(
      ".subckt pair a b r=1\nr1 a Mid {r}\nr2 mid b 2\nr3 mid gnd 3\n.ends\n"
      "xk1 in 0 pair r=5\nrx in GND 7\n.ic v(in)=1");
  REQUIRE(out.elements.size() == 4);
  CHECK(out.elements[0].name == "xk1.r1");
  CHECK(out.elements[0].nodes == Names{"in", "xk1.Mid"});
  CHECK(out.elements[0].value == 5.0);
  CHECK(out.elements[0].value_expression.empty());
  CHECK(out.elements[1].nodes == Names{"xk1.mid", "0"});
  CHECK(out.elements[2].nodes == Names{"xk1.mid", "0"});
  CHECK(out.elements[3].nodes == Names{"in", "0"});
  CHECK(out.initial_voltages.size() == 1);
}

TEST_CASE("instances inside instances, defaults, references to the same instance") {
  const auto out = flat(
      ".subckt outer p\nx1 p inner g=3\nx2 p inner\n.ends\n"
      ".subckt inner q g=2\nv1 q m 0\nf1 0 q V1 {g}\nl1 m 0 1\nl2 q 0 1\nk1 l1 l2 0.5\n.ends\n"
      "xa top outer");
  REQUIRE(out.elements.size() == 10);
  CHECK(out.elements[0].name == "xa.x1.v1");
  CHECK(out.elements[0].nodes == Names{"top", "xa.x1.m"});
  CHECK(out.elements[1].references == Names{"xa.x1.V1"});
  CHECK(out.elements[1].value == 3.0);
  CHECK(out.elements[4].references == Names{"xa.x1.l1", "xa.x1.l2"});
  CHECK(out.elements[6].value == 2.0);
}

TEST_CASE("an ideal op-amp is a nullor, any other subcircuit is itself") {
  const auto out = flat(
      ".subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e9\n.ends\n"
      ".subckt real inp inn out\ng1 0 out inp inn 1e9\n.ends\n"
      ".subckt box a b\nx1 gnd a b opamp_ideal\n.ends\n"
      "x1 gnd a b OPAMP_IDEAL\nx2 0 a b real\nx3 c d box");
  REQUIRE(out.elements.size() == 3);
  CHECK(out.elements[0].kind == Kind::nullor);
  CHECK(out.elements[0].name == "x1");
  CHECK(out.elements[0].nodes == Names{"0", "a", "b"});
  CHECK(out.elements[1].kind == Kind::vccs);
  CHECK(out.elements[2].name == "x3.x1");
  CHECK(out.elements[2].nodes == Names{"0", "c", "d"});
}

TEST_CASE("what flatten refuses") {
  Circuit unknown;
  unknown.add(instance("x1", {"a"}, "part"));
  CHECK_THROWS_WITH(flatten(unknown),
                    ContainsSubstring("instance 'x1': no subcircuit 'part' is defined"));
  CHECK_THROWS_WITH(flat(".subckt a p\nx1 p b\n.ends\n.subckt b p\nx1 p a\n.ends\nx1 n a"),
                    ContainsSubstring("subcircuit 'a' contains itself (a -> b -> a)"));
  CHECK_THROWS_WITH(flat(".subckt a p\nx1 p a\n.ends"),
                    ContainsSubstring("contains itself (a -> a)"));
  CHECK_THROWS_WITH(flat(".subckt a p r=1\nr1 p 0 {r/0}\n.ends\nx1 n a r=2"),
                    ContainsSubstring("element 'x1.r1': 'r/0': 'r/0' is inf"));
  CHECK_THROWS_WITH(
      flat(".subckt a p\nr1 p 0 1\n.ends\n.subckt b p\nx2 p a\n.ends\nx1 n b\nx1.x2 n a"),
      ContainsSubstring("two flattened elements are called 'x1.x2.r1'"));
}

TEST_CASE("a few lines that stand for too much are refused before they are built") {
  std::string body = ".subckt s0 p\nr1 p 0 1\n.ends\n";
  for (int i = 1; i <= 40; ++i) {
    const std::string below = "s" + std::to_string(i - 1);
    body += ".subckt s" + std::to_string(i) + " p\nx1 p " + below + "\nx2 p " + below + "\n.ends\n";
  }
  CHECK_THROWS_WITH(flat(body + "x1 n s40"),
                    ContainsSubstring("more than 10000000 elements, instances"));
  std::string deep = ".subckt s0 p\nr1 p 0 1\n.ends\n";
  for (int i = 1; i <= 200; ++i) {
    deep += ".subckt s" + std::to_string(i) + " p\nx1 p s" + std::to_string(i - 1) + "\n.ends\n";
  }
  CHECK_THROWS_WITH(flat(deep + "x1 n s200"), ContainsSubstring("more than 100 definitions deep"));
}
