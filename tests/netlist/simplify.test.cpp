#include "netlist/simplify.hpp"

#include "netlist/parser.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;

namespace {

// The cards that are left, one a line.
std::string simplified(const std::string& cards,
                       const std::unordered_set<std::string>& keep = {"a", "b"}) {
  FlatCircuit circuit = flatten(parse_deck("title\n" + cards + ".end\n", "deck"));
  simplify(circuit, keep);
  std::string out;
  for (const Element& element : circuit.elements) {
    out += element.name;
    for (const std::string& node : element.nodes) out += " " + node;
    out += " " + format_number(element.value);
    if (element.initial) out += " ic=" + format_number(*element.initial);
    out += "\n";
  }
  for (const auto& [node, volt] : circuit.initial_voltages) {
    out += node + "=" + format_number(volt) + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a source of 0 V is a wire, unless its current is read") {
  CHECK(simplified("v1 a m 0\nr1 m 0 5\n") == "r1 a 0 5\n");
  CHECK(simplified("v1 M a 0\nr1 m 0 5\nc1 M b 1\n") == "r1 a 0 5\nc1 a b 1\n");
  CHECK(simplified("v1 a m 0\nr1 m 0 5\nf1 b 0 v1 2\n") == "v1 a m 0\nr1 m 0 5\nf1 b 0 2\n");
  CHECK(simplified("v1 a m dc 0 ac 1\nr1 m 0 5\n") == "v1 a m 0\nr1 m 0 5\n");
  CHECK(simplified("v1 a m 0 trnoise(1 1 0 0)\nr1 m 0 5\n") == "v1 a m 0\nr1 m 0 5\n");
}

TEST_CASE("a wire between two nodes that must remain is left, and so is one that must itself") {
  CHECK(simplified("v1 a b 0\nr1 a 0 5\n") == "v1 a b 0\nr1 a 0 5\n");
  CHECK(simplified("v1 a 0 0\nr1 a b 5\n") == "v1 a 0 0\nr1 a b 5\n");
  CHECK(simplified("v1 a m 0\nr1 m 0 5\n", {"a", "v1"}) == "v1 a m 0\nr1 m 0 5\n");
  CHECK(simplified("v1 m 0 0\nr1 m a 5\n") == "r1 0 a 5\n");
}

TEST_CASE("two wires in a row, and start values on both sides") {
  CHECK(simplified("v1 a m 0\nv2 m n 0\nc1 n 0 5\n.ic v(a)=1 v(n)=1\n") == "c1 a 0 5\na=1\n");
  CHECK(simplified("v1 a m 0\nc1 m 0 5\n.ic v(a)=1 v(m)=2\n") == "c1 a 0 5\na=1\na=2\n");
}

TEST_CASE("equal kinds in series are one part") {
  CHECK(simplified("r1 a m 2\nr2 n m 3\nr3 n b 4\n") == "r1+r2+r3 a b 9\n");
  CHECK(simplified("c1 a m 2\nc2 m b 2\n") == "c1+c2 a b 1\n");
  CHECK(simplified("c1 a m 2 ic=1\nc2 b m 2 ic=3\n") == "c1+c2 a b 1 ic=-2\n");
  CHECK(simplified("l1 a m 2 ic=1\nl2 m b 3 ic=1\n") == "l1+l2 a b 5 ic=1\n");
  CHECK(simplified("l1 m a 2 ic=1\nl2 m b 3 ic=-1\n") == "l1+l2 b a 5 ic=1\n");
}

TEST_CASE("what is not in series stays") {
  for (const std::string cards : {"r1 a m 2\nr2 m b 3\nc1 m 0 4\n", "r1 a m 2\nl2 m b 3\n",
                                  "r1 a 0 2\nr2 b 0 3\n", "l1 a m 2 ic=1\nl2 m b 3\n"}) {
    CHECK(simplified(cards) == cards);
  }
  CHECK(simplified("r1 a m 2\nr2 m b 3\n", {"a", "b", "m"}) == "r1 a m 2\nr2 m b 3\n");
  CHECK(simplified("r1 a m 2\nr2 m b 3\n", {"a", "b", "r2"}) == "r1 a m 2\nr2 m b 3\n");
  CHECK(simplified("c1 a m 2\nc2 m b 3\n.ic v(m)=1\n") == "c1 a m 2\nc2 m b 3\nm=1\n");
  CHECK(simplified("l1 a m 2\nl2 m b 3\nl3 b 0 1\nk1 l1 l3 0.5\n") ==
        "l1 a m 2\nl2 m b 3\nl3 b 0 1\nk1 0.5\n");
}

TEST_CASE("what carries nothing is left out") {
  CHECK(simplified("i1 a 0 0\ng1 a 0 b 0 0\nr1 a 0 1\n") == "r1 a 0 1\n");
}
