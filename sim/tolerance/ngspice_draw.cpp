// A draw by ngspice: the independent word on what the numbers say.
#include <algorithm>

#include "netlist/writer.hpp"
#include "sim/settling.hpp"
#include "sim/stamped.hpp"
#include "sim/tolerance/draw_modes.hpp"
#include "sim/tolerance/draws.hpp"

namespace springspice::sim {
namespace {

// The draw as a problem of its own. Where positions are fluxes it starts from rest, so that a flux
// of 0 stands for the offset; its inductors' currents would belong to the nominal inductances.
Problem make_problem(const ToleranceRequest& request, std::uint64_t draw, const ProbeMap& probes) {
  Problem problem = request.problem;
  problem.design = draw_design(request, draw);
  if (!problem.design.has_operating_point) {
    problem.design.circuit = start_from_rest(problem.design.circuit);
    const Eigen::Index nu = problem.system.size();
    for (std::size_t c = 0; c < probes.positions.size(); ++c) {
      const auto i = static_cast<Eigen::Index>(c);
      problem.initial.x(i % nu, i / nu) = probes.positions[c]->offset;
    }
  }
  problem.deck = netlist::format_deck(problem.design.circuit);
  problem.deck_name = "draw.cir";
  return problem;
}

// Model time: of the nominal circuit or of the draw, the longer.
double find_relaxation_time(const ToleranceRequest& request, std::uint64_t draw,
                            const ProbeMap& probes) {
  const VariedCircuit circuit(request.problem.design.circuit, request.spreads);
  const NominalModes nominal = find_nominal_modes(request.problem.system);
  const Motion motion = DrawModes(request, circuit, probes, nominal.modes)
                            .analyse(draw_multipliers(request.spreads, request.seed, draw));
  return std::max(nominal.relaxation_time, motion.slowest_time);
}

}  // namespace

double run_draw_in_ngspice(const ToleranceRequest& request, std::uint64_t draw,
                           const EngineOptions& engine_options) {
  const Problem problem = make_problem(request, draw, map_probes(request.problem));
  const ProbeMap probes = map_probes(problem);
  const StampedDeck deck(problem, probes);
  Analysis analysis;
  if (!problem.design.has_operating_point) {
    analysis.scales.relaxation_time =
        find_relaxation_time(request, draw, map_probes(request.problem));
  }
  Engine engine(engine_options);
  Checker checker{.problem = problem,
                  .analysis = analysis,
                  .probes = probes,
                  .deck = deck,
                  .engine = engine,
                  .version = {}};
  Harness harness(checker);
  const Run run = make_rest_run(checker, harness);
  core::State settled;
  checker.run(run, [&](double, std::span<const std::complex<double>> values) {
    settled = harness.read(values);
  });
  return request.error(settled.x, request.reference);
}

}  // namespace springspice::sim
