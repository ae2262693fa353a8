#include "sim/reduce.hpp"

#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "tests/catch.hpp"

using namespace springspice;

namespace {

const std::string opamp = ".subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e9\n.ends\n";

struct Reduced {
  netlist::Descriptor circuit;
  sim::ReducedCircuit result;
};

// One coordinate, its velocity at node `v`, its equation at node `row`.
Reduced reduce_deck(const std::string& elements, const std::string& v, const std::string& row) {
  const netlist::Circuit circuit =
      netlist::parse_deck("springspice test\n" + elements + ".end\n", "test");
  Reduced reduced{netlist::stamp(netlist::flatten(circuit)), {}};
  reduced.result =
      sim::reduce(reduced.circuit, {reduced.circuit.node(v)}, {reduced.circuit.node(row)});
  return reduced;
}

double value(const std::unordered_map<int, sim::Summed>& row) {
  return row.contains(0) ? row.at(0).value : 0.0;
}

}  // namespace

TEST_CASE("a parallel RLC circuit is C v' + G v + phi/L = I") {
  const Reduced r = reduce_deck("c1 a 0 2e-6\nr1 a 0 50\nl1 a 0 4e-3\ni1 0 a dc 3e-3\n", "a", "a");
  REQUIRE(r.result.obstacle.empty());
  CHECK(value(r.result.second[0]) == Approx(2e-6).epsilon(1e-15));
  CHECK(value(r.result.first[0]) == Approx(0.02).epsilon(1e-15));
  CHECK(value(r.result.zeroth[0]) == Approx(250.0).epsilon(1e-15));
  CHECK(r.result.force[0].value == Approx(3e-3).epsilon(1e-15));
}

TEST_CASE("a capacitor behind a gyrator is an inductor C/g^2") {
  const Reduced r =
      reduce_deck("c1 a 0 1e-6\nc2 w 0 1e-8\ng1 0 w a 0 2e-3\ng2 a 0 w 0 2e-3\n", "a", "a");
  REQUIRE(r.result.obstacle.empty());
  CHECK(value(r.result.zeroth[0]) == Approx(4e-6 / 1e-8).epsilon(1e-15));
}

TEST_CASE("op-amp stages: integrator and inverter, whatever the gain") {
  const Reduced r =
      reduce_deck(opamp +
                      "xv 0 s v opamp_ideal\ncm v s 1e-8\nrd v s 1e5\nrk x s 2e4\nrf ref s 5e4\n"
                      "vref ref 0 dc -1\n"
                      "xx 0 t xn opamp_ideal\nrx v t 1e4\ncx xn t 1e-9\n"
                      "xi 0 u x opamp_ideal\nra xn u 3e4\nrb x u 3e4\n",
                  "v", "s");
  REQUIRE(r.result.obstacle.empty());
  // The current law at s counts currents that leave it: all signs are negative.
  CHECK(value(r.result.second[0]) == Approx(-1e-8).epsilon(1e-15));
  CHECK(value(r.result.first[0]) == Approx(-1e-5).epsilon(1e-15));
  CHECK(value(r.result.zeroth[0]) == Approx(-1.0 / 2e4 / (1e4 * 1e-9)).epsilon(1e-14));
  CHECK(r.result.force[0].value == Approx(-1.0 / 5e4).epsilon(1e-15));
  const auto& x = r.result.expressions[static_cast<std::size_t>(r.circuit.node("x"))];
  REQUIRE(x.has_value());
  CHECK(x->integral.at(0).value == Approx(1e5).epsilon(1e-14));
}

TEST_CASE("a resistor split in two is still one resistor") {
  const Reduced r = reduce_deck("c1 a 0 1e-6\nr1 a m 30\nr2 m 0 20\n", "a", "a");
  REQUIRE(r.result.obstacle.empty());
  CHECK(value(r.result.first[0]) == Approx(0.02).epsilon(1e-14));
}

TEST_CASE("what is no second-order system is said") {
  // An integrator without its capacitor: nothing determines its output.
  const Reduced open = reduce_deck(opamp +
                                       "xv 0 s v opamp_ideal\ncm v s 1e-8\nrk xn s 2e4\n"
                                       "xx 0 t xn opamp_ideal\nrx v t 1e4\n",
                                   "v", "s");
  CHECK_FALSE(open.result.obstacle.empty());
  // A node that is driven twice.
  const Reduced twice =
      reduce_deck("c1 a 0 1e-6\nc2 w 0 1e-8\ng1 0 w a 0 2e-3\nv1 w 0 dc 1\n", "a", "a");
  CHECK_FALSE(twice.result.obstacle.empty());
}
