// Matrices of circuits whose solution is known by hand. Signs are what these tests are for.
#include "netlist/stamp.hpp"

#include <complex>

#include <Eigen/LU>

#include "netlist/error.hpp"
#include "netlist/parser.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;
using Complex = std::complex<double>;

namespace {

Descriptor matrices(const std::string& body) {
  return stamp(flatten(parse_deck("title\n" + body + "\n.end\n", "deck")));
}

// z of (j omega E + A) z = s: the sources' DC values taken as amplitudes.
Eigen::VectorXcd response(const Descriptor& d, double omega) {
  const Eigen::MatrixXcd system = Complex(0.0, omega) * Eigen::MatrixXd(d.E).cast<Complex>() +
                                  Eigen::MatrixXd(d.A).cast<Complex>();
  return system.fullPivLu().solve(d.s.cast<Complex>());
}

Complex response(const std::string& body, const std::string& unknown, double omega) {
  const Descriptor d = matrices(body);
  return response(d, omega)[d.index.at(unknown)];
}

// Systems of at most ten unknowns with entries near one: 1e-12 is a thousand roundings and more.
void check_near(Complex value, Complex expected) {
  CAPTURE(value, expected);
  CHECK(std::abs(value - expected) <= 1e-12 * std::max(1.0, std::abs(expected)));
}

const Complex j(0.0, 1.0);

}  // namespace

TEST_CASE("RC driven by a current, entry by entry") {
  const Descriptor d = matrices("i1 0 a 3\nr1 a 0 4\nc1 a 0 5");
  REQUIRE(d.unknowns == std::vector<std::string>{"a"});
  CHECK(d.E.coeff(0, 0) == 5.0);
  CHECK(d.A.coeff(0, 0) == 0.25);
  CHECK(d.s[0] == 3.0);
}

TEST_CASE("series RLC at the capacitor") {
  const double w = 1.7;
  check_near(response("v1 a 0 1\nr1 a b 0.5\nl1 b c 2\nc1 c 0 0.3", "c", w),
             1.0 / (1.0 - w * w * 2.0 * 0.3 + j * w * 0.5 * 0.3));
}

TEST_CASE("branch currents flow from the first node through the element to the second") {
  // 1 V across 2 ohm: 0.5 A leave the source's + into a, so its own current a -> 0 is -0.5.
  check_near(response("v1 a 0 1\nr1 a 0 2", "i(v1)", 0.0), -0.5);
  check_near(response("v1 a 0 1\nl1 a 0 2", "i(l1)", 0.5), 1.0 / (j * 0.5 * 2.0));
  check_near(response("i1 a 0 1\nr1 a 0 2", "a", 0.0), -2.0);
}

TEST_CASE("coupled inductors: an open secondary sees M / L1") {
  const double mutual = 0.5 * std::sqrt(2.0 * 3.0);
  check_near(response("v1 a 0 1\nl1 a 0 2\nl2 b 0 3\nk1 l1 l2 0.5", "b", 1.3), mutual / 2.0);
  const Descriptor d = matrices("l1 a 0 2\nl2 b 0 3\nk1 l1 l2 0.5");
  CHECK(d.E.coeff(2, 3) == -mutual);
  CHECK(d.E.coeff(3, 2) == -mutual);
  CHECK(d.E.coeff(2, 2) == -2.0);
}

TEST_CASE("an ideal transformer of E and F: voltage n, impedance 1 / n^2") {
  // v(s) = 3 v(p); the secondary's current, read by v2, comes back threefold at the primary.
  const std::string body = "i1 0 p 1\ne1 s m p 0 3\nv2 m 0 0\nf1 p 0 v2 -3\nr1 s 0 18";
  check_near(response(body, "p", 0.0), 18.0 / 9.0);
  check_near(response(body, "s", 0.0), 3.0 * 18.0 / 9.0);
}

TEST_CASE("F and H read the current of their source") {
  // v1 carries -1 A (1 V on 1 ohm); f1 drives 2 * (-1) A from 0 into b, h1 gives 5 * (-1) V.
  check_near(response("v1 a 0 1\nr1 a 0 1\nf1 0 b v1 2\nr2 b 0 1", "b", 0.0), -2.0);
  check_near(response("v1 a 0 1\nr1 a 0 1\nh1 c 0 v1 5\nr2 c 0 1", "c", 0.0), -5.0);
}

TEST_CASE("G drives its current from the first node into the second") {
  check_near(response("v1 a 0 2\ng1 0 b a 0 3\nr1 b 0 1", "b", 0.0), 6.0);
}

TEST_CASE("an inverting amplifier is exact with a nullor") {
  const std::string body =
      ".subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e9\n.ends\n"
      "v1 in 0 1\nr1 in n 1\nr2 n out 7\nx1 0 n out opamp_ideal\nr3 out 0 2";
  check_near(response(body, "out", 0.0), -7.0);
  check_near(response(body, "n", 0.0), 0.0);
  // 7 V on 2 ohm and 7 ohm are drawn out of ground through the op-amp's branch: out -> 0 is
  // positive.
  check_near(response(body, "i(x1)", 0.0), 7.0 / 2.0 + 1.0);
}

TEST_CASE("an integrator inverts") {
  const double w = 0.8;
  check_near(response(".subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e9\n.ends\n"
                      "v1 in 0 1\nr1 in n 2\nc1 n out 3\nx1 0 n out opamp_ideal",
                      "out", w),
             -1.0 / (j * w * 2.0 * 3.0));
}

TEST_CASE("a gyrator with a capacitor is an inductor C / g^2") {
  const std::string gyrator =
      ".subckt gyrator_ideal p1 n1 p2 n2 g=1\ng1 n2 p2 p1 n1 {g}\ng2 p1 n1 p2 n2 {g}\n.ends\n";
  const double w = 2.1, g = 0.5, c = 3.0;
  check_near(response(gyrator + "i1 0 a 1\nx1 a 0 b 0 gyrator_ideal g=0.5\nc1 b 0 3", "a", w),
             j * w * c / (g * g));
  // Floating: the same between a and d.
  check_near(
      response(gyrator + "i1 0 a 1\nx1 a d b 0 gyrator_ideal g=0.5\nc1 b 0 3\nr1 d 0 4", "a", w),
      j * w * c / (g * g) + 4.0);
}

TEST_CASE("absolute sums tell what cancelled") {
  const Descriptor d = matrices("r1 a 0 2\nr2 a 0 -2\ni1 0 a 1\ni2 a 0 1\nc1 a 0 1\nc2 a 0 -1");
  CHECK(d.A.coeff(0, 0) == 0.0);
  CHECK(d.A_abs.coeff(0, 0) == 1.0);
  CHECK(d.E.coeff(0, 0) == 0.0);
  CHECK(d.E_abs.coeff(0, 0) == 2.0);
  CHECK(d.s[0] == 0.0);
  CHECK(d.s_abs[0] == 2.0);
}

TEST_CASE("nodes come first and are called without regard to case") {
  const Descriptor d = matrices("V1 A 0 1\nr1 a B 1\nL1 b gnd 1");
  CHECK(d.unknowns == std::vector<std::string>{"a", "b", "i(v1)", "i(l1)"});
  CHECK(d.node_count == 2);
  CHECK(d.node("B") == 1);
}

TEST_CASE("initial values") {
  const Descriptor d =
      matrices("l1 a b 1 ic=2\nl2 a 0 1\nc1 A b 1 ic=3\nc2 a 0 1\nr1 b 0 1\n.ic v(A)=4");
  CHECK(d.initial[0] == 4.0);
  CHECK_FALSE(d.initial[1].has_value());
  CHECK(d.initial[static_cast<std::size_t>(d.index.at("i(l1)"))] == 2.0);
  CHECK_FALSE(d.initial[static_cast<std::size_t>(d.index.at("i(l2)"))].has_value());
  REQUIRE(d.capacitor_initial.size() == 1);
  CHECK(d.capacitor_initial[0].element == "c1");
  CHECK(d.capacitor_initial[0].plus == "a");
  CHECK(d.capacitor_initial[0].volt == 3.0);
}

TEST_CASE("an empty circuit has empty matrices") { CHECK(stamp(FlatCircuit()).A.rows() == 0); }

TEST_CASE("what stamp refuses") {
  CHECK_THROWS_WITH(matrices("r1 a 0 1\n.ic v(b)=1"),
                    ContainsSubstring("no element touches node 'b'; the circuit has a"));
  CHECK_THROWS_WITH(matrices("r1 a 0 1\n.ic v(0)=1"), ContainsSubstring("node '0' is ground"));
  CHECK_THROWS_WITH(matrices("l1 a 0 1\nl2 a 0 -1\nk1 l1 l2 0.5"),
                    ContainsSubstring("of which one is negative"));
  FlatCircuit loose;
  loose.elements = {coupling("k1", "l1", "l2", 0.5)};
  CHECK_THROWS_WITH(stamp(loose), ContainsSubstring("'l1', which is not in the circuit"));
  loose.elements = {instance("x1", {"a", "b"}, "part")};
  CHECK_THROWS_WITH(stamp(loose), ContainsSubstring("flatten the circuit first"));
  loose.elements = {voltage_source("v1", "a", "0", 1.0), voltage_source("V1", "b", "0", 1.0)};
  CHECK_THROWS_WITH(stamp(loose), ContainsSubstring("two elements are called 'V1'"));
  loose.elements = {resistor("r1", "a", "0", 1.0)};
  loose.initial_voltages = {{"a", 1.0}, {"A", 2.0}};
  CHECK_THROWS_WITH(stamp(loose), ContainsSubstring("node 'A' has an initial voltage already"));
  CHECK_THROWS_WITH(matrices("r1 a 0 1\nl1 a 0 1").node("i(l1)"),
                    ContainsSubstring("no element touches node 'i(l1)'"));
}
