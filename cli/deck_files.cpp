#include "cli/deck_files.hpp"

#include <filesystem>
#include <optional>

#include "hw/hierarchy.hpp"
#include "netlist/writer.hpp"
#include "sim/settling.hpp"
#include "sim/trajectory.hpp"

namespace springspice::cli {
namespace {

using netlist::Design;
using netlist::Probe;

std::string name_of(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// The voltage that a probe shows where the model has this value.
template <typename Reading>
double to_volt(const Reading& reading, double value) {
  return (value - reading.offset) / reading.gain;
}

std::vector<const Probe*> measured_probes(const Design& design) {
  std::vector<const Probe*> positions, velocities;
  for (const Probe& probe : design.probes) {
    if (probe.quantity != Probe::Quantity::voltage) continue;
    (probe.kind == Probe::Kind::position ? positions : velocities).push_back(&probe);
  }
  return positions.empty() ? velocities : positions;
}

std::vector<netlist::Measure> make_measures(const hw::Manifest& manifest,
                                            const sim::Analysis& analysis, double end_s) {
  const core::SecondOrderSystem& system = manifest.system;
  if (!sim::ExactTrajectory::available(system, analysis.modes)) return {};
  const sim::ExactTrajectory trajectory(system, analysis.modes, manifest.initial);
  const core::State end = trajectory.at(manifest.end);
  const bool settles = analysis.null_space.dimension() == 0;
  std::vector<netlist::Measure> measures;
  for (const Probe* probe : measured_probes(manifest.design)) {
    const bool position = probe->kind == Probe::Kind::position;
    const Eigen::MatrixXd& state = position ? end.x : end.v;
    measures.push_back({probe->node + "_end", probe->node, end_s,
                        to_volt(*probe, state(probe->coordinate, probe->output))});
    if (!position || !settles) continue;
    measures.push_back({probe->node + "_fit", probe->node, end_s,
                        to_volt(*probe, analysis.fit(probe->coordinate, probe->output))});
  }
  for (const netlist::Readout& readout : manifest.design.readouts) {
    measures.push_back({readout.node + "_end", readout.node, end_s,
                        to_volt(readout, sim::value_of(readout, end))});
  }
  return measures;
}

void format_hierarchy(const Design& design, const hw::NoisyCircuit& noisy, const Options& options,
                      std::vector<netlist::Measure> measures, DeckFiles& files) {
  hw::HierarchicalDesign hierarchy = hw::make_hierarchy(design, noisy.nodes);
  const std::string array = name_of(array_file_of(*options.out));
  hierarchy.bench.measures = std::move(measures);
  hierarchy.bench.includes = noisy.circuit.includes;
  hierarchy.bench.includes.insert(hierarchy.bench.includes.begin(), array);
  files.deck = netlist::format_deck(hierarchy.bench, options.dialect);
  files.beside.push_back({array, netlist::format_definitions(hierarchy.array, options.dialect)});
  if (options.dialect == netlist::Dialect::ngspice) {
    const netlist::Circuit library = hw::make_plain_library(design, hierarchy);
    files.beside.push_back(
        {name_of(library_file_of(*options.out)), netlist::format_definitions(library)});
  }
  files.noise = std::move(hierarchy.design.noise);
  files.substitutions = netlist::describe_substitutions(hierarchy.design.circuit, options.dialect);
}

}  // namespace

DeckFiles format_files(const hw::Manifest& manifest, const sim::Analysis& analysis,
                       const hw::DeckNoise& noise, const Options& options) {
  DeckFiles files;
  files.noise = manifest.design.noise;
  hw::NoisyCircuit noisy = hw::add_deck_noise(manifest.design, noise, options.dialect);
  for (auto& [name, text] : noisy.files) files.beside.push_back({name, std::move(text)});
  if (!options.hierarchy) {
    files.deck = netlist::format_deck(noisy.circuit, options.dialect);
    files.substitutions = netlist::describe_substitutions(noisy.circuit, options.dialect);
    return files;
  }
  Design design = manifest.design;
  design.circuit = noisy.circuit;
  std::vector<netlist::Measure> measures;
  if (noise.kind == hw::DeckNoise::Kind::none && design.circuit.transient) {
    measures = make_measures(manifest, analysis, design.circuit.transient->stop_s);
  }
  format_hierarchy(design, noisy, options, std::move(measures), files);
  return files;
}

}  // namespace springspice::cli
