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
  const std::string deck_name = std::filesystem::path(*options.out).filename().string();
  const std::string manifest_name = std::filesystem::path(*options.manifest).filename().string();
  OutputFile deck(*options.out);
  OutputFile manifest(*options.manifest);
  JsonOutput results(options);
  const Prepared prepared = prepare(options, progress);
  const Built built = build_circuit(prepared, options, deck_name);
  deck.write(built.deck);
  manifest.write(hw::format_manifest(built.manifest));

  const netlist::Design& design = built.manifest.design;
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  const std::string violations = hw::describe_range_violations(design, options.range);
  if (!violations.empty()) print_remark(violations);
  Json json = make_json();
  json["deck"] = deck_name;
  json["manifest"] = manifest_name;
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
  results.write(json);

  // A new deck with an old manifest would be a wrong pair: all are complete before any is renamed.
  deck.finish();
  manifest.finish();
  deck.commit();
  manifest.commit();
  results.commit();
  print_text(options, fmt::format("{}: {} nodes, {} elements; one unit of model time is {:.4g} s\n"
                                  "wrote {} and {}\n",
                                  design.realization, design.circuit.nodes().size(),
                                  design.circuit.elements().size(), design.scales.time_s,
                                  *options.out, *options.manifest));
  return 0;
}

}  // namespace springspice::cli
