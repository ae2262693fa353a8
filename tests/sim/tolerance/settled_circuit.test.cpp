// Where circuits come to rest, against the fit and against the stamped circuit's own matrices.
#include "sim/tolerance/settled_circuit.hpp"

#include <Eigen/Dense>

#include "core/error.hpp"
#include "sim/stamped.hpp"
#include "sim/tolerance/draw_modes.hpp"
#include "sim/tolerance/draws.hpp"
#include "tests/catch.hpp"
#include "tests/sim/one_mass.hpp"
#include "tests/sim/tolerance/board.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

struct Settled {
  explicit Settled(const Board& board)
      : probes(sim::map_probes(board.problem)),
        circuit(board.problem.design.circuit, board.request.spreads),
        solver(circuit, board.problem, probes,
               sim::find_nominal_modes(board.problem.system).relaxation_time *
                   board.problem.design.scales.time_s) {}
  sim::ProbeMap probes;
  sim::VariedCircuit circuit;
  sim::SettledCircuit solver;
};

double value_at(const std::unordered_map<int, sim::Summed>& row, int column) {
  const auto found = row.find(column);
  return found == row.end() ? 0.0 : found->second.value;
}

// Positions at rest of a circuit reduced to M V' + D V + K phi = f: K phi = f, and what the probes
// read of phi (overdamped: M V' + D V stand for D x' + K x).
Eigen::VectorXd rest_of_reduced(const sim::StampedDeck& deck, const Board& board,
                                const sim::ProbeMap& probes) {
  const sim::ReducedCircuit& reduced = deck.reduced();
  const bool overdamped = board.problem.system.dynamics == core::Dynamics::overdamped;
  const int nu = static_cast<int>(board.problem.system.size());
  Eigen::MatrixXd K(nu, nu);
  Eigen::VectorXd f(nu);
  for (int i = 0; i < nu; ++i) {
    const auto row = static_cast<std::size_t>(i);
    for (int j = 0; j < nu; ++j) {
      K(i, j) = value_at(overdamped ? reduced.first[row] : reduced.zeroth[row], j);
    }
    f(i) = reduced.force[row].value;
  }
  const Eigen::VectorXd rest = K.partialPivLu().solve(f);
  Eigen::VectorXd x(nu);
  for (int i = 0; i < nu; ++i) {
    const netlist::Probe& probe = *probes.positions[static_cast<std::size_t>(i)];
    double q = rest(i);
    if (!overdamped && probe.quantity == netlist::Probe::Quantity::voltage) {
      const auto node = static_cast<std::size_t>(deck.descriptor().node(probe.node));
      q = 0.0;
      for (int j = 0; j < nu; ++j) {
        q += value_at(reduced.expressions[node]->integral, j) * rest(j);
      }
    }
    x(i) = probe.gain * q + probe.offset;
  }
  return x;
}

}  // namespace

TEST_CASE("settled circuit: the nominal one is the fit, in every form") {
  for (const Form& form : kForms) {
    INFO(form.name);
    const Board board(form, 8, 0.01, 2);
    Settled settled(board);
    const auto x = settled.solver.solve(Eigen::VectorXd::Ones(settled.circuit.parts()));
    REQUIRE(x);
    // K's condition (some hundred) and the decades between parts; coupled coils at 0.999 lose three
    // digits more.
    CHECK((*x - board.request.reference).cwiseAbs().maxCoeff() < 1e-9);
  }
}

TEST_CASE("settled circuit: a draw is where the reduced circuit of that draw rests") {
  for (const Form& form : kForms) {
    INFO(form.name);
    const Board board(form, 8, 0.2);
    Settled settled(board);
    const Eigen::VectorXd multipliers = sim::draw_multipliers(board.request.spreads, 3, 4);
    const auto x = settled.solver.solve(multipliers);
    REQUIRE(x);
    const sim::StampedDeck deck(board.problem, settled.probes, settled.circuit.flat(multipliers));
    REQUIRE(deck.obstacle().empty());
    const Eigen::VectorXd expected = rest_of_reduced(deck, board, settled.probes);
    CHECK((x->col(0) - expected).cwiseAbs().maxCoeff() < 1e-9);
    // And it is a draw, not the nominal circuit.
    CHECK((x->col(0) - board.request.reference.col(0)).cwiseAbs().maxCoeff() > 1e-3);
  }
}

TEST_CASE("settled circuit: what a draw gives does not depend on the draws before") {
  const Board board(find_form("gmc"), 8, 0.9);
  Settled one(board);
  Settled other(board);
  const auto draw = [&](std::uint64_t d) {
    return sim::draw_multipliers(board.request.spreads, 3, d);
  };
  const auto first = one.solver.solve(draw(9));
  for (std::uint64_t d = 0; d < 9; ++d) static_cast<void>(other.solver.solve(draw(d)));
  const auto later = other.solver.solve(draw(9));
  REQUIRE(first.has_value() == later.has_value());
  if (first) CHECK(*first == *later);
}

TEST_CASE("settled circuit: capacitors in series hold a node that floats") {
  Board board(find_form("opamp"), 4);
  netlist::Circuit split;
  for (const auto& definition : board.problem.design.circuit.definitions())
    split.define(definition);
  std::string middle;
  for (const netlist::Element& element : board.problem.design.circuit.elements()) {
    if (element.kind == netlist::Kind::capacitor && middle.empty()) {
      middle = element.name + "_m";
      split.add(netlist::capacitor(element.name, element.nodes[0], middle, 2.0 * element.value));
      split.add(netlist::capacitor(middle, middle, element.nodes[1], 2.0 * element.value));
    } else {
      split.add(element);
    }
  }
  board.problem.design.circuit = split;
  Settled settled(board);
  const auto x = settled.solver.solve(Eigen::VectorXd::Ones(settled.circuit.parts()));
  REQUIRE(x);
  CHECK((*x - board.request.reference).cwiseAbs().maxCoeff() < 1e-11);
}

TEST_CASE("settled circuit: a singular draw has no solution, a singular design is an error") {
  // gk and gn cancel at m = (1, 1.5): no force depends on the position then.
  sim::Problem problem = one_mass();
  problem.design.circuit = {};
  problem.design.circuit.add(netlist::resistor("rd", "v", "0", 2.0));
  problem.design.circuit.add(netlist::capacitor("cm", "v", "0", 2.0));
  problem.design.circuit.add(netlist::transconductor("gk", "v", "0", "x", "0", 3.0));
  problem.design.circuit.add(netlist::transconductor("gn", "0", "v", "x", "0", 2.0));
  problem.design.circuit.add(netlist::current_source("if", "0", "v", 6.0));
  problem.design.circuit.add(netlist::transconductor("gx", "0", "x", "v", "0", 1.0));
  problem.design.circuit.add(netlist::capacitor("cx", "x", "0", 1.0));
  const sim::ProbeMap probes = sim::map_probes(problem);
  const std::vector<sim::PartSpread> spreads = {{"gk", 0.5}, {"gn", 0.5}};
  const sim::VariedCircuit circuit(problem.design.circuit, spreads);
  sim::SettledCircuit settled(circuit, problem, probes, 1.0);
  CHECK(!settled.solve(Eigen::Vector2d(1.0, 1.5)));
  // The draw after it is none the worse: (3 - 2) x = 6.
  REQUIRE(settled.solve(Eigen::Vector2d(1.0, 1.0)));
  CHECK((*settled.solve(Eigen::Vector2d(1.0, 1.0)))(0, 0) == Approx(6.0).epsilon(1e-14));

  problem.design.circuit =
      sim::multiply_values(problem.design.circuit, spreads, Eigen::Vector2d(1.0, 1.5));
  const sim::VariedCircuit singular(problem.design.circuit, spreads);
  CHECK_THROWS_WITH(sim::SettledCircuit(singular, problem, probes, 1.0),
                    ContainsSubstring("the circuit comes to no rest"));
}
