#include "sim/certify.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>

#include "sim/stamped.hpp"

namespace springspice::sim {
namespace {

struct Step {
  const char* name;
  std::vector<Check> (*run)(Checker&);
};

template <Check (*check)(Checker&)>
std::vector<Check> alone(Checker& checker) {
  return {check(checker)};
}

constexpr Step kSteps[] = {
    {"matrices", [](Checker& checker) { return std::vector<Check>{check_matrices(checker)}; }},
    {"probe", alone<check_probe>},
    {"steady", alone<check_steady>},
    {"path", alone<check_path>},
    {"order", alone<check_order>},
    {"spectrum", check_spectrum},
    {"ensemble", check_ensemble},
};

// A circuit that ngspice cannot solve is not the model; an engine that broke is another matter.
std::vector<Check> run_step(const Step& step, Checker& checker) {
  try {
    return step.run(checker);
  } catch (const EngineError& error) {
    if (error.reason() != EngineError::Reason::ended_early &&
        error.reason() != EngineError::Reason::unknown_node) {
      throw;
    }
    Check check;
    check.name = step.name;
    check.value = std::numeric_limits<double>::quiet_NaN();
    check.status = Check::Status::fail;
    check.detail = error.what();
    check.origin = "the circuit has a solution";
    return {check};
  }
}

bool has_failed(const std::vector<Check>& checks) {
  return std::any_of(checks.begin(), checks.end(),
                     [](const Check& check) { return check.status == Check::Status::fail; });
}

// None where the deck is in the manifest's own units, or in no common ones.
std::optional<CommonScale> find_other_units(const Problem& problem) {
  const ProbeMap probes = map_probes(problem);
  const StampedDeck deck(problem, probes);
  if (!deck.obstacle().empty()) return std::nullopt;
  const std::optional<CommonScale> scale = find_common_scale(problem, probes, deck);
  return scale && !scale->is_identity() ? scale : std::nullopt;
}

}  // namespace

bool Report::passed() const { return complete && !has_failed(checks); }

Report certify(const Problem& problem, const CertifyOptions& options) {
  return certify(problem, analyse(problem.system), options);
}

Report certify(const Problem& given, const Analysis& analysis, const CertifyOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  Report report;
  if (options.allow_rescale) report.scale = find_other_units(given);
  const Problem problem = report.scale ? rescale(given, *report.scale) : given;
  const ProbeMap probes = map_probes(problem);
  const StampedDeck deck(problem, probes);
  report.realization = problem.design.realization;
  report.nodes = deck.circuit().nodes().size();
  report.elements = deck.circuit().elements().size();

  if (problem.system.kT > 0.0) report.audit = make_audit(problem, analysis, deck);

  // The last one runs only where it is asked for.
  const std::size_t count = std::size(kSteps) - (options.paths > 0 ? 0 : 1);
  std::size_t done = 0;
  EngineOptions engine_options = options.engine;
  if (options.on_progress) {
    engine_options.on_progress = [&](double fraction) {
      options.on_progress(kSteps[done].name,
                          (static_cast<double>(done) + fraction) / static_cast<double>(count));
    };
  }
  Engine engine(engine_options);
  Checker checker{problem,           analysis, probes, deck, engine,
                  options.seed,      0,        0.0,    {},   options.on_path,
                  options.path_steps};
  checker.ensemble = {options.paths, options.workers, options.engine, engine_options.on_progress,
                      options.on_end};
  checker.on_spectrum = options.on_spectrum;
  for (const Step& step : std::span(kSteps).first(count)) {
    if (options.on_progress) {
      options.on_progress(step.name, static_cast<double>(done) / static_cast<double>(count));
    }
    const std::vector<Check> checks = run_step(step, checker);
    report.checks.insert(report.checks.end(), checks.begin(), checks.end());
    if (options.stop_at_first_failure && has_failed(checks)) break;
    ++done;
  }
  report.complete = done == count;
  report.engine_version = checker.version;
  report.points = checker.points;
  report.engine_wall_s = checker.engine_wall_s;
  report.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace springspice::sim
