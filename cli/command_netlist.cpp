// `netlist`: the circuit and its manifest, as two files that belong together.
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/pipeline.hpp"
#include "cli/results.hpp"

namespace springspice::cli {

int run_netlist(const Options& options) {
  Progress progress;
  const std::filesystem::path deck_path = *options.out;
  std::filesystem::path manifest_path = deck_path;
  manifest_path.replace_extension(".json");
  if (*options.out == "-")
    throw UsageError("--out -: a netlist comes with its manifest; name a file");
  if (manifest_path == deck_path) {
    throw UsageError(
        fmt::format("--out {}: the manifest is NAME.json; give the deck another ending, "
                    "e.g. NAME.cir",
                    *options.out));
  }
  const Prepared prepared = prepare(options, progress);
  const Built built = build_circuit(prepared, options, deck_path.filename().string());

  // Both are complete before either takes its name.
  OutputFile deck(deck_path.string());
  OutputFile manifest(manifest_path.string());
  deck.write(built.deck);
  manifest.write(hw::format_manifest(built.manifest));
  deck.commit();
  manifest.commit();

  const netlist::Design& design = built.manifest.design;
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  const std::string violations = hw::describe_range_violations(design, options.range);
  if (!violations.empty()) print_remark(violations);
  Json json = make_json();
  json["deck"] = *options.out;
  json["manifest"] = manifest_path.string();
  json["circuit"] = {{"realization", design.realization},
                     {"nodes", design.circuit.nodes().size()},
                     {"elements", design.circuit.elements().size()}};
  json["scales"] = {{"time_s", design.scales.time_s},
                    {"impedance_ohm", design.scales.impedance_ohm},
                    {"voltage_v", design.scales.voltage_v},
                    {"energy_j", design.scales.energy_j},
                    {"position_v", design.scales.position_v}};
  json["null_space"] = null_space_to_json(prepared.system, prepared.null_space);
  json["out_of_range"] = violations;
  write_json(options, json);
  print_text(options, fmt::format("{}: {} nodes, {} elements; one unit of model time is {:.4g} s\n"
                                  "wrote {} and {}\n",
                                  design.realization, design.circuit.nodes().size(),
                                  design.circuit.elements().size(), design.scales.time_s,
                                  *options.out, manifest_path.string()));
  return 0;
}

}  // namespace springspice::cli
