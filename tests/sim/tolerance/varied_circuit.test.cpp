// Terms of a stamp that varies, against the stamp of the circuit with other values.
#include "sim/tolerance/varied_circuit.hpp"

#include "netlist/error.hpp"
#include "netlist/ideal.hpp"
#include "tests/catch.hpp"
#include "tests/sim/tolerance/board.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

// E, A, s of the terms, one below the other.
Eigen::MatrixXd varied(const sim::VariedCircuit& circuit, const Eigen::VectorXd& multipliers) {
  const netlist::Descriptor& nominal = circuit.nominal();
  const Eigen::Index n = nominal.s.size();
  Eigen::MatrixXd all(n, 2 * n + 1);
  all << Eigen::MatrixXd(nominal.E), Eigen::MatrixXd(nominal.A), nominal.s;
  for (const sim::Term& term : circuit.terms()) {
    const Eigen::Index block = term.matrix == sim::Term::Matrix::E   ? 0
                               : term.matrix == sim::Term::Matrix::A ? n
                                                                     : 2 * n;
    all(term.row, block + term.column) += term.value * term.change(multipliers);
  }
  return all;
}

double distance_from_stamp(const sim::VariedCircuit& circuit, const netlist::FlatCircuit& flat,
                           const Eigen::VectorXd& multipliers) {
  const netlist::Descriptor stamped = netlist::stamp(flat);
  const Eigen::Index n = stamped.s.size();
  Eigen::MatrixXd all(n, 2 * n + 1);
  all << Eigen::MatrixXd(stamped.E), Eigen::MatrixXd(stamped.A), stamped.s;
  // Entry by entry, relative to the row's largest: values lie many decades apart.
  const Eigen::MatrixXd difference = (varied(circuit, multipliers) - all).cwiseAbs();
  const Eigen::MatrixXd scale = all.cwiseAbs().cwiseMax(1e-300);
  return difference.cwiseQuotient(scale).maxCoeff();
}

std::vector<sim::PartSpread> spread(std::initializer_list<const char*> names) {
  std::vector<sim::PartSpread> spreads;
  for (const char* name : names) spreads.push_back({name, 0.1});
  return spreads;
}

Eigen::VectorXd ramp(Eigen::Index parts) { return Eigen::VectorXd::LinSpaced(parts, 0.7, 1.4); }

netlist::Circuit every_kind() {
  netlist::Circuit circuit;
  circuit.define(netlist::ideal_ota());
  circuit.define(netlist::ideal_gyrator());
  circuit.define(netlist::ideal_transformer());
  circuit.add(netlist::resistor("r1", "a", "b", 1e3));
  circuit.add(netlist::capacitor("c1", "b", "0", 1e-6));
  circuit.add(netlist::inductor("l1", "b", "0", 1e-3));
  circuit.add(netlist::inductor("l2", "c", "0", 4e-3));
  circuit.add(netlist::coupling("k1", "l1", "l2", 0.5));
  circuit.add(netlist::voltage_source("v1", "a", "0", 2.0));
  circuit.add(netlist::current_source("i1", "0", "c", 1e-3));
  circuit.add(netlist::transconductor("g1", "0", "d", "c", "b", 1e-3));
  circuit.add(netlist::vcvs("e1", "e", "0", "c", "0", 3.0));
  circuit.add(netlist::cccs("f1", "0", "d", "v1", 0.25));
  circuit.add(netlist::ccvs("h1", "h", "0", "v1", 50.0));
  circuit.add(netlist::instance("x1", {"c", "0", "d"}, "ota_ideal", {{"gm", 2e-3}}));
  circuit.add(netlist::instance("x2", {"b", "0", "d", "0"}, "gyrator_ideal", {{"g", 3e-3}}));
  circuit.add(netlist::instance("x3", {"d", "0", "t", "0"}, "transformer_ideal", {{"n", 2.0}}));
  circuit.add(netlist::resistor("r2", "d", "0", 1e3));
  circuit.add(netlist::resistor("r3", "t", "0", 1e3));
  return circuit;
}

}  // namespace

TEST_CASE("varied circuit: every kind of part, against the stamp of other values") {
  const netlist::Circuit circuit = every_kind();
  const auto spreads =
      spread({"r1", "C1", "l1", "l2", "v1", "i1", "g1", "e1", "f1", "h1", "x1", "x2", "X3", "r2"});
  const sim::VariedCircuit varied_circuit(circuit, spreads);
  const Eigen::VectorXd multipliers = ramp(varied_circuit.parts());
  const auto drawn = sim::multiply_values(circuit, spreads, multipliers);
  // A product and a sum or two.
  CHECK(distance_from_stamp(varied_circuit, netlist::flatten(drawn), multipliers) < 1e-14);
  CHECK(distance_from_stamp(varied_circuit, varied_circuit.flat(multipliers), multipliers) < 1e-14);
  CHECK(drawn.find("r1")->value == Approx(700.0).epsilon(1e-15));
  CHECK(drawn.find("x1")->parameters[0].value == Approx(2e-3 * multipliers(10)));
}

TEST_CASE("varied circuit: one of two coupled coils alone") {
  const netlist::Circuit circuit = every_kind();
  const sim::VariedCircuit varied_circuit(circuit, spread({"l2"}));
  const Eigen::VectorXd multipliers = Eigen::VectorXd::Constant(1, 1.44);
  CHECK(distance_from_stamp(varied_circuit, varied_circuit.flat(multipliers), multipliers) < 1e-14);
}

TEST_CASE("varied circuit: realized circuits") {
  for (const Form& form : kForms) {
    INFO(form.name);
    const Board board(form, 4);
    const sim::VariedCircuit circuit(board.problem.design.circuit, board.request.spreads);
    const Eigen::VectorXd multipliers = ramp(circuit.parts());
    // Kirchhoff's sums of up to a dozen conductances of both signs.
    const netlist::Descriptor stamped = netlist::stamp(circuit.flat(multipliers));
    const Eigen::Index n = stamped.s.size();
    const Eigen::MatrixXd all = varied(circuit, multipliers);
    CHECK((all.leftCols(n) - Eigen::MatrixXd(stamped.E)).norm() < 1e-13 * stamped.E.norm());
    CHECK((all.middleCols(n, n) - Eigen::MatrixXd(stamped.A)).norm() < 1e-13 * stamped.A.norm());
    CHECK((all.col(2 * n) - stamped.s).norm() <= 1e-13 * stamped.s.norm());
  }
}

TEST_CASE("varied circuit: what is no part with a value is refused") {
  netlist::Circuit circuit = every_kind();
  circuit.define(netlist::ideal_opamp());
  circuit.add(netlist::instance("xo", {"0", "d", "o"}, "opamp_ideal"));
  circuit.parameters.push_back({"rr", 5.0});
  netlist::Element worded = netlist::resistor("rw", "a", "0", 0.0);
  worded.value_expression = "2*rr";
  circuit.add(worded);
  netlist::Subcircuit square{"square", {"a"}, {{"p", 2.0}}, {}, {}, {}};
  netlist::Element inner = netlist::resistor("r", "a", "0", 0.0);
  inner.value_expression = "p*p";
  square.elements = {inner};
  circuit.define(square);
  circuit.add(netlist::instance("xs", {"a"}, "square"));
  const auto refuse = [&](const char* name, const char* text) {
    CHECK_THROWS_WITH(sim::VariedCircuit(circuit, spread({name})), ContainsSubstring(text));
    CHECK_THROWS_AS(sim::VariedCircuit(circuit, spread({name})), netlist::NetlistError);
  };
  refuse("r99", "part 'r99', which the circuit does not have");
  refuse("k1", "part 'k1' cannot have a tolerance: a coupling factor");
  refuse("xo", "neither a parameter gm nor a single one");
  refuse("rw", "its value is the expression '2*rr'");
  refuse("xs", "not proportional to the parameter of 'xs'");
}
