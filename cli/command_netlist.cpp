// `netlist`: the circuit and its manifest, and what the circuit includes, as files that belong
// together.
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "cli/circuit_files.hpp"
#include "cli/commands.hpp"
#include "cli/pipeline.hpp"
#include "cli/predictions.hpp"
#include "cli/results.hpp"
#include "hw/thermal.hpp"

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

}  // namespace

int run_netlist(const Options& options) {
  if (options.explain) return explain_netlist(options);
  if (options.update) return update_netlist(options);
  Progress progress;
  const std::string deck_name = std::filesystem::path(*options.out).filename().string();
  const std::string manifest_name = std::filesystem::path(*options.manifest).filename().string();
  CircuitFiles files(options);
  JsonOutput results(options);
  const Prepared prepared = prepare(options, progress);
  const Built built = build_circuit(prepared, options, deck_name);
  files.write(built);

  const netlist::Design& design = built.manifest.design;
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  const std::string violations = hw::describe_range_violations(design, options.range);
  if (!violations.empty()) print_remark(violations);
  print_remark(describe_noise(built));
  for (const std::string& note : built.files.substitutions) print_remark(note);
  remark_clamped(built.clamped_queries, built.queries, "queries");
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
  if (built.queries > 0) {
    json["readouts"] = {
        {"queries", built.queries}, {"clamped", built.clamped_queries}, {"nodes", Json::array()}};
    for (const netlist::Readout& readout : design.readouts) {
      json["readouts"]["nodes"].push_back(readout.node);
    }
  }
  json["null_space"] = null_space_to_json(prepared.system, prepared.null_space);
  json["out_of_range"] = violations;
  if (built.manifest.system.kT > 0.0) json["thermal"] = thermal_to_json(built);
  if (built.manifest.deck_noise) json["deck_noise"] = deck_noise_to_json(built);
  results.write(json);

  files.commit();
  results.commit();
  print_text(options, fmt::format("{}: {} nodes, {} elements; one unit of model time is {:.4g} s\n"
                                  "wrote {}\n",
                                  design.realization, design.circuit.nodes().size(),
                                  design.circuit.elements().size(), design.scales.time_s,
                                  files.list(built)));
  return 0;
}

}  // namespace springspice::cli
