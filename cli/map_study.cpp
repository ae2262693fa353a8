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
#include "hw/mapping/scaled_parts.hpp"
#include "netlist/writer.hpp"
#include "sim/budget/real_circuit.hpp"
#include "sim/budget/real_circuit_in_ngspice.hpp"

namespace springspice::cli {
namespace {

constexpr double kSettled = 1e-3;  // of the start, where a circuit is read
constexpr std::uint64_t kOffsetBoards = 32;
constexpr const char* kOffset = "offset";

hw::Profile load_profile(const std::string& name) {
  if (const auto text = hw::find_shipped_profile(name)) return hw::parse_profile(*text, name);
  if (!std::filesystem::path(name).has_parent_path() && !name.ends_with(".json")) {
    std::string all;
    for (const std::string& shipped : hw::shipped_profiles()) {
      all += (all.empty() ? "" : ", ") + shipped;
    }
    throw UsageError(
        fmt::format("--profile {}: no profile of that name; there are: {}, or a file "
                    "NAME.json in their format",
                    core::printable(name, 200), all));
  }
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

core::PredictionError make_error(const Prepared& prepared) {
  return prepared.model ? core::make_prediction_error(prepared.model->data)
                        : core::make_prediction_error(prepared.system.size());
}

// Half of the ideal circuit's decay at least, with amplifiers of finite gain and bandwidth.
bool amplifiers_keep_up(const hw::Mapping& mapping, const hw::Profile& profile) {
  const Eigen::Index nu = mapping.system.size();
  const Eigen::Index outputs = mapping.system.outputs();
  try {
    const double ideal = sim::RealCircuit(mapping.design, nu, outputs).largest_growth();
    const netlist::Design real = hw::make_real(mapping, profile, {.gain = true, .bandwidth = true});
    return sim::RealCircuit(real, nu, outputs).largest_growth() <= 0.5 * ideal;
  } catch (const core::ParameterError&) {
    return true;  // too large to tell; the budget says so
  }
}

// Where the amplifiers of a board are too slow for the scales that suit the values best, a slower
// one is taken.
hw::Mapping map_for_real_amplifiers(const MapStudy& study, hw::MapRequest& request) {
  constexpr int kAttempts = 8;
  constexpr double kSlower = 4.0;
  const bool may_slow_down =
      request.request.topology == hw::Topology::opamp && !request.request.scales.time_s;
  for (int attempt = 1;; ++attempt) {
    hw::Mapping mapping = hw::map_system(study.prepared.system, study.profile, request);
    if (!may_slow_down || attempt == kAttempts || amplifiers_keep_up(mapping, study.profile)) {
      return mapping;
    }
    request.request.scales.least_time_s = kSlower * mapping.design.scales.time_s;
  }
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
  study.mapping = map_for_real_amplifiers(study, request);
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
  certify.engine.time_limit_s = options.time_limit_s;
  certify.on_progress = [&](const std::string& check, double fraction) {
    progress.show(check, fraction);
  };
  study.proof = sim::certify(problem, study.built.analysis, certify);
}

// A joined part is two that vary each by itself.
std::vector<sim::PartSpread> find_spreads(const MapStudy& study) {
  std::vector<sim::PartSpread> spreads;
  for (const hw::MappedPart& part : study.mapping.parts) {
    const hw::PartClass& parts = hw::class_of(study.profile, part.kind);
    const double tolerance = parts.tolerance.get();
    const bool normal = parts.distribution == hw::Distribution::normal;
    if (part.chosen.how == hw::Joined::How::single) {
      spreads.push_back({part.part.element, tolerance, normal});
      continue;
    }
    for (const char* half : {"a", "b"}) {
      spreads.push_back({part.part.element + half, tolerance, normal});
    }
  }
  const hw::Figure& reference = study.profile.reference_tolerance;
  for (const char* name : {"vrefp", "vrefn"}) {
    if (!reference.specified() || study.mapping.design.circuit.find(name) == nullptr) continue;
    spreads.push_back({name, reference.get(), false});
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
  sim::EngineOptions engine;
  engine.time_limit_s = options.time_limit_s;
  for (std::uint64_t d = 0; d < options.map.check_draws; ++d) {
    study.checked_draws.push_back(
        {d, study.tolerance.draws[d].error, sim::run_draw_in_ngspice(request, d, engine)});
    progress.show("draws in ngspice",
                  static_cast<double>(d + 1) / static_cast<double>(options.map.check_draws));
  }
}

// ---- the budget

struct Stage {
  const char* name;
  bool hw::Imperfections::*member;
};

// In the order of the budget; those that the hardware has no part for are left out.
std::vector<Stage> find_stages(const MapStudy& study) {
  using hw::Imperfections;
  std::vector<Stage> stages;
  if (study.mapping.request.topology == hw::Topology::opamp) {
    stages.push_back({"finite gain", &Imperfections::gain});
    stages.push_back({"finite bandwidth", &Imperfections::bandwidth});
  }
  stages.push_back({"losses", &Imperfections::losses});
  stages.push_back({"noise", &Imperfections::part_noise});
  return stages;
}

hw::Imperfections alone(const MapStudy& study, const Options& options, const Stage& stage) {
  hw::Imperfections imperfections;
  imperfections.seed = options.seed;
  imperfections.*stage.member = true;
  // White noise has no finite variance behind an amplifier without a pole.
  if (stage.member == &hw::Imperfections::part_noise &&
      study.mapping.request.topology == hw::Topology::opamp) {
    imperfections.gain = imperfections.bandwidth = true;
  }
  return imperfections;
}

hw::Imperfections all_up_to(const std::vector<Stage>& stages, std::size_t last,
                            const Options& options) {
  hw::Imperfections imperfections;
  imperfections.seed = options.seed;
  for (std::size_t k = 0; k <= last; ++k) imperfections.*stages[k].member = true;
  return imperfections;
}

// ---- offsets: a term that differs from board to board

hw::Imperfections offsets_of_board(const Options& options, std::uint64_t board) {
  hw::Imperfections imperfections;
  imperfections.offset = true;
  imperfections.seed = options.seed + board;
  return imperfections;
}

// Rms over some boards of what their offsets, of either sign, do at rest; `settle` says how.
template <class Settle>
double offset_rms(const Options& options, const MapStudy& study, const Settle& settle) {
  const core::PredictionError error = make_error(study.prepared);
  const Eigen::MatrixXd baseline = settle(study.mapping.design);
  double squares = 0.0;
  for (std::uint64_t board = 0; board < kOffsetBoards; ++board) {
    const netlist::Design design =
        hw::make_real(study.mapping, study.profile, offsets_of_board(options, board));
    const double deviation = error(settle(design), baseline);
    squares += deviation * deviation;
  }
  return std::sqrt(squares / static_cast<double>(kOffsetBoards));
}

double compute_offset(const Options& options, const MapStudy& study) {
  return offset_rms(options, study, [&](const netlist::Design& design) {
    return sim::RealCircuit(design, study.mapping.system.size(), study.mapping.system.outputs(),
                            study.prepared.initial.x)
        .settled(study.read_at);
  });
}

// The terms that are numbers already.
std::vector<sim::BudgetTerm> given_terms(const Options& options, const MapStudy& study) {
  const double joint = study.mapping.snap.joint;
  const double spread = study.tolerance.rms_deviation;
  std::vector<sim::BudgetTerm> terms = {
      {.name = "scaling",
       .alone = 0.0,
       .together = 0.0,
       .note = "exact: other scales are the same system"},
      {.name = "snapping", .alone = joint, .together = joint},
      {.name = "tolerance",
       .alone = spread,
       .together = std::hypot(joint, spread),
       .random = true,
       .note = fmt::format("rms over {} boards", study.tolerance.draws.size())}};
  if (study.mapping.request.topology != hw::Topology::opamp) return terms;
  const double offset = compute_offset(options, study);
  terms.push_back({.name = kOffset,
                   .alone = offset,
                   .together = std::hypot(joint, spread, offset),
                   .random = true,
                   .note = fmt::format("rms over {} boards", kOffsetBoards)});
  return terms;
}

void compute_budget(const Options& options, Progress& progress, MapStudy& study) {
  constexpr std::size_t kSteps = 400;
  const std::vector<Stage> stages = find_stages(study);
  sim::BudgetRequest request;
  request.baseline = study.mapping.design;
  request.start = study.prepared.initial.x;
  request.reference = study.mapping.ideal_fit;
  request.error = make_error(study.prepared);
  request.read_at = study.read_at;
  request.steps = kSteps;
  request.given = given_terms(options, study);
  for (std::size_t k = 0; k < stages.size(); ++k) {
    const Stage& stage = stages[k];
    request.stages.push_back(
        {.name = stage.name,
         .alone =
             [&, stage] {
               return hw::make_real(study.mapping, study.profile, alone(study, options, stage));
             },
         .together =
             [&, k] {
               return hw::make_real(study.mapping, study.profile, all_up_to(stages, k, options));
             },
         .is_noise = stage.member == &hw::Imperfections::part_noise});
  }
  request.on_progress = [&](double fraction) { progress.show("budget", fraction); };
  study.budget = sim::compute_budget(request);
}

Eigen::MatrixXd settle_in_ngspice(const Options& options, const netlist::Design& design,
                                  const MapStudy& study) {
  sim::EngineOptions engine;
  engine.time_limit_s = options.time_limit_s;
  return sim::RealCircuitInNgspice(design, study.mapping.system.size(),
                                   study.mapping.system.outputs(), study.prepared.initial.x, engine)
      .settled(study.read_at);
}

// The settled circuit with each imperfection, by ngspice.
void check_budget(const Options& options, Progress& progress, MapStudy& study) {
  const core::PredictionError error = make_error(study.prepared);
  const Eigen::MatrixXd baseline = settle_in_ngspice(options, study.mapping.design, study);
  if (study.mapping.request.topology == hw::Topology::opamp) {
    const auto term = std::ranges::find(study.budget, std::string(kOffset), &sim::BudgetTerm::name);
    study.checked_terms.push_back(
        {kOffset, *term->alone, offset_rms(options, study, [&](const netlist::Design& design) {
           return settle_in_ngspice(options, design, study);
         })});
  }
  const std::vector<Stage> stages = find_stages(study);
  for (const Stage& stage : stages) {
    if (stage.member == &hw::Imperfections::part_noise) continue;
    const auto term = std::ranges::find(study.budget, stage.name, &sim::BudgetTerm::name);
    if (!term->alone || term->unstable) continue;
    const Eigen::MatrixXd x = settle_in_ngspice(
        options, hw::make_real(study.mapping, study.profile, alone(study, options, stage)), study);
    study.checked_terms.push_back({stage.name, *term->alone, error(x, baseline)});
    progress.show("budget in ngspice", static_cast<double>(study.checked_terms.size()) /
                                           static_cast<double>(stages.size()));
  }
}

// ---- decks of real parts

std::string write_real(netlist::Design design, const std::string& title) {
  design.circuit.title = title;
  return netlist::format_deck(design.circuit);
}

hw::Imperfections all_but_noise(const Options& options) {
  hw::Imperfections all;
  all.seed = options.seed;
  all.gain = all.bandwidth = all.offset = all.losses = true;
  return all;
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
  vendor.deck.text =
      write_real(make(vendor.model.name, all_but_noise(options)), "springspice board_vendor.cir");
  progress.show("the vendor's amplifiers", 0.0);
  const std::string file = std::filesystem::absolute(*options.map.include).string();
  vendor.alone = make_error(study.prepared)(settle_in_ngspice(options, make(file, {}), study),
                                            study.mapping.mapped_fit);
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
  study.real_deck = write_real(hw::make_real(study.mapping, study.profile, all_but_noise(options)),
                               "springspice board_real.cir");
  const sim::Problem problem =
      make_problem(study.built.manifest, study.built.whole_deck().text, "board.cir");
  prove(options, progress, problem, study);
  vary(options, progress, problem, study);
  compute_budget(options, progress, study);
  check_budget(options, progress, study);
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

// Within 10 % of what ngspice says, or both are nothing.
bool MapStudy::budget_agrees() const {
  constexpr double kShare = 0.1;
  constexpr double kNothing = 1e-9;
  return std::ranges::all_of(checked_terms, [&](const CheckedTerm& term) {
    return std::abs(term.computed - term.ngspice) <=
           kShare * term.ngspice + kNothing * built.manifest.range;
  });
}

bool MapStudy::passed() const {
  return proof.passed() && draws_disagreement() <= kDrawsAgree && budget_agrees() &&
         std::ranges::none_of(budget, &sim::BudgetTerm::unstable);
}

}  // namespace springspice::cli
