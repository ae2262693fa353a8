// `netlist --update`: which parts of a deck new data change.
//
// The new data are realized with the old deck's scales and offsets, from its manifest, so that a
// part that stands for the same model value has the same value.
#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "cli/circuit_files.hpp"
#include "cli/commands.hpp"
#include "cli/pipeline.hpp"
#include "cli/read_deck.hpp"
#include "cli/read_file.hpp"
#include "cli/results.hpp"
#include "core/error.hpp"
#include "hw/compare_designs.hpp"

namespace springspice::cli {
namespace {

std::string describe_grid(const std::vector<core::Axis>& axes) {
  std::string sticks;
  std::string bounds;
  for (const core::Axis& axis : axes) {
    sticks += fmt::format("{}{}", sticks.empty() ? "" : "x", axis.sticks);
    bounds += fmt::format("{}{}:{}", bounds.empty() ? "" : ",", axis.lower, axis.upper);
  }
  return fmt::format("--sticks {} --bounds {}", sticks, bounds);
}

bool same_axes(const std::vector<core::Axis>& a, const std::vector<core::Axis>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const core::Axis& x, const core::Axis& y) {
                      return x.sticks == y.sticks && x.lower == y.lower && x.upper == y.upper;
                    });
}

// Another circuit altogether has no parts to be compared.
void check_comparable(const hw::Manifest& old, const Prepared& prepared, const Options& options) {
  const std::string name = core::printable(*options.update, 200);
  const std::string asked = hw::to_string(options.topology);
  if (old.design.realization != asked) {
    throw core::InputError(
        fmt::format("--update {}: that deck is of --realization {}, and {} was "
                    "asked for; write --realization {}",
                    name, old.design.realization, asked, old.design.realization));
  }
  if (old.system.dynamics != prepared.system.dynamics) {
    throw core::InputError(fmt::format("--update {}: that deck is {}; write --dynamics {}", name,
                                       core::to_string(old.system.dynamics),
                                       core::to_string(old.system.dynamics)));
  }
  const bool both = old.source && prepared.model;
  if (both && !same_axes(old.source->axes, prepared.model->data.grid().axes())) {
    throw core::InputError(fmt::format(
        "--update {}: that deck's grid is {}, the new one {}; write {}", name,
        describe_grid(old.source->axes), describe_grid(prepared.model->data.grid().axes()),
        describe_grid(old.source->axes)));
  }
  if (old.system.size() == prepared.system.size() &&
      old.system.outputs() == prepared.system.outputs()) {
    return;
  }
  throw core::InputError(fmt::format(
      "--update {}: that deck has {} coordinates and {} output(s), the new model {} and {}; only "
      "decks of one grid can be compared",
      name, old.system.size(), old.system.outputs(), prepared.system.size(),
      prepared.system.outputs()));
}

Eigen::VectorXd offsets_of(const hw::Manifest& manifest) {
  Eigen::VectorXd offset = Eigen::VectorXd::Zero(manifest.system.outputs());
  for (const netlist::Probe& probe : manifest.design.probes) {
    if (probe.kind == netlist::Probe::Kind::position) offset(probe.output) = probe.offset;
  }
  return offset;
}

Options with_scales_of(const hw::Manifest& old, const Options& options) {
  Options kept = options;
  const netlist::Scales& scales = old.design.scales;
  kept.scales = {scales.time_s, scales.impedance_ohm, scales.position_v, scales.voltage_v};
  return kept;
}

const char* to_string(hw::PartChange::What what) {
  switch (what) {
    case hw::PartChange::What::changed:
      return "changed";
    case hw::PartChange::What::added:
      return "added";
    case hw::PartChange::What::removed:
      return "removed";
  }
  return "";
}

Json comparison_to_json(const hw::DesignComparison& comparison) {
  Json json = {{"kept", comparison.kept}, {"groups", Json::object()}, {"parts", Json::array()}};
  for (const hw::PartChange& change : comparison.changes) {
    Json& group = json["groups"][change.group];
    if (group.is_null()) group = {{"changed", 0}, {"added", 0}, {"removed", 0}};
    group[to_string(change.what)] = group[to_string(change.what)].get<int>() + 1;
    json["parts"].push_back({{"part", change.part},
                             {"group", change.group},
                             {"what", to_string(change.what)},
                             {"unit", change.unit},
                             {"before", change.before ? Json(*change.before) : Json(nullptr)},
                             {"after", change.after ? Json(*change.after) : Json(nullptr)},
                             {"rewired", change.rewired}});
  }
  return json;
}

}  // namespace

int update_netlist(const Options& options) {
  Progress progress;
  std::optional<CircuitFiles> files;
  if (options.out) files.emplace(options);
  JsonOutput results(options);
  const std::string manifest_path =
      std::filesystem::path(*options.update).replace_extension(".json").string();
  const hw::Manifest old = hw::parse_manifest(
      read_file(manifest_path, "--update needs the old deck's manifest beside it"), manifest_path);
  Options reading = options;
  reading.deck = *options.update;
  reading.manifest = manifest_path;
  const std::string text = read_file(reading.deck, "give a deck that `springspice netlist` wrote");
  const netlist::Circuit before = read_deck(reading, text, old.dialect).circuit;
  if (before.find_definition("ss_array") != nullptr) {
    throw core::InputError(fmt::format(
        "--update {}: that is a test bench, whose parts are in the array's file; give a flat deck",
        core::printable(*options.update, 200)));
  }
  const Prepared prepared = prepare(options, progress);
  check_comparable(old, prepared, options);
  const std::string name =
      std::filesystem::path(options.out.value_or("new.cir")).filename().string();
  const Built built = build_circuit(prepared, with_scales_of(old, options), name, offsets_of(old));
  const hw::DesignComparison comparison =
      hw::compare_designs(before, built.manifest.design.circuit);
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  if (files) files->write(built);
  Json json = make_json();
  json["old"] = *options.update;
  json["update"] = comparison_to_json(comparison);
  results.write(json);
  if (files) files->commit();
  results.commit();
  print_text(options, hw::format_comparison(comparison));
  return 0;
}

}  // namespace springspice::cli
