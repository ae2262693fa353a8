#include "sim/reduce.hpp"

#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "tests/catch.hpp"

using namespace springspice;
using sim::Expression;
using sim::ReducedCircuit;

namespace {

struct Reduced {
  netlist::Descriptor descriptor;
  ReducedCircuit circuit;

  const std::optional<Expression>& at(const std::string& unknown) const {
    return circuit.expressions.at(static_cast<std::size_t>(descriptor.index.at(unknown)));
  }
};

constexpr const char* kParts =
    ".subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e9\n.ends\n"
    ".subckt gyrator_ideal p1 n1 p2 n2 g=1\ng1 n2 p2 p1 n1 {g}\ng2 p1 n1 p2 n2 {g}\n.ends\n";

Reduced reduce(const std::string& elements, const std::vector<std::string>& coordinates,
               const std::vector<std::string>& force_rows) {
  Reduced out;
  const std::string deck = "title\n" + std::string(kParts) + elements + ".end\n";
  out.descriptor = netlist::stamp(netlist::flatten(netlist::parse_deck(deck, "deck")));
  std::vector<Eigen::Index> nodes;
  std::vector<Eigen::Index> rows;
  for (const std::string& name : coordinates) nodes.push_back(out.descriptor.node(name));
  for (const std::string& name : force_rows) rows.push_back(out.descriptor.node(name));
  out.circuit = sim::reduce(out.descriptor, nodes, rows);
  return out;
}

double entry(const std::vector<std::unordered_map<int, sim::Summed>>& matrix, std::size_t row,
             int column) {
  const auto found = matrix.at(row).find(column);
  return found == matrix.at(row).end() ? 0.0 : found->second.value;
}

}  // namespace

TEST_CASE("a parallel RLC with a source: C, 1/R, 1/L and I") {
  const Reduced r = reduce("c1 a 0 2\nr1 a 0 4\nl1 a 0 5\ni1 0 a 3\n", {"a"}, {"a"});
  REQUIRE(r.circuit.obstacle.empty());
  CHECK(entry(r.circuit.second, 0, 0) == 2.0);
  CHECK(entry(r.circuit.first, 0, 0) == 0.25);
  CHECK(entry(r.circuit.zeroth, 0, 0) == Approx(0.2));
  CHECK(r.circuit.force[0].value == 3.0);
  // The inductor's current is the flux over L.
  CHECK(r.at("i(l1)")->integral.at(0).value == Approx(0.2));
  CHECK(r.at("i(l1)")->direct.empty());
}

TEST_CASE("absolute contributions add up where values cancel") {
  const Reduced r = reduce("c1 a 0 1\nr1 a 0 1\nr2 a 0 1\ng1 a 0 a 0 -2\n", {"a"}, {"a"});
  CHECK(entry(r.circuit.first, 0, 0) == 0.0);
  const Reduced s = reduce("c1 a 0 1\nr1 a 0 1\nr2 a 0 1\ng1 a 0 a 0 -1.5\n", {"a"}, {"a"});
  CHECK(s.circuit.first[0].at(0).value == Approx(0.5));
  CHECK(s.circuit.first[0].at(0).absolute == Approx(3.5));
}

TEST_CASE("a capacitor behind a gyrator is an inductor of C/g^2") {
  const Reduced r = reduce("cm a 0 1\nx1 a 0 w 0 gyrator_ideal g=0.5\nck w 0 2\n", {"a"}, {"a"});
  REQUIRE(r.circuit.obstacle.empty());
  CHECK(entry(r.circuit.zeroth, 0, 0) == Approx(0.25 / 2.0));
  CHECK(r.at("w")->integral.at(0).value == Approx(0.25));
}

TEST_CASE("an op-amp integrator: its output is the integral, its gain nowhere") {
  // KCL at the summing node s of the first amplifier is the equation: C v' + v/R + x/Rk = -i.
  const Reduced r = reduce(
      "xv 0 s v opamp_ideal\nc1 v s 2\nr1 v s 4\n"
      "xi 0 si xn opamp_ideal\nri v si 10\nci xn si 0.5\n"
      "xn1 0 sn x opamp_ideal\nra xn sn 7\nrb x sn 7\n"
      "rk x s 8\nvref ref 0 -1\nrf ref s 3\n",
      {"v"}, {"s"});
  REQUIRE(r.circuit.obstacle.empty());
  CHECK(r.at("xn")->integral.at(0).value == Approx(-0.2));
  CHECK(r.at("x")->integral.at(0).value == Approx(0.2));
  CHECK(r.at("s")->is_constant());
  // The row of s counts currents that leave it.
  CHECK(entry(r.circuit.second, 0, 0) == Approx(-2.0));
  CHECK(entry(r.circuit.first, 0, 0) == Approx(-0.25));
  CHECK(entry(r.circuit.zeroth, 0, 0) == Approx(-0.2 / 8.0));
  CHECK(r.circuit.force[0].value == Approx(-1.0 / 3.0));
}

TEST_CASE("a resistor in two halves is one resistor") {
  const Reduced r = reduce("c1 a 0 1\nr1 a m 2\nr2 m 0 3\n", {"a"}, {"a"});
  REQUIRE(r.circuit.obstacle.empty());
  CHECK(entry(r.circuit.first, 0, 0) == Approx(0.2));
}

TEST_CASE("coupled nodes: branches between them, entries on both sides") {
  const Reduced r =
      reduce("c1 a 0 1\nc2 b 0 1\nc3 a b 0.5\nl1 a b 4\nr1 b 0 2\n", {"a", "b"}, {"a", "b"});
  CHECK(entry(r.circuit.second, 0, 0) == 1.5);
  CHECK(entry(r.circuit.second, 0, 1) == -0.5);
  CHECK(entry(r.circuit.zeroth, 1, 0) == -0.25);
  CHECK(entry(r.circuit.zeroth, 1, 1) == 0.25);
  CHECK(entry(r.circuit.first, 1, 1) == 0.5);
  CHECK(entry(r.circuit.first, 0, 0) == 0.0);
}

TEST_CASE("a circuit that contradicts itself is told by the law that is too many") {
  // A source forces the coordinate.
  const Reduced forced = reduce("c1 a 0 1\nv1 a 0 1\n", {"a"}, {"a"});
  CHECK(forced.circuit.obstacle == "nothing determines 'i(v1)'");
  // A node without a capacitor between two gyrators has a law of its own.
  const Reduced gyrators =
      reduce("c1 a 0 1\nc2 b 0 1\nx1 a 0 w 0 gyrator_ideal g=1\nx2 b 0 w 0 gyrator_ideal g=1\n",
             {"a", "b"}, {"a", "b"});
  CHECK_THAT(gyrators.circuit.obstacle,
             ContainsSubstring("one equation too many") || ContainsSubstring("nothing determines"));
}

TEST_CASE("a circuit that leaves something open is told by what nothing determines") {
  // Two op-amps drive one output, none the other.
  const Reduced r =
      reduce("xa 0 s a opamp_ideal\nxb 0 t a opamp_ideal\nc1 a s 1\nc2 b t 1\nr1 b s 1\n",
             {"a", "b"}, {"s", "t"});
  CHECK(!r.circuit.obstacle.empty());
  const Reduced snubber = reduce("c1 a 0 1\nr1 a m 1\nc2 m 0 1\n", {"a"}, {"a"});
  CHECK_THAT(snubber.circuit.obstacle, ContainsSubstring("depends on what nothing determines"));
}

TEST_CASE("resistors in a loop are solved together") {
  // A bridge of equal resistors: no current in the middle, one ohm as a whole.
  const Reduced loop =
      reduce("c1 a 0 1\nr1 a m 1\nr2 m n 1\nr3 n 0 1\nr4 m 0 1\nr5 a n 1\n", {"a"}, {"a"});
  REQUIRE(loop.circuit.obstacle.empty());
  CHECK(entry(loop.circuit.first, 0, 0) == Approx(1.0));
  CHECK(loop.at("m")->direct.at(0).value == Approx(0.5));
}

TEST_CASE("coupled coils are solved together: their stiffness is the inverse of the inductances") {
  // L = [2 1; 1 3] H: k = 1/sqrt(6), inverse [3 -1; -1 2] / 5.
  const Reduced r =
      reduce("c1 a 0 1\nc2 b 0 1\nl1 a 0 2\nl2 b 0 3\nk1 l1 l2 0.408248290463863016\n", {"a", "b"},
             {"a", "b"});
  REQUIRE(r.circuit.obstacle.empty());
  CHECK(entry(r.circuit.zeroth, 0, 0) == Approx(0.6));
  CHECK(entry(r.circuit.zeroth, 0, 1) == Approx(-0.2));
  CHECK(entry(r.circuit.zeroth, 1, 1) == Approx(0.4));
}

TEST_CASE("a current as the coordinate: the inductor's voltage is a rate") {
  // A series loop as its Norton equivalent: u/R + i = e/R, L i' = u; the readout v = 5 i.
  const Reduced r = reduce(
      "r1 u 0 4\ni1 0 u 0.25\nl1 u a 2\nvs a 0 0\nh1 v 0 vs 5\nck w 0 0.5\nf1 0 w vs 1\n"
      "g1 u 0 w 0 0.25\n",
      {"v"}, {"u"});
  REQUIRE(r.circuit.obstacle.empty());
  // In volts of v: L/(R 5) v' + v/5 + (1/4)(1/0.5)(phi/5) = 0.25.
  CHECK(entry(r.circuit.second, 0, 0) == Approx(2.0 / 4.0 / 5.0));
  CHECK(entry(r.circuit.first, 0, 0) == Approx(0.2));
  CHECK(entry(r.circuit.zeroth, 0, 0) == Approx(0.1));
  CHECK(r.circuit.force[0].value == Approx(0.25));
  CHECK(r.at("u")->rate.at(0).value == Approx(0.4));
}

TEST_CASE("a spring's foot on a source shows as a force") {
  const Reduced r = reduce(
      "cm a 0 1\nx1 a 0 w 0 gyrator_ideal g=0.5\nck w anchor 2\nva anchor 0 3\n", {"a"}, {"a"});
  REQUIRE(r.circuit.obstacle.empty());
  CHECK(r.at("w")->constant.value == Approx(3.0));
  CHECK(entry(r.circuit.zeroth, 0, 0) == Approx(0.125));
  CHECK(std::abs(r.circuit.force[0].value) == Approx(1.5));
}

TEST_CASE("two capacitors in series are one") {
  const Reduced r = reduce("c0 a 0 1\nc1 a m 2\nc2 m 0 2\n", {"a"}, {"a"});
  REQUIRE(r.circuit.obstacle.empty());
  CHECK(entry(r.circuit.second, 0, 0) == Approx(2.0));
}

TEST_CASE("an integrator without its capacitor is told") {
  const Reduced open = reduce(
      "xv 0 s v opamp_ideal\ncm v s 1\nrk xn s 2\nxx 0 t xn opamp_ideal\nrx v t 1\n", {"v"}, {"s"});
  CHECK(!open.circuit.obstacle.empty());
}

TEST_CASE("an integrator that a source holds is a constant: its stiffness is gone") {
  const Reduced r =
      reduce("c1 a 0 1\nc2 w 0 1\ng1 0 w a 0 2\nv1 w 0 5\ngk a 0 w 0 3\n", {"a"}, {"a"});
  REQUIRE(r.circuit.obstacle.empty());
  CHECK(entry(r.circuit.zeroth, 0, 0) == 0.0);
  CHECK(r.circuit.force[0].value == -15.0);
}

TEST_CASE("an integrator that leaks is none, and what drives nothing is no obstacle") {
  const Reduced leak = reduce("c1 a 0 1\ng1 0 x a 0 1\ncx x 0 1\nrx x 0 9\n", {"a"}, {"a"});
  CHECK(leak.circuit.obstacle.empty());
  CHECK(!leak.at("x"));
  const Reduced used =
      reduce("c1 a 0 1\ng1 0 x a 0 1\ncx x 0 1\nrx x 0 9\ngk a 0 x 0 1\n", {"a"}, {"a"});
  CHECK_THAT(used.circuit.obstacle, ContainsSubstring("depends on what nothing determines"));
}

TEST_CASE("a first-order circuit: C x' + G x = I") {
  const Reduced r =
      reduce("xx 0 s x opamp_ideal\ncd x s 2\nrk x s 5\nvr ref 0 1\nrf ref s 4\n", {"x"}, {"s"});
  REQUIRE(r.circuit.obstacle.empty());
  CHECK(entry(r.circuit.second, 0, 0) == -2.0);
  CHECK(entry(r.circuit.first, 0, 0) == Approx(-0.2));
  CHECK(entry(r.circuit.zeroth, 0, 0) == 0.0);
  CHECK(r.circuit.force[0].value == Approx(0.25));
}
