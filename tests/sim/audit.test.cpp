// Temperatures and entropy production of circuits, against closed forms and a second route.
#include "sim/audit.hpp"

#include <cmath>

#include <Eigen/LU>

#include "core/moments.hpp"
#include "tests/catch.hpp"
#include "tests/sim/plain_circuit.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

constexpr double kT = 0.3;

sim::Audit audit_of(const sim::Problem& problem) {
  const Bench bench(problem);
  return sim::make_audit(bench.problem, bench.analysis, bench.deck);
}

// Temperatures and entropy production from the Lyapunov equation of the model itself.
struct FullState {
  Eigen::MatrixXd A, Q, covariance;
  explicit FullState(const core::SecondOrderSystem& system) {
    const core::LangevinSystem langevin = core::make_langevin(system);
    A = langevin.A;
    const Eigen::MatrixXd B = langevin.B;
    Q = B * B.transpose();
    covariance = core::solve_lyapunov(A, Q);
  }
  double entropy_production(bool overdamped) const {
    Eigen::MatrixXd irreversible = A;
    const Eigen::Index nu = A.rows() / 2;
    if (!overdamped) irreversible.leftCols(nu).setZero();
    if (!overdamped) irreversible.topRows(nu).setZero();
    return core::entropy_production(irreversible, Q, covariance);
  }
};

/// One mass on a board of op-amps, M = 2, D = 0.5, K = 3, f = 6, each resistor with its own noise
/// of 2 theta / R: an integrator, an inverter, and a summing node.
sim::Problem make_board(double theta) {
  sim::Problem problem = one_mass(
      "board\n.subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e12\n.ends\n"
      "xv 0 s v opamp_ideal\ncm v s 2\nrd v s 2\nrk x s 0.3333333333333333\n"
      "vr ref 0 -1\nrf ref s 0.16666666666666666\n"
      "xi 0 si n opamp_ideal\nri v si 1\nci n si 1\n"
      "xa 0 sa x opamp_ideal\nra n sa 1\nrb x sa 1\n"
      ".ic v(v)=0.25 v(x)=-1 v(n)=1\n.end\n");
  problem.system.kT = kT;
  problem.design.ports[0] = {"s", 0, 0, -1.0};
  problem.design.noise = {{"model", {{"s", 1.0}}, 2.0 * kT * 0.5, false}};
  const std::pair<const char*, double> resistors[] = {{"rd", 0.5}, {"rk", 3.0}, {"rf", 6.0},
                                                      {"ri", 1.0}, {"ra", 1.0}, {"rb", 1.0}};
  for (const auto& [name, conductance] : resistors) {
    if (theta == 0.0) break;
    problem.design.noise.push_back(
        {std::string("thermal ") + name, {{name, 1.0}}, 2.0 * theta * conductance, true});
  }
  return problem;
}

}  // namespace

TEST_CASE("audit: in equilibrium every mode and node is at kT, and nothing makes entropy") {
  const Eigen::MatrixXd M = positive_matrix(6, 1);
  const Eigen::MatrixXd K = positive_matrix(6, 2);
  for (const bool overdamped : {false, true}) {
    const sim::Audit audit = audit_of(plain_problem(
        overdamped ? make_system_of({}, M, K, kT) : make_system_of(M, 0.7 * M, K, kT)));
    REQUIRE(audit.obstacle.empty());
    CHECK(audit.kT == kT);
    CHECK(audit.overdamped == overdamped);
    CHECK(!audit.with_own_noise);
    REQUIRE(audit.outputs.size() == 1);
    CHECK(audit.outputs[0].modes.size() == 6);
    CHECK(audit.outputs[0].nodes.size() == 6);
    CHECK(audit.coldest == Approx(kT).epsilon(1e-12));
    CHECK(audit.spread() < 1e-12);
    CHECK(audit.outputs[0].mean == Approx(kT).epsilon(1e-12));
    REQUIRE(audit.outputs[0].entropy_production);
    CHECK(std::abs(*audit.outputs[0].entropy_production) < 1e-10);
    for (const sim::Temperature& node : audit.outputs[0].nodes) {
      CHECK(node.kinetic.has_value() == !overdamped);
      if (node.kinetic) CHECK(*node.kinetic == Approx(kT).epsilon(1e-12));
      CHECK(*node.potential == Approx(kT).epsilon(1e-12));
    }
  }
}

TEST_CASE("audit: `diagonal` noise of four sticks: 8/15, and entropy as the full state makes it") {
  const core::SecondOrderSystem system = make_sticks(4, core::NoiseModel::diagonal, kT);
  const sim::Audit audit = audit_of(plain_problem(system));
  REQUIRE(audit.obstacle.empty());
  CHECK(audit.outputs[0].mean == Approx(8.0 / 15.0 * kT).epsilon(1e-12));
  CHECK(audit.spread() > 0.1);
  REQUIRE(audit.outputs[0].entropy_production);
  const double expected = FullState(system).entropy_production(false);
  CHECK(expected > 1e-3);
  // Lyapunov's equation of (x, v): rounding times its condition, about 1e4.
  CHECK(*audit.outputs[0].entropy_production == Approx(expected).epsilon(1e-9));
}

TEST_CASE("audit: node temperatures under `diagonal` noise are those of the full covariance") {
  const core::SecondOrderSystem system = make_sticks(3, core::NoiseModel::diagonal, kT);
  const sim::Audit audit = audit_of(plain_problem(system));
  const FullState state(system);
  const Eigen::MatrixXd inverse_M = Eigen::MatrixXd(system.M).inverse();
  const Eigen::MatrixXd inverse_K = Eigen::MatrixXd(system.K).inverse();
  for (Eigen::Index i = 0; i < 4; ++i) {
    const sim::Temperature& node = audit.outputs[0].nodes[static_cast<std::size_t>(i)];
    CHECK(*node.potential == Approx(state.covariance(i, i) / inverse_K(i, i)).epsilon(1e-9));
    CHECK(*node.kinetic == Approx(state.covariance(4 + i, 4 + i) / inverse_M(i, i)).epsilon(1e-9));
  }
}

TEST_CASE("audit: one stick with symmetric data has decoupled noise, so makes no entropy") {
  const core::SecondOrderSystem symmetric = make_sticks(1, core::NoiseModel::diagonal, kT, true);
  sim::Audit audit = audit_of(plain_problem(symmetric));
  CHECK(audit.outputs[0].mean == Approx(kT / 3.0).epsilon(1e-12));
  CHECK(std::abs(*audit.outputs[0].entropy_production) < 1e-10);
  CHECK(audit.spread() > 0.1);  // but translation and rotation are not equally hot
  audit = audit_of(plain_problem(make_sticks(1, core::NoiseModel::diagonal, kT)));
  CHECK(*audit.outputs[0].entropy_production > 1e-4);
}

TEST_CASE("audit: a board's resistors heat it, as the Lyapunov equation by hand has it") {
  sim::Audit audit = audit_of(make_board(0.0));
  REQUIRE(audit.obstacle.empty());
  CHECK(audit.coldest == Approx(kT).epsilon(1e-12));
  const double theta = 0.05;
  audit = audit_of(make_board(theta));
  INFO(audit.obstacle);
  REQUIRE(audit.obstacle.empty());
  CHECK(audit.with_own_noise);
  // Force: rd, rk, rf into the summing node, ra and rb through x = -n + u and K; position: ri.
  const double h = 2.0 * kT * 0.5 + 2.0 * theta * (0.5 + 3.0 + 6.0 + 9.0 * (1.0 + 1.0));
  const double t = 2.0 * theta;
  // x' = v + t, 2 v' + v/2 + 3 x = h: <x v> = -t/2 and the other two equations.
  const double v2 = (h / 4.0 + 1.5 * t) / (2.0 * 0.25);
  const double x2 = (v2 + 0.25 * t / 2.0) / 1.5;
  const sim::OutputAudit& output = audit.outputs[0];
  CHECK(*output.nodes[0].kinetic == Approx(2.0 * v2).epsilon(1e-11));
  CHECK(*output.nodes[0].potential == Approx(3.0 * x2).epsilon(1e-11));
  REQUIRE(output.modes.size() == 1);
  CHECK(*output.modes[0].temperature.kinetic == Approx(2.0 * v2).epsilon(1e-11));
  CHECK(*output.modes[0].temperature.potential == Approx(3.0 * x2).epsilon(1e-11));
  CHECK(output.mean == Approx(2.0 * v2).epsilon(1e-11));
  CHECK(audit.hottest > kT);
}

TEST_CASE("audit: both routes agree: an integrator's noise that is next to none changes nothing") {
  sim::Problem problem = plain_problem(make_sticks(4, core::NoiseModel::diagonal, kT));
  const sim::Audit modal = audit_of(problem);
  problem.design.noise.push_back({"thermal", {{"x2", 1.0}}, 1e-30, true});
  const sim::Audit general = audit_of(problem);
  REQUIRE(general.obstacle.empty());
  const sim::OutputAudit& a = modal.outputs[0];
  const sim::OutputAudit& b = general.outputs[0];
  REQUIRE(a.modes.size() == b.modes.size());
  // Lyapunov's equation of (x, v): rounding times its condition, about 1e4.
  for (std::size_t k = 0; k < a.modes.size(); ++k) {
    CHECK(b.modes[k].frequency == Approx(a.modes[k].frequency).epsilon(1e-12));
    CHECK(*b.modes[k].temperature.kinetic == Approx(*a.modes[k].temperature.kinetic).epsilon(1e-9));
    CHECK(*b.modes[k].temperature.potential ==
          Approx(*a.modes[k].temperature.potential).epsilon(1e-9));
    CHECK(*b.nodes[k].potential == Approx(*a.nodes[k].potential).epsilon(1e-9));
  }
  CHECK(b.mean == Approx(a.mean).epsilon(1e-9));
  CHECK(*b.entropy_production == Approx(*a.entropy_production).epsilon(1e-6));
}

TEST_CASE("audit: free directions have a kinetic temperature alone") {
  Eigen::MatrixXd K = positive_matrix(3, 4);
  K.row(0).setZero();
  K.col(0).setZero();
  const Eigen::MatrixXd M = positive_matrix(3, 5);
  const sim::Audit audit = audit_of(plain_problem(make_system_of(M, 0.5 * M, K, kT)));
  REQUIRE(audit.obstacle.empty());
  const sim::OutputAudit& output = audit.outputs[0];
  CHECK(output.modes[0].frequency == 0.0);
  CHECK(!output.modes[0].temperature.potential);
  CHECK(*output.modes[0].temperature.kinetic == Approx(kT).epsilon(1e-12));
  CHECK(output.modes[1].temperature.potential);
  CHECK(!output.nodes[1].potential);
  CHECK(audit.spread() < 1e-12);
  // Velocities are stationary, and make none.
  CHECK(std::abs(output.entropy_production.value_or(0.0)) < 1e-10);
}

TEST_CASE("audit: without friction there is no steady state, and it says so") {
  core::SecondOrderSystem system =
      make_system_of(positive_matrix(2, 6), Eigen::MatrixXd::Zero(2, 2), positive_matrix(2, 7), kT);
  const sim::Audit audit = audit_of(plain_problem(system));
  CHECK_THAT(audit.obstacle, ContainsSubstring("no friction"));
  CHECK(audit.outputs.empty());
}

TEST_CASE("audit: general friction has nodes, no modes, and is in equilibrium too") {
  const sim::Audit audit = audit_of(plain_problem(
      make_system_of(positive_matrix(4, 8), positive_matrix(4, 9), positive_matrix(4, 10), kT)));
  REQUIRE(audit.obstacle.empty());
  CHECK(audit.outputs[0].modes.empty());
  CHECK(audit.outputs[0].nodes.size() == 4);
  // Lyapunov's equation: rounding times its condition, below 1e3.
  CHECK(audit.spread() < 1e-11);
  CHECK(audit.outputs[0].mean == Approx(kT).epsilon(1e-11));
  CHECK(std::abs(*audit.outputs[0].entropy_production) < 1e-9);
}

TEST_CASE("audit: friction without noise to balance it destroys entropy without bound") {
  sim::Problem problem = plain_problem(make_sticks(2, core::NoiseModel::fdt, kT));
  problem.design.noise.resize(1);
  const sim::Audit audit = audit_of(problem);
  REQUIRE(audit.obstacle.empty());
  CHECK(std::isinf(*audit.outputs[0].entropy_production));
}

TEST_CASE("audit: what has no noise that can be told has no audit") {
  sim::Problem problem = noisy_mass();
  problem.design.noise[0].incidence[0].where = "nowhere";
  CHECK_THAT(audit_of(problem).obstacle, ContainsSubstring("acts at 'nowhere'"));
  problem = noisy_mass(replaced(kOneMassDeck, ".ic", "vx v 0 0\n.ic"));
  CHECK_THAT(audit_of(problem).obstacle, ContainsSubstring("nothing determines 'i(vx)'"));
}
