// Circuits that are no second-order systems, against closed forms and a second route.
#include "sim/budget/real_circuit.hpp"

#include <cmath>
#include <numbers>

#include "core/error.hpp"
#include "core/moments.hpp"
#include "netlist/parser.hpp"
#include "sim/budget/budget.hpp"
#include "sim/budget/explicit_form.hpp"
#include "sim/budget/real_circuit_in_ngspice.hpp"
#include "tests/catch.hpp"
#include "tests/sim/plain_circuit.hpp"

using namespace springspice;
using namespace springspice::test;
using netlist::Probe;

namespace {

/// Reads one position: node "x".
netlist::Design make_design(const std::string& cards,
                            Probe::Quantity quantity = Probe::Quantity::voltage) {
  netlist::Design design;
  design.circuit = netlist::parse_deck("small\n" + cards + ".end\n", "small.cir");
  design.probes = {{"x", Probe::Kind::position, quantity, {0}, 0, 0, 1.0, 0.0}};
  design.has_operating_point = quantity == Probe::Quantity::voltage;
  return design;
}

double value_at(const sim::RealCircuit& circuit, double end, std::size_t steps) {
  double last = 0.0;
  circuit.run(end, steps, [&](double, const Eigen::MatrixXd& x) { last = x(0, 0); });
  return last;
}

template <class Call>
std::string refusal(const Call& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no refusal";
}

// An op-amp with the gain-bandwidth of 1 rad/s x w and no other fault, from inp - inn into `out`.
std::string integrating_opamp(const std::string& name, const std::string& inp,
                              const std::string& inn, const std::string& out, double w) {
  return fmt::format("g{0} 0 p{0} {1} {2} 1\nc{0} p{0} 0 {3}\ne{0} {4} 0 p{0} 0 1\n", name, inp,
                     inn, 1.0 / w, out);
}

}  // namespace

TEST_CASE("real circuit: an RC charges as the exponential says, of order 2") {
  netlist::Design design = make_design("v1 in 0 2\nr1 in x 3\nc1 x 0 0.5\n.ic v(x)=-1\n");
  design.scales.time_s = 0.5;
  const sim::RealCircuit circuit(design, 1, 1);
  CHECK(circuit.settled(1.0)(0, 0) == Approx(2.0).epsilon(1e-14));
  CHECK(circuit.largest_growth() == Approx(-0.5 / 1.5).epsilon(1e-14));
  const double exact = 2.0 - 3.0 * std::exp(-4.0 * 0.5 / 1.5);
  const double coarse = value_at(circuit, 4.0, 20) - exact;
  const double fine = value_at(circuit, 4.0, 40) - exact;
  CHECK(std::abs(fine) < 1e-3);
  CHECK(std::log2(coarse / fine) == Approx(2.0).margin(0.1));
}

TEST_CASE("real circuit: initial values of parts stand before those of nodes") {
  const sim::RealCircuit circuit(
      make_design("r1 x 0 1\nc1 x 0 1 ic=3\nr2 y 0 1\nc2 y 0 1\n.ic v(x)=1 v(y)=5\n"), 1, 1);
  CHECK(value_at(circuit, 1.0, 400) == Approx(3.0 * std::exp(-1.0)).epsilon(1e-5));
}

TEST_CASE("real circuit: a stiff pole does not ring, and its constraints need no initial values") {
  // The pole of the second stage is 1e7 times faster; the divider has no memory at all.
  const sim::RealCircuit circuit(
      make_design("v1 in 0 1\nr1 in a 1\nc1 a 0 1\ne1 b 0 a 0 1\nr2 b c 1\nc2 c 0 1e-7\n"
                  "r3 c x 1\nr4 x 0 1\n"),
      1, 1);
  const double exact = (1.0 - std::exp(-1.0)) / 3.0;
  const double coarse = value_at(circuit, 1.0, 50) - exact;
  const double fine = value_at(circuit, 1.0, 100) - exact;
  CHECK(std::log2(coarse / fine) == Approx(2.0).margin(0.2));
}

TEST_CASE("real circuit: a flux follows its coil, and drifts where the coil has a loss") {
  const std::string cards = "i1 0 x 1\nc1 x 0 1\nr1 x 0 1\n";
  const Eigen::MatrixXd start = Eigen::MatrixXd::Zero(1, 1);
  const sim::RealCircuit ideal(make_design(cards + "l1 x 0 2\n", Probe::Quantity::flux), 1, 1,
                               start);
  // At rest the coil carries the current: flux L I = 2.
  CHECK(ideal.settled(60.0)(0, 0) == Approx(2.0).epsilon(1e-6));
  // With a resistor r in series the voltage settles at r I / (1 + r) and the flux rises for ever.
  const sim::RealCircuit lossy(
      make_design(cards + "l1 x y 2\nr2 y 0 0.01\n", Probe::Quantity::flux), 1, 1, start);
  const double slope = (lossy.settled(61.0)(0, 0) - lossy.settled(60.0)(0, 0));
  CHECK(slope == Approx(0.01 / 1.01).epsilon(1e-3));
}

TEST_CASE("real circuit: one that grows is seen, with its rate") {
  const sim::RealCircuit circuit(make_design("r1 x 0 -2\nc1 x 0 1\nr2 y x 1\nc2 y 0 1e-6\n"), 1, 1);
  CHECK(circuit.largest_growth() == Approx(0.5).epsilon(1e-5));
}

TEST_CASE("real circuit: an amplifier in a loop with two more poles oscillates") {
  // Closed loop of three equal poles and a gain A: s = -1 + A^(1/3) e^(i pi / 3), so growth
  // A^(1/3) / 2 - 1.
  for (const double gain : {7.0, 27.0}) {
    const sim::RealCircuit circuit(
        make_design(fmt::format("g1 a 0 x 0 {}\nr1 a 0 1\nc1 a 0 1\ng2 0 b a 0 1\nr2 b 0 1\n"
                                "c2 b 0 1\ng3 0 x b 0 1\nr3 x 0 1\nc3 x 0 1\n",
                                gain)),
        1, 1);
    CHECK(circuit.largest_growth() == Approx(std::cbrt(gain) / 2.0 - 1.0).epsilon(1e-12));
  }
}

TEST_CASE("real circuit: a node that nothing holds is named") {
  const sim::RealCircuit circuit(make_design("r1 x 0 1\ni1 0 x 1\nc1 x lost 1\nc2 lost 0 1\n"), 1,
                                 1);
  // Two capacitors in series are one; at DC what remains is solved.
  CHECK(circuit.settled(1.0)(0, 0) == Approx(1.0).epsilon(1e-12));
  const sim::RealCircuit open(make_design("r1 x 0 1\ni1 0 x 1\nc1 x lost 1\ng1 lost 0 x 0 1\n"), 1,
                              1);
  CHECK_THAT(refusal([&] { open.settled(1.0); }), ContainsSubstring("nothing determines 'lost'"));
}

TEST_CASE("real circuit: thermal noise of a resistor on a capacitor is kT / C") {
  netlist::Design design = make_design("r1 x 0 3\nc1 x 0 0.5\n");
  design.noise = {{"thermal r1", {{"r1", 1.0}}, 2.0 * 0.7 / 3.0, true},
                  {"model", {{"x", 1.0}}, 1.0, false}};
  design.scales.time_s = 0.2;
  design.probes[0].gain = 2.0;
  const sim::RealCircuit circuit(design, 1, 1);
  CHECK(circuit.noise_covariance(true)(0, 0) == Approx(4.0 * 0.7 / 0.5).epsilon(1e-13));
  // A current of density s into RC: s R / (2 C).
  CHECK(circuit.noise_covariance(false)(0, 0) ==
        Approx(4.0 * (0.7 / 0.5 + 1.0 * 3.0 / (2.0 * 0.5))).epsilon(1e-13));
}

TEST_CASE("real circuit: an op-amp's input noise times its noise gain, up to its bandwidth") {
  // Inverter with gain -3: noise gain 4, closed-loop pole w/4, so 4^2 s (w/4) / 2 = 2 s w.
  const double w = 1e3;
  netlist::Design design = make_design("vin a 0 1\nr1 a s 1\nr2 s x 3\nvos pos 0 0\n" +
                                       integrating_opamp("1", "pos", "s", "x", w));
  design.noise = {{"input", {{"vos", 1.0}}, 1e-3, true}};
  const sim::RealCircuit circuit(design, 1, 1);
  CHECK(circuit.settled(1.0)(0, 0) == Approx(-3.0).epsilon(1e-12));
  CHECK(circuit.noise_covariance(true)(0, 0) == Approx(2.0 * 1e-3 * w).epsilon(1e-12));
}

TEST_CASE("real circuit: white noise that nothing filters has no variance, and says so") {
  netlist::Design design = make_design(
      "vin a 0 1\nr1 a s 1\nr2 s x 3\nvos pos 0 0\n"
      "xo pos s x opamp_ideal\nc1 x 0 1\n"
      ".subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e12\n"
      ".ends\n");
  design.noise = {{"input", {{"vos", 1.0}}, 1e-3, true}};
  CHECK_THAT(refusal([&] { sim::RealCircuit(design, 1, 1).noise_covariance(true); }),
             ContainsSubstring("white noise 'input' reaches node 'x' unfiltered"));
}

TEST_CASE("real circuit: covariance of plain circuits is that of their Lyapunov equation") {
  const Eigen::MatrixXd M = positive_matrix(5, 1);
  const Eigen::MatrixXd K = positive_matrix(5, 2);
  const double kT = 0.3;
  for (const auto& system :
       {make_system_of(M, positive_matrix(5, 3), K, kT), make_system_of({}, M, K, kT),
        make_sticks(4, core::NoiseModel::diagonal, kT)}) {
    const sim::Problem problem = plain_problem(system);
    netlist::Design design = problem.design;
    design.circuit = netlist::parse_deck(problem.deck, "plain.cir");
    const core::LangevinSystem langevin = core::make_langevin(system);
    const Eigen::MatrixXd B = langevin.B;
    const Eigen::Index nu = system.size();
    const Eigen::MatrixXd expected =
        core::solve_lyapunov(Eigen::MatrixXd(langevin.A), B * B.transpose()).topLeftCorner(nu, nu);
    const Eigen::MatrixXd covariance = sim::RealCircuit(design, nu, 1).noise_covariance(false);
    // Rounding times the Lyapunov equation's condition, some 1e4.
    CHECK((covariance - expected).norm() < 1e-10 * expected.norm());
  }
}

TEST_CASE("real circuit: a flux between lossless coils has the covariance of its stiffness") {
  // Mass 2 (capacitor), friction 0.5, stiffness 3 in two coils that form a loop.
  netlist::Design design =
      make_design("c1 x 0 2\nr1 x 0 2\nl1 x 0 0.5\nl2 x 0 1\n", Probe::Quantity::flux);
  design.noise = {{"r1", {{"r1", 1.0}}, 2.0 * 0.3 / 2.0, false}};
  CHECK(sim::RealCircuit(design, 1, 1).noise_covariance(false)(0, 0) ==
        Approx(0.3 / 3.0).epsilon(1e-12));
  design.circuit =
      netlist::parse_deck("lossy\nc1 x 0 2\nr1 x 0 2\nl1 x y 0.5\nr2 y 0 1\n.end\n", "");
  CHECK_THAT(refusal([&] { sim::RealCircuit(design, 1, 1).noise_covariance(false); }),
             ContainsSubstring("noise drives away for ever"));
}

TEST_CASE("explicit form: constraints that meet capacitors are differentiated away") {
  // z1' = z2, z1 = w1 in the first pencil (index 2): no motion, and z2 is the rate of w1.
  Eigen::Matrix2d E, A;
  E << 1, 0, 0, 0;
  A << 0, -1, 1, 0;
  const sim::ExplicitForm two = sim::make_explicit(E, A, Eigen::Vector2d(0, 1));
  CHECK(two.F.rows() == 0);
  CHECK(two.obstacle.empty());
  CHECK((two.W - Eigen::Vector2d(1, 0)).norm() < 1e-14);
  CHECK((two.X - Eigen::Vector2d(0, 1)).norm() < 1e-14);
  // A capacitor from a source w to x, and a resistor: x' = w' - x, so x = w + y, y' = -y - w.
  Eigen::Matrix3d E3 = Eigen::Matrix3d::Zero(), A3 = Eigen::Matrix3d::Zero();
  E3 << 1, -1, 0, -1, 1, 0, 0, 0, 0;
  A3 << 1, 0, 0, 0, 0, 1, 0, 1, 0;
  const sim::ExplicitForm form = sim::make_explicit(E3, A3, Eigen::Vector3d(0, 0, 1));
  REQUIRE(form.F.rows() == 1);
  CHECK(form.obstacle.empty());
  CHECK(form.F(0, 0) == Approx(-1.0).epsilon(1e-14));
  CHECK(form.W(0, 0) == Approx(1.0).epsilon(1e-14));
  CHECK(form.V(0, 0) * form.G(0, 0) == Approx(-1.0).epsilon(1e-14));
  CHECK_THAT(refusal([] {
               sim::make_explicit(Eigen::Matrix2d::Zero(), Eigen::Matrix2d::Ones(),
                                  Eigen::Vector2d::Zero());
             }),
             ContainsSubstring("do not determine its motion"));
}

TEST_CASE("real circuit in ngspice: rest, path and noise are the same numbers") {
  netlist::Design design = make_design(
      "vin a 0 1\nr1 a s 1\nr2 s x 3\nc2 s x 0.1\nvos pos 0 0.01\n.ic v(x)=0.5 v(p1)=0.5\n" +
      integrating_opamp("1", "pos", "s", "x", 30.0));
  design.scales.time_s = 0.5;
  design.noise = {{"input", {{"vos", 1.0}}, 1e-3, true}, {"thermal", {{"r2", 1.0}}, 1e-2, true}};
  const sim::RealCircuit circuit(design, 1, 1);
  const sim::RealCircuitInNgspice engine(design, 1, 1);
  CHECK(engine.settled(1.0)(0, 0) == Approx(circuit.settled(1.0)(0, 0)).epsilon(1e-9));
  std::vector<double> mine, theirs;
  circuit.run(1.0, 2000, [&](double, const Eigen::MatrixXd& x) { mine.push_back(x(0, 0)); });
  engine.run(1.0, 100, [&](double, const Eigen::MatrixXd& x) { theirs.push_back(x(0, 0)); });
  REQUIRE(theirs.size() == 100);
  for (std::size_t k = 0; k < theirs.size(); ++k) {
    // BDF2 with 1600 steps over 15 of the fast pole's times: 4 (15/1600)^2 / 12 at the steepest.
    CHECK(theirs[k] == Approx(mine[20 * k + 19]).margin(1e-4));
  }
  CHECK(engine.noise_variances(true, 1e-5, 1e6)(0, 0) ==
        Approx(circuit.noise_covariance(true)(0, 0)).epsilon(1e-4));
}

// ---- the budget

TEST_CASE("budget: each term alone, and together with those before it") {
  // x settles at 1 V; an imperfection loads it, another shifts it; 0.6 and 0.8 of noise.
  const auto make = [](const std::string& more) {
    netlist::Design design = make_design("v1 a 0 1\nr1 a x 1\nc1 x 0 1\n" + more);
    design.noise = {{"r1", {{"r1", 1.0}}, 2.0 * 0.09, true}};
    return design;
  };
  const std::string load = "rl x 0 9\n";     // 0.9 V
  const std::string shift = "i1 0 x 0.2\n";  // 0.2 V more, alone
  sim::BudgetRequest request;
  request.baseline = make("");
  request.start = Eigen::MatrixXd::Zero(1, 1);
  request.reference = Eigen::MatrixXd::Constant(1, 1, 1.05);
  request.error = core::make_prediction_error(1);
  request.read_at = 20.0;
  request.steps = 400;
  request.given = {{.name = "tolerance", .alone = 0.4, .together = 0.4, .random = true}};
  request.stages = {{"load", [&] { return make(load); }, [&] { return make(load); }},
                    {"shift", [&] { return make(shift); }, [&] { return make(load + shift); }},
                    {"noise", [&] { return make(""); }, [&] { return make(load + shift); }, true}};
  const std::vector<sim::BudgetTerm> terms = sim::compute_budget(request);
  REQUIRE(terms.size() == 4);
  CHECK(*terms[1].alone == Approx(0.1).epsilon(1e-12));
  CHECK(*terms[1].together == Approx(std::hypot(0.15, 0.4)).epsilon(1e-12));
  CHECK(*terms[1].path == Approx(0.1).epsilon(1e-6));
  CHECK(*terms[2].alone == Approx(0.2).epsilon(1e-12));
  CHECK(*terms[2].together == Approx(std::hypot(1.08 - 1.05, 0.4)).epsilon(1e-12));
  CHECK(*terms[3].alone == Approx(0.3).epsilon(1e-12));
  CHECK(!terms[3].path);
  CHECK(*terms[3].together == Approx(std::hypot(0.03, 0.4, 0.3)).epsilon(1e-12));
  CHECK(sim::find_largest(terms)->name == "tolerance");

  request.stages = {{"slow", [&] { return make("g1 0 x x 0 1.01\n"); },
                     [&] { return make("g1 0 x x 0 1.01\n"); }}};
  const std::vector<sim::BudgetTerm> growing = sim::compute_budget(request);
  CHECK(growing[1].unstable);
  CHECK(*growing[1].growth == Approx(0.01).epsilon(1e-9));
  CHECK_THAT(growing[1].note, ContainsSubstring("unstable: it grows by a factor e in 100"));
  CHECK(sim::find_largest(growing)->name == "slow");
  CHECK(sim::find_largest({}) == nullptr);
}
