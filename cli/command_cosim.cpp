// `cosim` and `certify`: the verdict, on a circuit made just now or on a netlist file.
#include <cmath>
#include <filesystem>
#include <limits>
#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/cosim_outputs.hpp"
#include "cli/pages/cosim_page.hpp"
#include "cli/pipeline.hpp"
#include "cli/predictions.hpp"
#include "cli/read_deck.hpp"
#include "cli/read_file.hpp"
#include "cli/record.hpp"
#include "cli/results.hpp"
#include "core/error.hpp"
#include "core/fit.hpp"
#include "core/null_space.hpp"
#include "core/system_distance.hpp"
#include "hw/spu.hpp"
#include "netlist/error.hpp"
#include "netlist/flatten.hpp"
#include "netlist/foreign_load.hpp"
#include "netlist/names.hpp"

namespace springspice::cli {
namespace {

// Opened before the work, so that a name that cannot be written is known then.
struct Outputs {
  explicit Outputs(const Options& options) : json(options), record(options) {}
  JsonOutput json;
  RecordOutput record;
};

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

struct Subject {
  const hw::Manifest& manifest;
  const sim::Analysis& analysis;
  std::string deck;
  std::string deck_name;
  std::string made_from;               ///< for the page: a name without folders
  std::vector<sim::Check> first = {};  ///< made before the circuit is run
  std::optional<std::vector<netlist::Renamed>> names = {};  ///< by --match-names
};

Json scale_to_json(const sim::CommonScale& scale) {
  return {{"time", scale.time},
          {"impedance", scale.impedance},
          {"signal", scale.signal},
          {"integration", scale.integration}};
}

// What real parts changed: printed beside the verdict, which is about the mapped system.
struct Mapped {
  core::SystemDistance distance;
  double fit = 0.0;  ///< largest difference of a coordinate at rest, of the range; NaN: none
};

Mapped compare_with_ideal(const hw::Manifest& manifest, const sim::Analysis& analysis) {
  Mapped mapped{core::measure_distance(*manifest.ideal, manifest.system),
                std::numeric_limits<double>::quiet_NaN()};
  const core::NullSpace null_space = core::find_null_space(manifest.ideal->K);
  if (analysis.has_fit && null_space.dimension() == 0) {
    const Eigen::MatrixXd ideal = core::solve_fit(*manifest.ideal, null_space);
    mapped.fit = (analysis.fit - ideal).cwiseAbs().maxCoeff() / manifest.range;
  }
  return mapped;
}

Json mapped_to_json(const Mapped& mapped) {
  const core::SystemDistance& d = mapped.distance;
  return {{"M", d.M}, {"D", d.D}, {"K", d.K}, {"f", d.f}, {"fit", number(mapped.fit)}};
}

std::string describe_mapped(const Mapped& mapped) {
  const core::SystemDistance& d = mapped.distance;
  std::string text = fmt::format(
      "\nmapped onto parts that there are; from the ideal system, relative: M {:.2g}, D {:.2g}, K "
      "{:.2g}, f {:.2g}",
      d.M, d.D, d.K, d.f);
  if (std::isfinite(mapped.fit)) {
    text += fmt::format("; its fit is at most {:.2g} of the targets' range away", mapped.fit);
  }
  return text + "\n";
}

Json names_to_json(const std::vector<netlist::Renamed>& names) {
  Json json = Json::object();
  for (const netlist::Renamed& name : names) {
    if (netlist::lower(name.from) != netlist::lower(name.to)) json[name.from] = name.to;
  }
  return json;
}

std::string describe_names(const std::vector<netlist::Renamed>& names) {
  constexpr std::size_t kShown = 8;
  std::size_t changed = 0;
  std::string list;
  for (const netlist::Renamed& name : names) {
    if (netlist::lower(name.from) == netlist::lower(name.to)) continue;
    if (changed++ < kShown)
      list += fmt::format("{}{} -> {}", list.empty() ? "" : ", ", name.from, name.to);
  }
  if (changed == 0) return "\nnames: as written\n";
  return fmt::format("\nnames: {} of {} differ: {}{}\n", changed, names.size(), list,
                     changed > kShown ? ", ..." : "");
}

sim::CertifyOptions make_certify_options(const Options& options, Progress& progress) {
  sim::CertifyOptions certify;
  certify.engines = options.engines;
  certify.seed = options.seed;
  certify.engine.time_limit_s = options.time_limit_s;
  certify.path_steps = options.path_steps;
  certify.on_progress = [&](const std::string& check, double fraction) {
    progress.show(check, fraction);
  };
  certify.paths = options.paths;
  certify.workers = options.workers;
  certify.allow_rescale = options.allow_rescale;
  return certify;
}

// The data's rows once more, for the pictures; certify has the columns from its manifest.
std::optional<DataSample> sample_rows(const Options& options, const hw::Manifest& manifest) {
  if (!options.data || !manifest.source) return std::nullopt;
  core::ColumnChoice columns;
  for (const core::Axis& axis : manifest.source->axes) columns.inputs.push_back(axis.name);
  columns.targets = manifest.source->outputs;
  return read_sample(*options.data, columns);
}

report::Page make_page(const Options& options, const Subject& subject, const sim::Report& report,
                       const CosimCurves& curves, std::vector<std::string> remarks) {
  return make_cosim_page({.subject = subject.made_from,
                          .manifest = subject.manifest,
                          .analysis = subject.analysis,
                          .report = report,
                          .curves = curves,
                          .data = sample_rows(options, subject.manifest),
                          .seed = options.seed,
                          .remarks = std::move(remarks)});
}

int report_verdict(const Options& options, Subject subject, Progress& progress, Outputs& outputs) {
  const hw::Manifest& manifest = subject.manifest;
  sim::CertifyOptions certify = make_certify_options(options, progress);
  CosimOutputs files(options, manifest);
  files.observe(certify);
  const sim::Problem problem = make_problem(manifest, std::move(subject.deck), subject.deck_name);
  std::optional<CosimRecorder> recorder;
  if (outputs.record) recorder.emplace(problem, subject.analysis).observe(certify);
  sim::Report report = sim::certify(problem, subject.analysis, certify);
  report.checks.insert(report.checks.begin(), subject.first.begin(), subject.first.end());
  files.finish();
  Json json = checks_to_json(report);
  if (report.settled) json["engines"] = engines_to_json(report);
  if (report.audit) json["audit"] = audit_to_json(*report.audit, manifest.system);
  if (report.scale) json["rescaled"] = scale_to_json(*report.scale);
  if (subject.names) json["renamed"] = names_to_json(*subject.names);
  std::optional<Mapped> mapped;
  if (manifest.ideal) mapped = compare_with_ideal(manifest, subject.analysis);
  if (mapped) json["from_ideal"] = mapped_to_json(*mapped);
  std::vector<std::string> remarks;
  if (report.scale) remarks.push_back(fmt::format("\nother units: {}\n", report.scale->text()));
  if (subject.names) remarks.push_back(describe_names(*subject.names));
  if (mapped) remarks.push_back(describe_mapped(*mapped));
  outputs.json.write(json);
  if (recorder) {
    outputs.record.write(make_page(options, subject, report, recorder->curves(), remarks));
  }
  files.commit();
  outputs.json.commit();
  outputs.record.commit();
  std::string text = format_checks(report);
  if (report.settled) text += format_engines(report, manifest.system);
  if (report.audit) text += format_audit(*report.audit, manifest.system);
  for (const std::string& remark : remarks) text += remark;
  print_text(options, text + format_verdict(report));
  return report.passed() ? 0 : 1;
}

// The manifest's matrices against those of the data, entry by entry.
sim::Check compare_with_data(const hw::Manifest& manifest, const Options& options,
                             Progress& progress) {
  if (!manifest.source) {
    throw UsageError("--data: the manifest's system was given as matrices, not made from data");
  }
  core::ModelRequest request;
  request.path = *options.data;
  request.columns.targets = manifest.source->outputs;
  for (const core::Axis& axis : manifest.source->axes) request.columns.inputs.push_back(axis.name);
  request.parameters = manifest.source->parameters;
  request.on_progress = [&](std::size_t rows) { progress.count("rows", rows); };
  const core::Model model = core::read_model(request, manifest.source->axes);
  if (manifest.design.realization == hw::to_string(hw::Topology::spu)) {
    return sim::compare_systems(manifest.system, hw::make_posterior(model.system).sampler);
  }
  // Of a mapped deck the data made the ideal system, and real values the other.
  return sim::compare_systems(manifest.ideal.value_or(manifest.system), model.system);
}

// A node renamed by hand is a failed check; another circuit altogether is a wrong file.
void check_belongs(const hw::Manifest& manifest, const netlist::Circuit& circuit,
                   const Options& options) {
  std::set<std::string> there;
  for (const netlist::Element& element : netlist::flatten(circuit).elements) {
    for (const std::string& node : element.nodes) there.insert(netlist::lower(node));
  }
  std::size_t missing = 0;
  std::string example;
  for (const netlist::Probe& probe : manifest.design.probes) {
    if (there.contains(netlist::lower(probe.node))) continue;
    if (missing++ == 0) example = probe.node;
  }
  if (2 * missing <= manifest.design.probes.size()) return;
  throw core::InputError(fmt::format(
      "{} does not belong to {}: it was written for '{}', and {} of the {} nodes that it reads, "
      "'{}' first, are not in this deck; give the right one with --manifest, or, if the deck's "
      "names were "
      "changed, --match-names",
      core::printable(*options.manifest, 200), core::printable(options.deck, 200),
      core::printable(manifest.deck, 200), missing, manifest.design.probes.size(),
      core::printable(example)));
}

// The deck's names in place of the manifest's: by the pins of the array's instance where there is
// one, else by what stands where.
std::vector<netlist::Renamed> match_names(hw::Manifest& manifest, const netlist::Circuit& circuit,
                                          const Options& options) {
  auto names = netlist::match_pins(circuit, manifest.design, options.instance);
  if (!names) {
    if (manifest.names.empty()) {
      throw core::InputError(fmt::format(
          "--match-names: {} holds nothing to tell names by (it is kept for decks of up to {} "
          "parts "
          "that are not all alike), and no instance in the deck has the pins that it reads; write "
          "deck and manifest anew, or restore the names",
          core::printable(*options.manifest, 200), netlist::kMostElementsToName));
    }
    names = netlist::match_names(netlist::flatten(circuit), manifest.names);
  }
  netlist::rename(manifest.design, *names);
  return *names;
}

// Of the parts that cannot be stamped none may change what is certified.
void check_foreign(const hw::Manifest& manifest, const netlist::Circuit& circuit,
                   const Options& options) {
  if (circuit.foreign.empty()) return;
  std::unordered_set<std::string> certified;
  for (const std::string& name : netlist::names_of(manifest.design)) {
    certified.insert(netlist::lower(name));
  }
  const std::string load =
      netlist::find_load(netlist::flatten(circuit), circuit.foreign, certified);
  if (!load.empty()) throw netlist::NetlistError(fmt::format("{}: {}", options.deck, load));
  print_remark(fmt::format("{}: {} card{} no part of what is certified, '{}' first",
                           core::printable(options.deck, 200), circuit.foreign.size(),
                           circuit.foreign.size() == 1 ? " is" : "s are",
                           core::printable(circuit.foreign.front().name)));
}

}  // namespace

int run_cosim(const Options& options) {
  Progress progress;
  Outputs outputs(options);
  const Prepared prepared = prepare(options, progress);
  const Built built = build_circuit(prepared, options, "cosim");
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  print_remark(describe_noise(built));
  remark_clamped(built.clamped_queries, built.queries, "queries");
  return report_verdict(options,
                        {built.manifest, built.analysis, built.whole_deck().text, "cosim",
                         file_name(options.data ? *options.data : *options.system)},
                        progress, outputs);
}

int run_certify(const Options& options) {
  Progress progress;
  Outputs outputs(options);
  const std::string& manifest_path = *options.manifest;
  const std::string text =
      read_file(options.deck, "give a netlist that `springspice netlist` wrote");
  const std::string manifest_text = read_file(
      manifest_path,
      "`springspice netlist` writes the manifest beside the deck, --manifest names another");
  hw::Manifest manifest = hw::parse_manifest(manifest_text, manifest_path);
  const ReadDeck deck = read_deck(options, text, manifest.dialect);
  std::optional<std::vector<netlist::Renamed>> names;
  if (options.match_names) {
    names = match_names(manifest, deck.circuit, options);
  } else {
    check_belongs(manifest, deck.circuit, options);
  }
  check_foreign(manifest, deck.circuit, options);
  std::vector<sim::Check> first;
  if (options.data) first.push_back(compare_with_data(manifest, options, progress));
  const sim::Analysis analysis = sim::analyse(manifest.system);
  return report_verdict(options,
                        {manifest, analysis, deck.text, options.deck, file_name(options.deck),
                         std::move(first), std::move(names)},
                        progress, outputs);
}

}  // namespace springspice::cli
