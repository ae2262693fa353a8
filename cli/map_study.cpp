#include "cli/map_study.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "cli/queries.hpp"
#include "cli/read_file.hpp"
#include "core/error.hpp"
#include "hw/mapping/real_parts.hpp"
#include "hw/mapping/tolerances.hpp"
#include "netlist/writer.hpp"
#include "sim/budget/real_circuit_in_ngspice.hpp"

namespace springspice::cli {
namespace {

constexpr double kSettled = 1e-3;        // of the start, where a circuit is read
constexpr std::size_t kBoards = 32;      // of a term that differs from board to board
constexpr std::size_t kPathSteps = 400;  // of the budget's transients

hw::Profile load_profile(const std::string& name) {
  if (const auto text = hw::find_shipped_profile(name)) return hw::parse_profile(*text, name);
  return hw::parse_profile(
      read_file(name, "give a hardware profile, or the name of one that comes with the program"),
      name);
}

// The profile's first topology, unless --realization asks for another.
Options with_topology(const Options& options, const hw::Profile& profile) {
  Options chosen = options;
  if (!options.map.realization_given) chosen.topology = profile.topologies.front();
  // A spring between the nodes of a passive network is a coil that can be bought.
  if (chosen.topology == hw::Topology::rlc && chosen.coupling == hw::Coupling::automatic) {
    chosen.coupling = hw::Coupling::direct;
  }
  return chosen;
}

sim::EngineOptions make_engine(const Options& options) {
  sim::EngineOptions engine;
  engine.time_limit_s = options.time_limit_s;
  return engine;
}

core::PredictionError make_error(const Prepared& prepared) {
  return prepared.model ? core::make_prediction_error(prepared.model->data)
                        : core::make_prediction_error(prepared.system.size());
}

// Whether the board is stable, and about as fast as it should be, with the profile's amplifiers.
bool amplifiers_keep_up(const hw::Mapping& mapping, const hw::Profile& profile) {
  if (mapping.request.topology != hw::Topology::opamp) return true;
  const netlist::Design real = hw::make_real(mapping, profile, {.gain = true, .bandwidth = true});
  // Of what is too large to tell the budget says so.
  return sim::keeps_up(mapping.design, real, mapping.system.size(), mapping.system.outputs())
      .value_or(true);
}

// The mapped circuit and the study's times.
void map_circuit(const Options& options, Progress& progress, MapStudy& study) {
  const sim::Analysis analysis = sim::analyse(study.prepared.system);
  const Times times = choose_times(options, analysis.scales);
  const std::string deck_name = "board.cir";
  Asked asked = ask(study.prepared, options, analysis, times, "springspice " + deck_name);
  hw::MapRequest request;
  request.request = std::move(asked.request);
  request.request.springs = asked.springs;
  const Queries queries = read_queries(options, study.prepared.model);
  request.request.queries = queries.sums;
  request.error = make_error(study.prepared);
  request.pairs = options.map.pairs;
  request.neighbours = options.map.neighbors;
  request.seed = options.seed;
  request.on_progress = [&](double fraction) { progress.show("values", fraction); };
  request.accepts = [&](const hw::Mapping& mapping) {
    return amplifiers_keep_up(mapping, study.profile);
  };
  study.mapping = hw::map_system(study.prepared.system, study.profile, request);
  study.built = build_mapped(study.prepared, options, times, study.mapping.system,
                             study.mapping.design, deck_name);
  study.built.queries = queries.sums.size();
  study.built.clamped_queries = queries.clamped;
  const double slowest = study.built.analysis.scales.relaxation_time.value_or(times.end / 20.0);
  study.read_at = options.map.read_at.value_or(-std::log(kSettled) * slowest);
  study.error_limit = options.map.error_limit.value_or(0.01 * study.built.manifest.range);
}

void prove(const Options& options, Progress& progress, const sim::Problem& problem,
           MapStudy& study) {
  sim::CertifyOptions certify;
  certify.seed = options.seed;
  certify.engine = make_engine(options);
  certify.on_progress = [&](const std::string& check, double fraction) {
    progress.show(check, fraction);
  };
  study.proof = sim::certify(problem, study.built.analysis, certify);
}

std::vector<sim::PartSpread> find_spreads(const MapStudy& study) {
  std::vector<sim::PartSpread> spreads;
  for (const hw::PartTolerance& part : hw::list_tolerances(study.mapping, study.profile)) {
    spreads.push_back({part.element, part.fraction, part.distribution == hw::Distribution::normal});
  }
  return spreads;
}

void vary(const Options& options, Progress& progress, const sim::Problem& problem,
          MapStudy& study) {
  sim::ToleranceRequest request{
      .problem = problem,
      .spreads = find_spreads(study),
      .error = make_error(study.prepared),
      .reference = study.mapping.ideal_fit,
      .draws = options.map.draws,
      .seed = options.seed,
      .threads = options.map.threads,
      .error_limit = study.error_limit,
      .noise = options.map.natural_noise ? sim::NoiseOrigin::natural : sim::NoiseOrigin::injected};
  request.on_progress = [&](double fraction) { progress.show("tolerance", fraction); };
  study.tolerance = sim::run_tolerance(request);
  const sim::EngineOptions engine = make_engine(options);
  for (std::uint64_t d = 0; d < options.map.check_draws; ++d) {
    study.checked_draws.push_back(
        {d, study.tolerance.draws[d].error, sim::run_draw_in_ngspice(request, d, engine)});
    progress.show("draws in ngspice",
                  static_cast<double>(d + 1) / static_cast<double>(options.map.check_draws));
  }
}

// The terms that are numbers already.
std::vector<sim::BudgetTerm> given_terms(const MapStudy& study) {
  const double joint = study.mapping.snap.joint;
  const double spread = study.tolerance.rms_deviation;
  return {{.name = "scaling",
           .alone = 0.0,
           .together = 0.0,
           .note = "exact: other scales are the same system"},
          {.name = "snapping", .alone = joint, .together = joint},
          {.name = "tolerance",
           .alone = spread,
           .together = std::hypot(joint, spread),
           .random = true,
           .note = fmt::format("rms over {} boards", study.tolerance.draws.size())}};
}

sim::BudgetStage make_stage(const MapStudy& study, const hw::ImperfectionStage& stage) {
  using Cost = hw::ImperfectionStage::Cost;
  const auto make = [&study](const hw::Imperfections& imperfections) {
    return hw::make_real(study.mapping, study.profile, imperfections);
  };
  return {.name = stage.name,
          .alone = [=] { return make(stage.alone); },
          .together = [=] { return make(stage.together); },
          .is_noise = stage.cost == Cost::noise,
          .boards = stage.cost == Cost::spread ? kBoards : 0,
          .board =
              [=](std::size_t board) {
                hw::Imperfections one = stage.alone;
                one.seed += board;
                return make(one);
              }};
}

void compute_budget(const Options& options, Progress& progress, MapStudy& study) {
  sim::BudgetRequest request;
  request.baseline = study.mapping.design;
  request.start = study.prepared.initial.x;
  request.reference = study.mapping.ideal_fit;
  request.error = make_error(study.prepared);
  request.read_at = study.read_at;
  request.steps = kPathSteps;
  request.given = given_terms(study);
  for (const hw::ImperfectionStage& stage :
       hw::list_stages(study.mapping.request.topology, options.seed)) {
    request.stages.push_back(make_stage(study, stage));
  }
  request.engine = make_engine(options);
  request.on_progress = [&](double fraction) { progress.show("budget", fraction); };
  study.budget = sim::compute_budget(request);
}

// ---- decks of real parts

std::string write_real(netlist::Design design, const std::string& title) {
  design.circuit.title = title;
  return netlist::format_deck(design.circuit);
}

// Looked at before anything runs. The folder gets a copy, so that it can be taken elsewhere.
std::optional<MapStudy::Vendor> find_vendor(const Options& options) {
  if (!options.map.include) return std::nullopt;
  MapStudy::Vendor vendor;
  vendor.name = *options.map.opamp;
  vendor.deck.name = "board_vendor.cir";
  vendor.model.name = std::filesystem::path(*options.map.include).filename().string();
  if (vendor.model.name.starts_with("board") || vendor.model.name == "bom.csv") {
    throw UsageError(fmt::format(
        "--include {}: the folder has files of such names; give the vendor's file another",
        core::printable(*options.map.include, 200)));
  }
  vendor.model.text =
      read_file(*options.map.include, "give the vendor's file with the amplifier's .subckt");
  (void)hw::find_vendor_model(vendor.model.text, vendor.model.name, vendor.name);
  return vendor;
}

void use_vendor(const Options& options, Progress& progress, MapStudy& study) {
  MapStudy::Vendor& vendor = *study.vendor;
  const auto make = [&](const std::string& file, const hw::Imperfections& others) {
    const hw::VendorModel model = hw::find_vendor_model(vendor.model.text, file, vendor.name);
    return hw::make_with_vendor_model(study.mapping, model, study.profile, others);
  };
  vendor.deck.text = write_real(make(vendor.model.name, hw::all_shifts(options.seed)),
                                "springspice board_vendor.cir");
  progress.show("the vendor's amplifiers", 0.0);
  const std::string file = std::filesystem::absolute(*options.map.include).string();
  const sim::RealCircuitInNgspice circuit(make(file, {}), study.mapping.system.size(),
                                          study.mapping.system.outputs(), study.prepared.initial.x,
                                          make_engine(options));
  vendor.alone =
      make_error(study.prepared)(circuit.settled(study.read_at), study.mapping.mapped_fit);
}

}  // namespace

std::size_t MapStudy::part_count() const {
  std::size_t count = 0;
  for (const hw::BillRow& row : bill) count += row.quantity();
  return count;
}

double MapStudy::draws_disagreement() const {
  double worst = 0.0;
  for (const CheckedDraw& draw : checked_draws) {
    if (draw.computed == draw.ngspice) continue;  // both infinite: neither comes to rest
    const double difference = std::abs(draw.computed - draw.ngspice);
    worst = std::isnan(difference) ? std::numeric_limits<double>::infinity()
                                   : std::max(worst, difference);
  }
  return worst / built.manifest.range;
}

MapStudy study_map(const Options& given, Progress& progress) {
  MapStudy study;
  study.seed = given.seed;
  study.profile = load_profile(given.map.profile);
  const Options options = with_topology(given, study.profile);
  study.vendor = find_vendor(options);
  study.prepared = prepare(options, progress);
  if (options.map.natural_noise && options.topology == hw::Topology::opamp) {
    throw UsageError(
        "--natural-noise: on an op-amp board the model's noise comes from generators; leave it "
        "out, "
        "or take gmc or rlc");
  }
  map_circuit(options, progress, study);
  study.real_deck =
      write_real(hw::make_real(study.mapping, study.profile, hw::all_shifts(options.seed)),
                 "springspice board_real.cir");
  const sim::Problem problem =
      make_problem(study.built.manifest, study.built.whole_deck().text, "board.cir");
  prove(options, progress, problem, study);
  vary(options, progress, problem, study);
  compute_budget(options, progress, study);
  if (study.vendor) use_vendor(options, progress, study);
  study.bill = hw::make_bill(study.mapping, study.profile);
  std::vector<core::TargetPrior> priors;
  if (study.prepared.model) {
    const core::Model& model = *study.prepared.model;
    priors = core::make_target_priors(model.data, model.parameters);
  }
  study.energy = hw::compute_energy_report(study.mapping, study.profile, priors);
  return study;
}

bool MapStudy::passed() const {
  return proof.passed() && draws_disagreement() <= kDrawsAgree &&
         sim::agrees_with_ngspice(budget, built.manifest.range) &&
         std::ranges::none_of(budget, &sim::BudgetTerm::unstable);
}

}  // namespace springspice::cli
