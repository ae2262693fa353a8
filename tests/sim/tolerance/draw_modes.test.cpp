// Relaxation and temperatures of drawn circuits: equilibrium, closed form, and the dense equations.
#include "sim/tolerance/draw_modes.hpp"

#include <cmath>

#include <Eigen/Dense>
#include <Eigen/Eigenvalues>

#include "core/moments.hpp"
#include "sim/audit.hpp"
#include "sim/stamped.hpp"
#include "sim/tolerance/draws.hpp"
#include "tests/catch.hpp"
#include "tests/sim/one_mass.hpp"
#include "tests/sim/tolerance/board.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

std::vector<sim::Draw> run(Board& board, sim::NoiseOrigin noise) {
  board.request.noise = noise;
  return sim::run_tolerance(board.request).draws;
}

// The draw's dense equations, independent of how DrawModes takes them apart.
struct Dense {
  Dense(const Board& board, const Eigen::VectorXd& multipliers)
      : probes(sim::map_probes(board.problem)),
        deck(board.problem, probes,
             sim::VariedCircuit(board.problem.design.circuit, board.request.spreads)
                 .flat(multipliers)),
        system(deck.system(0)) {
    const Eigen::Index nu = system.size();
    const Eigen::MatrixXd inverse = Eigen::MatrixXd(system.M).inverse();
    A = Eigen::MatrixXd::Zero(2 * nu, 2 * nu);
    A.topRightCorner(nu, nu).setIdentity();
    A.bottomLeftCorner(nu, nu) = -inverse * system.K;
    A.bottomRightCorner(nu, nu) = -inverse * system.D;
    Q = Eigen::MatrixXd::Zero(2 * nu, 2 * nu);
    Q.bottomRightCorner(nu, nu) =
        inverse * Eigen::MatrixXd(deck.noise().force_noise(true)) * inverse.transpose();
  }

  double slowest_time() const { return -1.0 / A.eigenvalues().real().maxCoeff(); }
  // <(phi^T M v)^2> / (phi^T M phi) / kT of each column phi.
  Eigen::VectorXd temperatures(const Eigen::MatrixXd& shapes) const {
    const Eigen::Index nu = system.size();
    const Eigen::MatrixXd vv = core::solve_lyapunov(A, Q).bottomRightCorner(nu, nu);
    const Eigen::MatrixXd M = system.M;
    const Eigen::MatrixXd pairs = shapes.transpose() * M * vv * M.transpose() * shapes;
    const Eigen::MatrixXd sizes = shapes.transpose() * M * shapes;
    return pairs.diagonal().cwiseQuotient(sizes.diagonal()) / system.kT;
  }

  sim::ProbeMap probes;
  sim::StampedDeck deck;
  core::SecondOrderSystem system;
  Eigen::MatrixXd A, Q;
};

struct Errors {
  double coldest, hottest, slowest;
};

// Of the diagonals, relative to the dense equations; injected noise.
Errors errors_of_diagonals(double tolerance) {
  const Board board(find_form("gmc"), 40, tolerance);
  const sim::ProbeMap probes = sim::map_probes(board.problem);
  const sim::VariedCircuit circuit(board.problem.design.circuit, board.request.spreads);
  const sim::NominalModes nominal = sim::find_nominal_modes(board.problem.system);
  const sim::DrawModes modes(board.request, circuit, probes, nominal.modes);
  REQUIRE(modes.note() == "41 modes, to first order in the parts' deviations");
  const Eigen::VectorXd multipliers = sim::draw_multipliers(board.request.spreads, 1, 2);
  const sim::Motion motion = modes.analyse(multipliers);
  const Dense dense(board, multipliers);
  const Eigen::VectorXd temperatures = dense.temperatures(nominal.modes.shapes);
  return {std::abs(motion.coldest - temperatures.minCoeff()),
          std::abs(motion.hottest - temperatures.maxCoeff()),
          std::abs(motion.slowest_time / dense.slowest_time() - 1.0)};
}

}  // namespace

TEST_CASE(
    "draw modes: a passive circuit's natural noise keeps every mode at kT, whatever the parts") {
  for (const char* name : {"rlc direct", "rlc gyrator", "gmc"}) {
    INFO(name);
    Board board(find_form(name), 8, 0.1);
    const bool passive = board.problem.design.realization != "gmc";
    double coldest = 1.0;
    double hottest = 1.0;
    for (const sim::Draw& draw : run(board, sim::NoiseOrigin::natural)) {
      // gmc: transconductors of K that are not matched pump or draw energy: not passive.
      coldest = std::min(coldest, draw.coldest);
      hottest = std::max(hottest, draw.hottest);
    }
    // Lyapunov's equation by a Schur form of 18 rows: 1e-16 times the spread of its rates.
    CHECK((hottest - coldest < 1e-9) == passive);
  }
}

TEST_CASE("draw modes: injected noise does not follow the resistors") {
  for (const char* name : {"rlc direct", "gmc", "opamp", "opamp overdamped"}) {
    INFO(name);
    Board board(find_form(name), 8, 0.1);
    double spread = 0.0;
    for (const sim::Draw& draw : run(board, sim::NoiseOrigin::injected)) {
      CHECK(draw.coldest < draw.hottest);
      spread = std::max(spread, draw.hottest - draw.coldest);
    }
    // Noise of +-10 % parts: some per cent, far from rounding and from nonsense.
    CHECK(spread > 0.01);
    CHECK(spread < 0.5);
  }
}

TEST_CASE("draw modes: without tolerances all is that of the nominal circuit") {
  for (const Form& form : kForms) {
    INFO(form.name);
    Board board(form, 8, 0.0);
    const sim::NominalModes nominal = sim::find_nominal_modes(board.problem.system);
    for (const sim::Draw& draw : run(board, sim::NoiseOrigin::injected)) {
      CHECK(draw.coldest == Approx(1.0).epsilon(1e-9));
      CHECK(draw.hottest == Approx(1.0).epsilon(1e-9));
      // Equal rates of all modes are a multiple eigenvalue: half the digits.
      CHECK(draw.slowest_time == Approx(nominal.relaxation_time).epsilon(1e-6));
    }
  }
}

TEST_CASE("draw modes: one mass in closed form") {
  // M = 2 m_c, D = 1 / (2 m_r), K = 3 m_k m_x; injected noise of density 0.4.
  for (const double friction : {0.5, 20.0}) {
    sim::Problem problem = noisy_mass();
    problem.system.D = one_by_one(friction);
    netlist::Circuit& circuit = problem.design.circuit;
    circuit.add(netlist::capacitor("cm", "v", "0", 2.0));
    circuit.add(netlist::resistor("rd", "v", "0", 1.0 / friction));
    circuit.add(netlist::transconductor("gk", "v", "0", "x", "0", 3.0));
    circuit.add(netlist::transconductor("gx", "0", "x", "v", "0", 1.0));
    circuit.add(netlist::capacitor("cx", "x", "0", 1.0));
    problem.design.noise[0].density = 0.8 * friction;
    sim::ToleranceRequest request{.problem = problem,
                                  .spreads = {{"cm", 0.5}, {"rd", 0.5}, {"gk", 0.5}},
                                  .error = core::make_prediction_error(1),
                                  .reference = Eigen::MatrixXd::Zero(1, 1)};
    const sim::ProbeMap probes = sim::map_probes(problem);
    const sim::NominalModes nominal = sim::find_nominal_modes(problem.system);
    const Eigen::Vector3d m(1.3, 0.8, 0.6);
    const double M = 2.0 * m(0);
    const double D = friction / m(1);
    const double K = 3.0 * m(2);
    const double root = D * D - 4.0 * M * K;
    const double rate = root < 0.0 ? D / (2.0 * M) : (D - std::sqrt(root)) / (2.0 * M);
    for (const auto origin : {sim::NoiseOrigin::injected, sim::NoiseOrigin::natural}) {
      request.noise = origin;
      const sim::VariedCircuit varied(circuit, request.spreads);
      const sim::Motion motion = sim::DrawModes(request, varied, probes, nominal.modes).analyse(m);
      REQUIRE(motion.stable);
      CHECK(motion.slowest_time == Approx(1.0 / rate).epsilon(1e-12));
      CHECK(motion.hottest ==
            Approx(origin == sim::NoiseOrigin::natural ? 1.0 : m(1)).epsilon(1e-12));
    }
  }
}

TEST_CASE("draw modes: diagonals err in second order, against the dense equations") {
  const Errors coarse = errors_of_diagonals(0.08);
  const Errors fine = errors_of_diagonals(0.02);
  // A quarter of the tolerance: a sixteenth of the error, give or take what the third order does.
  CHECK(fine.coldest < coarse.coldest / 8.0);
  CHECK(fine.hottest < coarse.hottest / 8.0);
  CHECK(coarse.hottest < 0.08 * 0.08 * 4.0);
  CHECK(coarse.coldest < 0.08 * 0.08 * 4.0);
  // The rates of a band mix in first order: to their spread, which is that of 10 parts a mode.
  CHECK(coarse.slowest < 0.08);
  CHECK(fine.slowest < 0.02);
}
