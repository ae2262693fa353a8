// `netlist`: the circuit and its manifest, and what the circuit includes, as files that belong
// together.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/pipeline.hpp"
#include "cli/results.hpp"
#include "hw/thermal.hpp"
#include "netlist/flatten.hpp"
#include "netlist/names.hpp"
#include "netlist/parser.hpp"

namespace springspice::cli {

namespace {

Json thermal_to_json(const Built& built) {
  const hw::ThermalReport report =
      hw::compute_thermal_report(built.manifest.design, built.manifest.system.kT);
  return {{"kT_circuit_j", report.kT_circuit_j},
          {"natural_kelvin", report.natural_kelvin},
          {"ratio_to_300_K", report.ratio},
          {"natural_voltage_v", report.natural_voltage_v},
          {"largest_injected", report.injected},
          {"largest_injected_unit", report.injected_is_voltage ? "V/sqrt(Hz)" : "A/sqrt(Hz)"}};
}

Json deck_noise_to_json(const Built& built) {
  const double tau = built.manifest.design.scales.time_s;
  Json json = {{"kind", hw::to_string(built.noise.kind)},
               {"step", built.noise.step},
               {"step_s", built.noise.step * tau},
               {"max_step_s", built.noise.max_step * tau},
               {"bias", built.noise.bias.total()},
               {"bias_interpolation", built.noise.bias.interpolation},
               {"bias_breakpoints", built.noise.bias.breakpoints},
               {"bias_trapezoids", built.noise.bias.trapezoids}};
  const hw::DeckNoise& noise = *built.manifest.deck_noise;
  if (!noise.file.empty()) json["file"] = noise.file;
  return json;
}

// What --match-names of certify goes by, from the deck as it will be read; a large one keeps none.
void keep_names(hw::Manifest& manifest, const Built& built) {
  if (manifest.design.circuit.elements().size() > netlist::kMostElementsToName) return;
  const auto dialect = netlist::parse_dialect(manifest.dialect);
  const netlist::FlatCircuit flat = netlist::flatten(
      netlist::parse_deck(built.whole_deck(), {dialect.value_or(netlist::Dialect::ngspice)}));
  if (flat.elements.size() > netlist::kMostElementsToName) return;  // a few instances may hold all
  manifest.names = netlist::colour_names(flat, netlist::names_of(manifest.design))
                       .value_or(std::vector<netlist::NameColour>());
}

// The design of the manifest is the flat one; its noise acts on the parts of what was written.
std::string format_manifest(const Built& built) {
  hw::Manifest manifest = built.manifest;
  manifest.design.noise = built.files.noise;
  keep_names(manifest, built);
  return hw::format_manifest(manifest);
}

std::string list_files(const Options& options, const Built& built) {
  constexpr std::size_t kShown = 4;
  std::string text = fmt::format("{}, {}", *options.out, *options.manifest);
  const std::vector<DeckFile>& beside = built.files.beside;
  if (beside.size() > kShown) return fmt::format("{} and {} more", text, beside.size());
  for (const DeckFile& file : beside) text += ", " + file.name;
  return text;
}

}  // namespace

int run_netlist(const Options& options) {
  Progress progress;
  const std::string deck_name = std::filesystem::path(*options.out).filename().string();
  const std::string manifest_name = std::filesystem::path(*options.manifest).filename().string();
  OutputFile deck(*options.out);
  OutputFile manifest(*options.manifest);
  JsonOutput results(options);
  const Prepared prepared = prepare(options, progress);
  const Built built = build_circuit(prepared, options, deck_name);
  std::vector<std::unique_ptr<OutputFile>> beside;
  for (const DeckFile& file : built.files.beside) {
    const auto path = std::filesystem::path(*options.out).replace_filename(file.name);
    beside.push_back(std::make_unique<OutputFile>(path.string()));
    beside.back()->write(file.text);
  }
  deck.write(built.files.deck);
  manifest.write(format_manifest(built));

  const netlist::Design& design = built.manifest.design;
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  const std::string violations = hw::describe_range_violations(design, options.range);
  if (!violations.empty()) print_remark(violations);
  print_remark(describe_noise(built));
  for (const std::string& note : built.files.substitutions) print_remark(note);
  Json json = make_json();
  json["deck"] = deck_name;
  json["manifest"] = manifest_name;
  json["circuit"] = {{"realization", design.realization},
                     {"nodes", design.circuit.nodes().size()},
                     {"elements", design.circuit.elements().size()}};
  json["dialect"] = built.manifest.dialect;
  json["files"] = Json::array();
  for (const DeckFile& file : built.files.beside) json["files"].push_back(file.name);
  json["substitutions"] = built.files.substitutions;
  json["scales"] = {{"time_s", design.scales.time_s},
                    {"impedance_ohm", design.scales.impedance_ohm},
                    {"voltage_v", design.scales.voltage_v},
                    {"energy_j", design.scales.energy_j},
                    {"position_v", design.scales.position_v}};
  json["null_space"] = null_space_to_json(prepared.system, prepared.null_space);
  json["out_of_range"] = violations;
  if (built.manifest.system.kT > 0.0) json["thermal"] = thermal_to_json(built);
  if (built.manifest.deck_noise) json["deck_noise"] = deck_noise_to_json(built);
  results.write(json);

  // A new deck with an old manifest would be a wrong pair: all are complete before any is renamed.
  deck.finish();
  manifest.finish();
  for (const auto& file : beside) file->finish();
  for (const auto& file : beside) file->commit();
  deck.commit();
  manifest.commit();
  results.commit();
  print_text(options, fmt::format("{}: {} nodes, {} elements; one unit of model time is {:.4g} s\n"
                                  "wrote {}\n",
                                  design.realization, design.circuit.nodes().size(),
                                  design.circuit.elements().size(), design.scales.time_s,
                                  list_files(options, built)));
  return 0;
}

}  // namespace springspice::cli
