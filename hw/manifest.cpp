#include "hw/manifest.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "hw/error.hpp"
#include "hw/json_reader.hpp"

namespace springspice::hw {
namespace {

// Keys in the order in which they are written: the same manifest, the same bytes.
using Json = nlohmann::ordered_json;
using Reader = JsonReader;
using core::Dynamics;
using core::NoiseModel;
using netlist::Probe;

Json matrix_to_json(const core::SparseMatrix& matrix) {
  Json entries = Json::array();
  for (Eigen::Index column = 0; column < matrix.outerSize(); ++column) {
    for (core::SparseMatrix::InnerIterator it(matrix, column); it; ++it) {
      if (it.row() >= it.col()) entries.push_back({it.row(), it.col(), it.value()});
    }
  }
  return entries;
}

Json dense_to_json(const Eigen::MatrixXd& matrix) {
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    Json row = Json::array();
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) row.push_back(matrix(i, j));
    rows.push_back(std::move(row));
  }
  return rows;
}

Json matrices_to_json(const core::SecondOrderSystem& system) {
  Json json;
  if (system.dynamics == Dynamics::underdamped) json["M"] = matrix_to_json(system.M);
  json["D"] = matrix_to_json(system.D);
  json["K"] = matrix_to_json(system.K);
  json["f"] = dense_to_json(system.f);
  return json;
}

Json grid_to_json(const Manifest& manifest) {
  if (!manifest.source) return nullptr;
  Json grid = {{"sticks", Json::array()},
               {"lower", Json::array()},
               {"upper", Json::array()},
               {"inputs", Json::array()},
               {"outputs", manifest.source->outputs}};
  for (const core::Axis& axis : manifest.source->axes) {
    grid["sticks"].push_back(axis.sticks);
    grid["lower"].push_back(axis.lower);
    grid["upper"].push_back(axis.upper);
    grid["inputs"].push_back(axis.name);
  }
  return grid;
}

Json parameters_to_json(const Manifest& manifest) {
  Json json = {{"kT", manifest.system.kT},
               {"noise_model", core::to_string(manifest.system.noise_model)}};
  if (manifest.system.stick_mass) json["stick_mass"] = *manifest.system.stick_mass;
  if (!manifest.source) return json;
  const core::Parameters& p = manifest.source->parameters;
  json["mass"] = p.mass;
  json["spring"] = p.spring;
  json["friction"] = p.friction;
  json["mass_is"] = p.mass_is_total ? "total" : "stick";
  json["spring_is"] = p.spring_is_total ? "total" : "point";
  json["neighbor_spring"] = p.neighbor_spring;
  json["pin_spring"] = p.pin_spring;
  json["pin_level"] = p.pin_level ? Json(*p.pin_level) : Json(nullptr);
  return json;
}

Json probes_to_json(const netlist::Design& design) {
  Json probes = Json::array();
  for (const Probe& probe : design.probes) {
    probes.push_back({{"node", probe.node},
                      {"kind", probe.kind == Probe::Kind::position ? "position" : "velocity"},
                      {"quantity", probe.quantity == Probe::Quantity::voltage ? "voltage" : "flux"},
                      {"index", probe.index},
                      {"output", probe.output},
                      {"gain", probe.gain},
                      {"offset", probe.offset}});
  }
  return probes;
}

Json noise_to_json(const netlist::Design& design) {
  Json noise = Json::array();
  for (const netlist::NoiseSource& source : design.noise) {
    Json incidence = Json::array();
    for (const netlist::Incidence& entry : source.incidence) {
      incidence.push_back({entry.where, entry.weight});
    }
    noise.push_back({{"source", source.name},
                     {"incidence", std::move(incidence)},
                     {"density", source.density}});
    if (source.own) noise.back()["own"] = true;
  }
  return noise;
}

Json readouts_to_json(const netlist::Design& design) {
  Json readouts = Json::array();
  for (const netlist::Readout& readout : design.readouts) {
    Json weights = Json::array();
    for (const auto& [coordinate, weight] : readout.weights)
      weights.push_back({coordinate, weight});
    readouts.push_back({{"node", readout.node},
                        {"kind", readout.kind == Probe::Kind::position ? "position" : "velocity"},
                        {"query", readout.query},
                        {"output", readout.output},
                        {"gain", readout.gain},
                        {"offset", readout.offset},
                        {"weights", std::move(weights)}});
  }
  return readouts;
}

// One line a key, and one line an item of the long lists: compact, and still fit for a diff.
std::string format_lines(const Json& json) {
  std::string text = "{";
  for (const auto& [key, value] : json.items()) {
    text += fmt::format("{}\n\"{}\": ", text.size() > 1 ? "," : "", key);
    if (!value.is_array()) {
      text += value.dump(-1, ' ', true);
      continue;
    }
    const char* separator = "[\n  ";
    for (const Json& item : value) {
      text += separator + item.dump(-1, ' ', true);
      separator = ",\n  ";
    }
    text += value.empty() ? "[]" : "\n]";
  }
  return text + "\n}\n";
}

core::SparseMatrix read_matrix(const Reader& reader, int size) {
  std::vector<Eigen::Triplet<double>> entries;
  std::set<std::pair<int, int>> seen;
  for (const Reader& item : reader.items()) {
    const std::vector<Reader> parts = item.items();
    if (parts.size() != 3) item.fail("[row, column, value]");
    const int row = parts[0].integer(0, size - 1);
    const int column = parts[1].integer(0, row);
    const double value = parts[2].number();
    if (!seen.emplace(row, column).second) item.fail("an entry that is there once");
    entries.emplace_back(row, column, value);
    if (row != column) entries.emplace_back(column, row, value);
  }
  core::SparseMatrix matrix(size, size);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

Eigen::MatrixXd read_dense(const Reader& reader, Eigen::Index rows, Eigen::Index columns) {
  const std::vector<Reader> items = reader.items();
  if (static_cast<Eigen::Index>(items.size()) != rows) reader.fail(fmt::format("{} rows", rows));
  Eigen::MatrixXd matrix(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const std::vector<Reader> row = items[static_cast<std::size_t>(i)].items();
    if (static_cast<Eigen::Index>(row.size()) != columns) {
      items[static_cast<std::size_t>(i)].fail(fmt::format("{} values", columns));
    }
    for (Eigen::Index j = 0; j < columns; ++j) {
      matrix(i, j) = row[static_cast<std::size_t>(j)].number();
    }
  }
  return matrix;
}

void read_matrices(const Reader& json, int size, Eigen::Index outputs,
                   core::SecondOrderSystem& system) {
  if (system.dynamics == Dynamics::underdamped) system.M = read_matrix(json.at("M"), size);
  system.D = read_matrix(json.at("D"), size);
  system.K = read_matrix(json.at("K"), size);
  system.f = read_dense(json.at("f"), size, outputs);
}

void read_system(const Reader& root, Manifest& manifest) {
  core::SecondOrderSystem& system = manifest.system;
  const Reader json = root.at("system");
  const std::vector<Reader> force = json.at("f").items();
  if (force.empty()) json.at("f").fail("one row a coordinate");
  const int size = static_cast<int>(force.size());
  const auto outputs = static_cast<Eigen::Index>(force.front().items().size());
  system.dynamics = root.at("dynamics").choice({"underdamped", "overdamped"}) == 0
                        ? Dynamics::underdamped
                        : Dynamics::overdamped;
  const bool underdamped = system.dynamics == Dynamics::underdamped;
  read_matrices(json, size, outputs, system);
  const Reader parameters = root.at("parameters");
  system.kT = parameters.at("kT").number();
  if (system.kT < 0.0) parameters.at("kT").fail("a thermal energy, 0 or more");
  system.noise_model = parameters.at("noise_model").choice({"fdt", "diagonal"}) == 0
                           ? NoiseModel::fdt
                           : NoiseModel::diagonal;
  if (parameters.has("stick_mass")) system.stick_mass = parameters.at("stick_mass").number();
  manifest.initial.x = read_dense(root.at("initial").at("x"), size, outputs);
  manifest.initial.v = read_dense(root.at("initial").at("v"), underdamped ? size : 0, outputs);
}

std::vector<core::Axis> read_axes(const Reader& grid) {
  const std::vector<Reader> sticks = grid.at("sticks").items();
  const std::vector<Reader> lower = grid.at("lower").items();
  const std::vector<Reader> upper = grid.at("upper").items();
  const std::vector<Reader> inputs = grid.at("inputs").items();
  if (lower.size() != sticks.size() || upper.size() != sticks.size() ||
      inputs.size() != sticks.size()) {
    grid.fail("lists of equal length in sticks, lower, upper and inputs");
  }
  std::vector<core::Axis> axes;
  for (std::size_t b = 0; b < sticks.size(); ++b) {
    axes.push_back(
        {inputs[b].text(), sticks[b].integer(1, 1 << 30), lower[b].number(), upper[b].number()});
  }
  return axes;
}

void read_source(const Reader& root, Manifest& manifest) {
  manifest.system.shape = {static_cast<int>(manifest.system.size())};
  const Reader grid = root.at("grid");
  if (grid.is_null()) return;
  ModelSource source;
  source.axes = read_axes(grid);
  for (const Reader& name : grid.at("outputs").items()) source.outputs.push_back(name.text());
  try {
    const core::Grid checked(source.axes);
    if (checked.node_count() != manifest.system.size() ||
        static_cast<Eigen::Index>(source.outputs.size()) != manifest.system.outputs()) {
      grid.fail("a grid with as many nodes as the system has coordinates");
    }
    manifest.system.shape = checked.shape();
  } catch (const core::ParameterError& error) {
    grid.fail(fmt::format("a grid that can be ({})", error.what()));
  }
  const Reader json = root.at("parameters");
  core::Parameters& p = source.parameters;
  p.mass = json.at("mass").number();
  p.spring = json.at("spring").number();
  p.friction = json.at("friction").number();
  p.kT = manifest.system.kT;
  p.mass_is_total = json.at("mass_is").choice({"stick", "total"}) == 1;
  p.spring_is_total = json.at("spring_is").choice({"point", "total"}) == 1;
  p.neighbor_spring = json.at("neighbor_spring").number();
  p.pin_spring = json.at("pin_spring").number();
  if (!json.at("pin_level").is_null()) p.pin_level = json.at("pin_level").number();
  p.dynamics = manifest.system.dynamics;
  p.noise_model = manifest.system.noise_model;
  manifest.source = std::move(source);
}

netlist::NoiseSource read_noise(const Reader& item) {
  netlist::NoiseSource source{item.at("source").text(), {}, item.at("density").number()};
  if (source.density < 0.0) item.at("density").fail("a density, 0 or more");
  for (const Reader& entry : item.at("incidence").items()) {
    const std::vector<Reader> pair = entry.items();
    if (pair.size() != 2) entry.fail("[element or node, weight]");
    source.incidence.push_back({pair[0].text(), pair[1].number()});
  }
  if (source.incidence.empty()) {
    item.at("incidence").fail("at least one [element or node, weight]: where the source acts");
  }
  source.own = item.has("own") && item.at("own").flag();
  return source;
}

netlist::Readout read_readout(const Reader& item, int size, int outputs) {
  netlist::Readout readout;
  readout.node = item.at("node").text();
  readout.kind = item.at("kind").choice({"position", "velocity"}) == 0 ? Probe::Kind::position
                                                                       : Probe::Kind::velocity;
  readout.query = item.at("query").integer(0, std::numeric_limits<int>::max());
  readout.output = item.at("output").integer(0, outputs - 1);
  readout.gain = item.at("gain").gain();
  readout.offset = item.at("offset").number();
  for (const Reader& entry : item.at("weights").items()) {
    const std::vector<Reader> pair = entry.items();
    if (pair.size() != 2) entry.fail("[coordinate, weight]");
    readout.weights.emplace_back(pair[0].integer(0, size - 1), pair[1].number());
  }
  if (readout.weights.empty()) {
    item.at("weights").fail("at least one [coordinate, weight]: what the node shows");
  }
  return readout;
}

void read_deck_noise(const Reader& root, Manifest& manifest) {
  if (!root.has("deck_noise")) return;
  const Reader json = root.at("deck_noise");
  DeckNoise noise;
  const bool pwl = json.at("kind").choice({"trnoise", "pwl"}) == 1;
  noise.kind = pwl ? DeckNoise::Kind::pwl : DeckNoise::Kind::trnoise;
  noise.step_s = json.at("step_s").positive();
  if (pwl) noise.file = json.at("file").text();
  if (pwl) noise.seed = json.at("seed").whole();
  manifest.deck_noise = noise;
}

// Optional: manifests of large decks have none.
void read_names(const Reader& root, Manifest& manifest) {
  if (!root.has("names")) return;
  for (const Reader& item : root.at("names").items()) {
    const std::vector<Reader> parts = item.items();
    if (parts.size() != 2) item.fail("[name, colour]");
    const std::string digits = parts[1].text();
    std::uint64_t colour = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), colour, 16);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.size() != 16) {
      parts[1].fail("16 hexadecimal digits");
    }
    manifest.names.push_back({parts[0].text(), colour});
  }
}

void read_design(const Reader& root, Manifest& manifest) {
  netlist::Design& design = manifest.design;
  const int size = static_cast<int>(manifest.system.size());
  const int outputs = static_cast<int>(manifest.system.outputs());
  design.realization = root.at("realization").text();
  design.has_operating_point = root.at("operating_point").choice({"no", "yes"}) == 1;
  const Reader scales = root.at("scales");
  design.scales = {scales.at("time_s").positive(), scales.at("impedance_ohm").positive(),
                   scales.at("voltage_v").positive(), scales.at("energy_j").positive(),
                   scales.at("position_v").positive()};
  for (const Reader& item : root.at("probes").items()) {
    Probe probe;
    probe.node = item.at("node").text();
    probe.kind = item.at("kind").choice({"position", "velocity"}) == 0 ? Probe::Kind::position
                                                                       : Probe::Kind::velocity;
    probe.quantity = item.at("quantity").choice({"voltage", "flux"}) == 0 ? Probe::Quantity::voltage
                                                                          : Probe::Quantity::flux;
    int coordinate = 0;
    const std::vector<Reader> index = item.at("index").items();
    if (index.size() != manifest.system.shape.size()) item.at("index").fail("one index an axis");
    for (std::size_t b = 0; b < index.size(); ++b) {
      probe.index.push_back(index[b].integer(0, manifest.system.shape[b] - 1));
      coordinate = coordinate * manifest.system.shape[b] + probe.index.back();
    }
    probe.coordinate = coordinate;
    probe.output = item.at("output").integer(0, outputs - 1);
    probe.gain = item.at("gain").gain();
    probe.offset = item.at("offset").number();
    design.probes.push_back(std::move(probe));
  }
  for (const Reader& item : root.at("ports").items()) {
    design.ports.push_back({item.at("node").text(), item.at("coordinate").integer(0, size - 1),
                            item.at("output").integer(0, outputs - 1), item.at("gain").gain()});
  }
  for (const Reader& item : root.at("noise").items()) design.noise.push_back(read_noise(item));
  if (root.has("readouts")) {
    for (const Reader& item : root.at("readouts").items()) {
      design.readouts.push_back(read_readout(item, size, outputs));
    }
  }
  if (root.has("posterior")) {
    manifest.posterior_mean = read_dense(root.at("posterior").at("mean"), size, outputs);
  }
}

}  // namespace

std::string format_manifest(const Manifest& manifest) {
  const netlist::Scales& scales = manifest.design.scales;
  const core::SecondOrderSystem& system = manifest.system;
  Json json;
  json["springspice"] = manifest.version;
  json["deck"] = manifest.deck;
  json["realization"] = manifest.design.realization;
  json["dialect"] = manifest.dialect;
  json["dynamics"] = core::to_string(system.dynamics);
  json["grid"] = grid_to_json(manifest);
  json["parameters"] = parameters_to_json(manifest);
  json["scales"] = {{"time_s", scales.time_s},
                    {"impedance_ohm", scales.impedance_ohm},
                    {"voltage_v", scales.voltage_v},
                    {"energy_j", scales.energy_j},
                    {"position_v", scales.position_v}};
  json["system"] = matrices_to_json(system);
  if (manifest.ideal) json["ideal"] = matrices_to_json(*manifest.ideal);
  json["initial"] = {{"x", dense_to_json(manifest.initial.x)},
                     {"v", dense_to_json(manifest.initial.v)}};
  json["range"] = manifest.range;
  json["time"] = {{"step", manifest.step}, {"end", manifest.end}};
  json["operating_point"] = manifest.design.has_operating_point ? "yes" : "no";
  json["probes"] = probes_to_json(manifest.design);
  json["ports"] = Json::array();
  for (const netlist::Port& port : manifest.design.ports) {
    json["ports"].push_back({{"node", port.node},
                             {"coordinate", port.coordinate},
                             {"output", port.output},
                             {"gain", port.gain}});
  }
  json["noise"] = noise_to_json(manifest.design);
  if (!manifest.design.readouts.empty()) json["readouts"] = readouts_to_json(manifest.design);
  if (manifest.posterior_mean) {
    json["posterior"] = {{"mean", dense_to_json(*manifest.posterior_mean)}};
  }
  if (manifest.deck_noise) {
    const DeckNoise& noise = *manifest.deck_noise;
    json["deck_noise"] = {{"kind", to_string(noise.kind)}, {"step_s", noise.step_s}};
    if (noise.kind == DeckNoise::Kind::pwl) {
      json["deck_noise"]["file"] = noise.file;
      json["deck_noise"]["seed"] = noise.seed;
    }
  }
  for (const netlist::NameColour& name : manifest.names) {
    json["names"].push_back({name.name, fmt::format("{:016x}", name.colour)});
  }
  return format_lines(json);
}

Manifest parse_manifest(const std::string& text, const std::string& name) {
  const Json json = parse_json(text, name);
  const Reader root(json, name, "; write the manifest anew with `springspice netlist`");
  Manifest manifest;
  manifest.version = root.at("springspice").text();
  manifest.deck = root.at("deck").text();
  manifest.dialect = root.at("dialect").text();
  read_system(root, manifest);
  read_source(root, manifest);
  try {
    core::check_system(manifest.system);
  } catch (const core::InputError& error) {
    throw RealizationError(fmt::format("{}.system: {}", name, error.what()));
  }
  if (root.has("ideal")) {
    manifest.ideal = manifest.system;
    read_matrices(root.at("ideal"), static_cast<int>(manifest.system.size()),
                  manifest.system.outputs(), *manifest.ideal);
  }
  manifest.range = root.at("range").positive();
  manifest.step = root.at("time").at("step").positive();
  manifest.end = root.at("time").at("end").positive();
  read_design(root, manifest);
  read_deck_noise(root, manifest);
  read_names(root, manifest);
  return manifest;
}

}  // namespace springspice::hw
