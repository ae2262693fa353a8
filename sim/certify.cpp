#include "sim/certify.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include "sim/gnucap/engine.hpp"
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

Check leave_to_ngspice(const char* name) {
  Check check;
  check.name = name;
  check.detail = "gnucap has no part in it; --engine ngspice and --engine both run it";
  return check;
}

const Step kMatrices = {"matrices",
                        [](Checker& checker) { return std::vector{check_matrices(checker)}; }};
const Step kEnsemble = {"ensemble", check_ensemble};
const Step kNgspiceSteps[] = {
    {"probe", alone<check_probe>}, {"steady", alone<check_steady>}, {"path", alone<check_path>},
    {"order", alone<check_order>}, {"spectrum", check_spectrum},
};
const Step kGnucapSteps[] = {
    {"steady gnucap", alone<check_steady_in_gnucap>},
    {"path gnucap", alone<check_path_in_gnucap>},
};
// Under the names that these checks have wherever there is one engine.
const Step kGnucapAlone[] = {
    {"probe", [](Checker&) { return std::vector{leave_to_ngspice("probe")}; }},
    {"steady", alone<check_steady_in_gnucap>},
    {"path", alone<check_path_in_gnucap>},
    {"order", [](Checker&) { return std::vector{leave_to_ngspice("order")}; }},
    {"spectrum",
     [](Checker&) {
       return std::vector{leave_to_ngspice("spectrum"), leave_to_ngspice("variance")};
     }},
};

std::vector<Step> choose_steps(const CertifyOptions& options) {
  std::vector<Step> steps = {kMatrices};
  const auto add = [&](const auto& more) {
    steps.insert(steps.end(), std::begin(more), std::end(more));
  };
  if (options.engines == Engines::gnucap) {
    add(kGnucapAlone);
    return steps;
  }
  add(kNgspiceSteps);
  // It runs only where it is asked for.
  if (options.paths > 0) steps.push_back(kEnsemble);
  if (options.engines == Engines::both) add(kGnucapSteps);
  return steps;
}

// A circuit that the engine cannot solve is not the model; an engine that broke is another matter.
std::vector<Check> run_step(const Step& step, Checker& checker) {
  try {
    std::vector<Check> checks = step.run(checker);
    // gnucap's checks take the plain names where they stand alone.
    if (checks.size() == 1) checks[0].name = step.name;
    return checks;
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

Report::SettledStates compare_settled(const Checker& checker) {
  const Eigen::MatrixXd difference = *checker.settled - *checker.settled_in_gnucap;
  return {*checker.settled, *checker.settled_in_gnucap,
          difference.cwiseAbs().maxCoeff() / checker.problem.range};
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
  const std::optional<Problem> rescaled =
      report.scale ? std::optional(rescale(given, *report.scale)) : std::nullopt;
  const Problem& problem = rescaled ? *rescaled : given;
  const ProbeMap probes = map_probes(problem);
  const StampedDeck deck(problem, probes);
  report.realization = problem.design.realization;
  report.nodes = deck.circuit().nodes().size();
  report.elements = deck.circuit().elements().size();

  if (problem.system.kT > 0.0) report.audit = make_audit(problem, analysis, deck);

  const std::vector<Step> steps = choose_steps(options);
  const auto count = static_cast<double>(steps.size());
  std::size_t done = 0;
  EngineOptions engine_options = options.engine;
  if (options.on_progress) {
    engine_options.on_progress = [&](double fraction) {
      options.on_progress(steps[done].name, (static_cast<double>(done) + fraction) / count);
    };
  }
  Engine engine(engine_options);
  Checker checker{problem,           analysis, probes, deck, engine,
                  options.seed,      0,        0.0,    {},   options.on_path,
                  options.path_steps};
  checker.ensemble = {options.paths, options.workers, options.engine, engine_options.on_progress,
                      options.on_end};
  checker.on_spectrum = options.on_spectrum;
  checker.explain = options.explain;
  std::optional<GnucapEngine> gnucap;
  if (options.engines != Engines::ngspice) {
    engine_options.worker = options.gnucap;
    checker.gnucap = &gnucap.emplace(engine_options);
  }
  for (const Step& step : steps) {
    if (options.on_progress) options.on_progress(step.name, static_cast<double>(done) / count);
    const std::vector<Check> checks = run_step(step, checker);
    report.checks.insert(report.checks.end(), checks.begin(), checks.end());
    if (options.stop_at_first_failure && has_failed(checks)) break;
    ++done;
  }
  report.complete = done == steps.size();
  report.engines = options.engines;
  const bool both = options.engines == Engines::both;
  report.engine_version =
      options.engines == Engines::gnucap ? checker.gnucap_version : checker.version;
  if (both) report.gnucap_version = checker.gnucap_version;
  if (both && checker.settled && checker.settled_in_gnucap) {
    report.settled = compare_settled(checker);
  }
  report.at_rest = checker.settled ? checker.settled : checker.settled_in_gnucap;
  report.points = checker.points;
  report.engine_wall_s = checker.engine_wall_s;
  report.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace springspice::sim
