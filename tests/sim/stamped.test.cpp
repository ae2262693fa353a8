// What a deck stands for: matrices and noise in model units, told by hand.
#include "sim/stamped.hpp"

#include "tests/catch.hpp"
#include "tests/sim/plain_circuit.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

// Two nodes in the force-current form, 1 ms, 1 kohm, 4 V a unit of velocity: C = M uF, R = 1
// kohm/D, 1/L = K (H^-1), I0 = 4 mA.
sim::Problem two_nodes() {
  using netlist::Probe;
  sim::Problem problem = one_mass(
      "two nodes\n"
      "c1 a 0 3u\nc2 b 0 2u\nc12 a b 1u\n"
      "r1 a 0 500\nr12 a b 4k\n"
      "l1 a 0 0.5\nl12 a b 0.25\n"
      "i1 0 a 8m\ni2 b 0 2m\n"
      ".end\n");
  problem.system =
      make_system_of(positive_matrix(2, 1), positive_matrix(2, 2), positive_matrix(2, 3), 0.3);
  problem.initial = {Eigen::MatrixXd::Zero(2, 1), Eigen::MatrixXd::Zero(2, 1)};
  problem.design.scales = {1e-3, 1e3, 4.0, 16e-6, 4.0};
  problem.design.probes = {
      {"a", Probe::Kind::position, Probe::Quantity::flux, {0}, 0, 0, 250.0, 0.0},
      {"b", Probe::Kind::position, Probe::Quantity::flux, {1}, 1, 0, 250.0, 0.0},
      {"a", Probe::Kind::velocity, Probe::Quantity::voltage, {0}, 0, 0, 0.25, 0.0},
      {"b", Probe::Kind::velocity, Probe::Quantity::voltage, {1}, 1, 0, 0.25, 0.0}};
  problem.design.ports = {{"a", 0, 0, 250.0}, {"b", 1, 0, 250.0}};
  // Johnson currents: 2 kT E0 / R.
  problem.design.noise = {{"johnson r1", {{"r1", 1.0}}, 0.6 * 16e-6 / 500.0, false},
                          {"johnson r12", {{"r12", 1.0}}, 0.6 * 16e-6 / 4e3, false},
                          {"thermal r12", {{"r12", 1.0}}, 1e-20, true}};
  return problem;
}

// A few products of rounded numbers.
constexpr double kRounding = 1e-14;

double distance(const core::SparseMatrix& a, const Eigen::MatrixXd& b) {
  return (Eigen::MatrixXd(a) - b).cwiseAbs().maxCoeff();
}

Eigen::Matrix2d two_by_two(double a, double b, double d) {
  return (Eigen::Matrix2d() << a, b, b, d).finished();
}

std::string noise_obstacle(const sim::Problem& problem) {
  const Bench bench(problem);
  CHECK(bench.deck.obstacle().empty());
  return bench.deck.noise().obstacle;
}

}  // namespace

TEST_CASE("stamped: M, D, K, f of a passive network in model units") {
  const Bench bench(two_nodes());
  REQUIRE(bench.deck.obstacle().empty());
  const core::SecondOrderSystem system = bench.deck.system(0);
  CHECK(distance(system.M, two_by_two(4.0, -1.0, 3.0)) < 4 * kRounding);
  CHECK(distance(system.D, two_by_two(2.25, -0.25, 0.25)) < 4 * kRounding);
  CHECK(distance(system.K, two_by_two(6.0, -4.0, 4.0)) < 4 * kRounding);
  CHECK(system.f(0) == Approx(2.0).epsilon(kRounding));
  CHECK(system.f(1) == Approx(-0.5).epsilon(kRounding));
  CHECK(system.kT == 0.3);
}

TEST_CASE("stamped: noise of resistors is 2 kT D; a part's own is left out unless asked for") {
  const Bench bench(two_nodes());
  const sim::CircuitNoise& noise = bench.deck.noise();
  REQUIRE(noise.obstacle.empty());
  CHECK(noise.T.nonZeros() == 0);
  const Eigen::MatrixXd H = noise.H;
  CHECK(H(0, 0) == Approx(250.0));
  CHECK(H(1, 0) == 0.0);
  CHECK(H(0, 1) == Approx(250.0));
  CHECK(H(1, 1) == Approx(-250.0));
  CHECK(distance(noise.force_noise(false), 0.6 * two_by_two(2.25, -0.25, 0.25)) < kRounding);
  // 1e-20 A^2/Hz / (1 ms) * 250^2.
  const Eigen::MatrixXd own =
      Eigen::MatrixXd(noise.force_noise(true)) - Eigen::MatrixXd(noise.force_noise(false));
  CHECK(std::abs(own(0, 0) - 6.25e-13) < kRounding);
  CHECK(noise.own == std::vector<bool>{false, false, true});
  CHECK(noise.density(2) == Approx(1e-17));
}

TEST_CASE("stamped: a generator acts through what stands behind it") {
  const Bench bench(generator_mass());
  REQUIRE(bench.deck.noise().obstacle.empty());
  CHECK(bench.deck.noise().H.coeff(0, 0) == Approx(0.5).epsilon(kRounding));
  CHECK(bench.deck.noise().force_noise(false).coeff(0, 0) == Approx(0.4).epsilon(kRounding));
}

TEST_CASE("stamped: nodes and current sources, with weights and signs") {
  sim::Problem problem = noisy_mass();
  problem.design.noise = {{"into the node", {{"v", 3.0}}, 1.0, false},
                          {"the force's source", {{"if", -2.0}}, 1.0, false},
                          {"both cancel", {{"v", 1.0}, {"rd", -1.0}}, 1.0, false}};
  const Bench bench(problem);
  const Eigen::MatrixXd H = bench.deck.noise().H;
  REQUIRE(H.cols() == 3);
  CHECK(H(0, 0) == 3.0);
  CHECK(H(0, 1) == -2.0);  // `if 0 v` drives its current into v
  CHECK(H(0, 2) == 0.0);
  CHECK(bench.deck.noise().H_abs.coeff(0, 2) == 2.0);
}

TEST_CASE("stamped: noise into an integrator moves the position, not the force") {
  sim::Problem problem = noisy_mass();
  problem.design.noise.push_back({"thermal", {{"x", 2.0}}, 0.01, true});
  const Bench bench(problem);
  REQUIRE(bench.deck.noise().obstacle.empty());
  // C x' = v + 2 u with C = 1.
  CHECK(bench.deck.noise().T.coeff(0, 1) == Approx(2.0).epsilon(kRounding));
  CHECK(bench.deck.noise().T.coeff(0, 0) == 0.0);
  CHECK(bench.deck.noise().H.coeff(0, 1) == 0.0);
}

TEST_CASE("stamped: an integrator's noise in other units") {
  // tau = 1/4 s, 2 V a unit of position, 8 V one of velocity: x = V/2, d(V/2)/d(4 t) = (V_v/8).
  sim::Problem problem = noisy_mass();
  problem.design.scales.time_s = 0.25;
  problem.design.probes[0].gain = 0.5;
  problem.design.probes[1].gain = 0.125;
  problem.design.noise = {{"thermal", {{"x", 1.0}}, 0.01, true}};
  const Bench bench(problem);
  // dx/dt' = tau / 2 V (u / 1 F) with u of density 0.01 / tau.
  CHECK(bench.deck.noise().T.coeff(0, 0) == Approx(0.5 * 0.25).epsilon(kRounding));
  CHECK(bench.deck.noise().density(0) == Approx(0.04).epsilon(kRounding));
}

TEST_CASE("stamped: noise that is none of finite strength is an obstacle to noise alone") {
  // A voltage source in series with the capacitor: its white noise lies across the capacitance.
  sim::Problem problem = noisy_mass(replaced(kOneMassDeck, "cm v 0 2\n", "cm v m 2\nvm m 0 0\n"));
  problem.design.noise = {{"emf", {{"vm", 1.0}}, 0.1, false}};
  CHECK_THAT(noise_obstacle(problem), ContainsSubstring("white noise lies across a capacitance"));
}

TEST_CASE("stamped: noise into a filter of the circuit's own is an obstacle") {
  // A second integrator behind the first: its noise is integrated in a place that is no position.
  sim::Problem problem = noisy_mass(
      replaced(kOneMassDeck, "gk v 0 x 0 3\n", "gk v 0 y 0 3\ngy 0 y v 0 1\ncy y 0 1\n"));
  problem.design.noise = {{"beside the position", {{"y", 1.0}}, 0.1, false}};
  CHECK(!noise_obstacle(problem).empty());
}

TEST_CASE("stamped: a source where the deck has nothing, or what carries no noise") {
  sim::Problem problem = noisy_mass();
  problem.design.noise[0].incidence = {{"r_missing", 1.0}};
  CHECK_THAT(noise_obstacle(problem),
             ContainsSubstring("the manifest's noise source 'johnson rd' acts at 'r_missing', and "
                               "the deck has neither an element nor a node of that name"));
  problem.design.noise[0].incidence = {{"0", 1.0}};  // ground takes any current: a slip
  CHECK_THAT(noise_obstacle(problem), ContainsSubstring("acts at '0'"));
  problem.design.noise[0].incidence = {{"gk", 1.0}};
  CHECK_THAT(noise_obstacle(problem),
             ContainsSubstring("neither an independent source nor a part"));
}

TEST_CASE("stamped: a circuit that is no such system says why") {
  const Bench bench(noisy_mass(replaced(kOneMassDeck, ".ic", "vx v 0 0\n.ic")));
  CHECK_THAT(bench.deck.obstacle(), ContainsSubstring("nothing determines 'i(vx)'"));
}

TEST_CASE("stamped: the plain circuit of a random system is the system") {
  for (const bool overdamped : {false, true}) {
    const core::SecondOrderSystem system =
        make_system_of(overdamped ? Eigen::MatrixXd() : positive_matrix(4, 5),
                       positive_matrix(4, 6), positive_matrix(4, 7), 0.3);
    const Bench bench(plain_problem(system));
    REQUIRE(bench.deck.obstacle().empty());
    const core::SecondOrderSystem stamped = bench.deck.system(0);
    if (!overdamped) CHECK(distance(stamped.M, system.M) < 10 * kRounding);
    CHECK(distance(stamped.D, system.D) < 10 * kRounding);
    CHECK(distance(stamped.K, system.K) < 10 * kRounding);
    CHECK(distance(bench.deck.noise().force_noise(false), 0.6 * system.D) < 10 * kRounding);
  }
}
