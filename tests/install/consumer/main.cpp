// Somebody else's program: a table becomes a model, a circuit and a netlist, and ngspice is asked
// whether they agree. Values are compared with those on paper.
//
//   consumer TABLE.csv [WORKER]   where springspice is not in the PATH: its program for ngspice
#include <cmath>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "core/fit.hpp"
#include "core/initial_state.hpp"
#include "core/model.hpp"
#include "hw/realization.hpp"
#include "netlist/parser.hpp"
#include "netlist/writer.hpp"
#include "sim/certify.hpp"
#include "sim/swing.hpp"

using namespace springspice;

namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("does not hold: ") + what);
}

// y = 2 u + 1 at u = 0, 1/2, 1 and one stick: weights (1 - u, u), so K = sum w w^T and f = sum w y.
core::Model read_line(const char* table) {
  core::ModelRequest request;
  request.path = table;
  request.sticks = "1";
  core::Model model = core::read_model(request);
  const Eigen::MatrixXd K = model.system.K;
  const Eigen::MatrixXd M = model.system.M;
  require(K.isApprox(Eigen::Matrix2d{{1.25, 0.25}, {0.25, 1.25}}, 1e-15), "K = sum w w^T");
  require(M.isApprox(Eigen::Matrix2d{{2.0, 1.0}, {1.0, 2.0}} / 6.0, 1e-15), "M of a unit stick");
  const Eigen::MatrixXd x = core::solve_fit(model.system, core::find_null_space(model.system.K));
  require(x.isApprox(Eigen::Vector2d{1.0, 3.0}, 1e-14), "the stick rests on the line");
  return model;
}

sim::Problem make_problem(const core::Model& model) {
  sim::Problem problem;
  problem.system = model.system;
  problem.initial = core::make_zero_state(model.system);
  problem.range = model.data.range();
  const sim::Analysis analysis = sim::analyse(problem.system);
  problem.end = 20.0 * *analysis.scales.relaxation_time;
  problem.step = 0.15 / analysis.scales.fastest_rate;
  const sim::PeakSwing swing = sim::find_peak_swing(problem.system, problem.initial, analysis.fit,
                                                    analysis.scales, problem.end);
  hw::Request request;
  request.topology = hw::Topology::gmc;
  request.initial = problem.initial;
  request.swing = {swing.offset, swing.position, swing.velocity};
  problem.design = hw::realize(problem.system, request);
  problem.deck = netlist::format_deck(problem.design.circuit);
  problem.deck_name = "consumer";
  return problem;
}

void run(const char* table, const char* worker) {
  const sim::Problem problem = make_problem(read_line(table));
  const netlist::Circuit again = netlist::parse_deck(problem.deck, "consumer");
  require(netlist::format_deck(again) == problem.deck, "a deck reads back as the same circuit");
  sim::CertifyOptions options;
  options.engine.worker = worker;
  const sim::Report report = sim::certify(problem, options);
  for (const sim::Check& check : report.checks) {
    std::printf("%-9s %s\n", check.name.c_str(), sim::to_string(check.status));
  }
  require(!report.checks.empty() && report.passed(), "the circuit is the model");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: consumer TABLE.csv [WORKER]\n", stderr);
    return 2;
  }
  try {
    run(argv[1], argc > 2 ? argv[2] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "consumer: %s\n", error.what());
    return 1;
  }
  return 0;
}
