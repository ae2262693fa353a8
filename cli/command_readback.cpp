// `readback`: a result file of any simulator in model coordinates, beside the model.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/pipeline.hpp"
#include "cli/read_file.hpp"
#include "cli/results.hpp"
#include "core/error.hpp"
#include "core/fit.hpp"
#include "core/table.hpp"
#include "sim/dynamics/stationary_state.hpp"
#include "sim/readback.hpp"
#include "sim/results/result_file.hpp"

namespace springspice::cli {
namespace {

using netlist::Probe;

constexpr std::size_t kShownRows = 12;

std::string join(const std::vector<std::string>& names, std::size_t most = 8) {
  std::string text;
  for (std::size_t k = 0; k < std::min(most, names.size()); ++k) {
    text += (k == 0 ? "" : ", ") + core::printable(names[k]);
  }
  return names.size() <= most ? text : fmt::format("{} and {} more", text, names.size() - most);
}

// ---- predictions

/// A row of --query: yhat as a weighted sum of the readings.
struct Prediction {
  std::string name;  ///< "yhat0", with several outputs "yhat0y1"
  std::vector<double> u;
  int output = 0;
  std::vector<std::pair<std::size_t, double>> weights;  ///< reading, weight

  double at(std::span<const double> values) const {
    double sum = 0.0;
    for (const auto& [k, weight] : weights) sum += weight * values[k];
    return sum;
  }
};

/// Which reading each node's position of this output is.
std::vector<std::size_t> find_positions(const sim::Readback& readback, int output) {
  std::vector<std::size_t> places;
  for (std::size_t k = 0; k < readback.readings().size(); ++k) {
    const Probe& probe = *readback.readings()[k].probe;
    if (probe.kind != Probe::Kind::position || probe.output != output) continue;
    const auto node = static_cast<std::size_t>(probe.coordinate);
    if (places.size() <= node) places.resize(node + 1);
    places[node] = k;
  }
  return places;
}

std::vector<Prediction> read_queries(const Options& options, const hw::Manifest& manifest,
                                     const sim::Readback& readback) {
  std::vector<Prediction> predictions;
  if (!options.query) return predictions;
  if (!manifest.source) {
    throw UsageError("--query: the manifest's system was given as matrices, which have no inputs");
  }
  const core::Grid grid(manifest.source->axes);
  core::ColumnChoice columns;
  for (const core::Axis& axis : grid.axes()) columns.inputs.push_back(axis.name);
  columns.no_targets = true;
  core::Table table(*options.query, columns);
  const auto outputs = static_cast<int>(manifest.system.outputs());
  std::vector<double> u(grid.dimension());
  core::Stencil stencil;
  while (table.next(u, {})) {
    grid.locate(u, stencil);
    for (int p = 0; p < outputs; ++p) {
      if (!readback.has_all_positions(p)) continue;
      const std::vector<std::size_t> places = find_positions(readback, p);
      Prediction prediction;
      prediction.name =
          fmt::format("yhat{}{}", table.row() - 1, outputs == 1 ? "" : fmt::format("y{}", p + 1));
      prediction.u = u;
      prediction.output = p;
      for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
        prediction.weights.emplace_back(places[static_cast<std::size_t>(stencil.nodes[c])],
                                        stencil.weights[c]);
      }
      predictions.push_back(std::move(prediction));
    }
  }
  if (predictions.empty()) {
    throw core::InputError(fmt::format(
        "--query: a prediction takes all positions of an output, and the record lacks the nodes {}",
        join(readback.missing())));
  }
  return predictions;
}

// ---- the record

class CoordinateWriter {
 public:
  CoordinateWriter(const Options& options, const sim::Readback& readback,
                   const std::vector<Prediction>& predictions)
      : file_(*options.out) {
    std::string header = "time";
    for (const sim::Reading& reading : readback.readings()) header += "," + reading.name;
    for (const Prediction& prediction : predictions) header += "," + prediction.name;
    file_.write(header + "\n");
  }

  void write(double time, std::span<const double> values,
             const std::vector<Prediction>& predictions) {
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "{}", time);
    for (const double value : values) fmt::format_to(std::back_inserter(line_), ",{}", value);
    for (const Prediction& prediction : predictions) {
      fmt::format_to(std::back_inserter(line_), ",{}", prediction.at(values));
    }
    line_ += '\n';
    file_.write(line_);
  }
  void finish() { file_.finish(); }
  void commit() { file_.commit(); }

 private:
  OutputFile file_;
  std::string line_;
};

/// What is left when the record has been read.
struct Record {
  std::size_t points = 0;
  std::size_t before_start = 0;
  double first = 0.0, last = 0.0;  ///< model time
  std::vector<double> values;      ///< at the last point
};

Record read_record(sim::ResultFile& file, const sim::Problem& problem, sim::Readback& readback,
                   Progress& progress,
                   const std::function<void(double, std::span<const double>)>& on_point) {
  Record record;
  record.values.resize(readback.readings().size());
  double time_s = 0.0;
  while (file.next(time_s, record.values)) {
    progress.count("points", file.points());
    if (!readback.convert(time_s, record.values)) {
      ++record.before_start;
      continue;
    }
    record.last = time_s / problem.design.scales.time_s;
    if (record.points++ == 0) record.first = record.last;
    on_point(record.last, record.values);
  }
  if (record.points == 0) {
    throw core::InputError(fmt::format(
        "the record ends before t = 0, at {} s: the run begins there; shift the times", time_s));
  }
  return record;
}

/// Expected standard deviation of a reading where the model has noise and a stationary state.
std::optional<dynamics::StationaryState> find_noise(const sim::Problem& problem,
                                                    const sim::Analysis& analysis) {
  if (!(problem.system.kT > 0.0)) return std::nullopt;
  try {
    return dynamics::solve_stationary_state(problem.system, analysis.null_space, analysis.modes);
  } catch (const core::ParameterError&) {
    return std::nullopt;  // none, or too large for it
  }
}

double expected_spread(const dynamics::StationaryState& noise, const Probe& probe) {
  const Eigen::MatrixXd& moments = probe.kind == Probe::Kind::position ? noise.xx : noise.vv;
  return std::sqrt(std::max(0.0, moments(probe.coordinate, probe.coordinate)));
}

// ---- the report

struct Findings {
  const sim::ResultFile& file;
  const sim::Problem& problem;
  const sim::Readback& readback;
  const Record& record;
  const std::vector<Prediction>& predictions;
  const std::optional<sim::RecordComparison>& comparison;
  const std::optional<dynamics::StationaryState>& noise;
  std::string obstacle;  ///< why there is no comparison
  bool has_more = false;

  double relative(std::size_t k) const {
    return comparison->distances()[k].largest / comparison->unit(readback.readings()[k]);
  }
  double rms(std::size_t k) const {
    return std::sqrt(comparison->distances()[k].squares /
                     static_cast<double>(comparison->points())) /
           comparison->unit(readback.readings()[k]);
  }
  double worst() const {
    double worst = 0.0;
    for (std::size_t k = 0; k < readback.readings().size(); ++k) {
      worst = std::max(worst, relative(k));
    }
    return worst;
  }
};

std::string format_comparison(const Findings& findings) {
  const std::vector<sim::Reading>& readings = findings.readback.readings();
  std::vector<std::size_t> order(readings.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return findings.relative(a) > findings.relative(b);
  });
  std::string text = fmt::format(
      "\nagainst the exact noise-free motion, largest {:.3g} of the range\n"
      "  {:>12} {:>12} {:>12} {:>12} {:>14}\n",
      findings.worst(), "coordinate", "largest", "rms", "at time", "last value");
  for (std::size_t i = 0; i < std::min(kShownRows, order.size()); ++i) {
    const std::size_t k = order[i];
    text += fmt::format("  {:>12} {:12.3g} {:12.3g} {:12.6g} {:14.8g}\n", readings[k].name,
                        findings.relative(k), findings.rms(k),
                        findings.comparison->distances()[k].at, findings.record.values[k]);
  }
  if (order.size() > kShownRows) {
    text += fmt::format("  ... {} in all; --json lists them\n", order.size());
  }
  return text;
}

std::string format_noise(const Findings& findings) {
  if (!(findings.problem.system.kT > 0.0)) return {};
  if (!findings.noise) {
    return "the model has noise (kT > 0), and no stationary state to hold it against\n";
  }
  double spread = 0.0;
  for (const sim::Reading& reading : findings.readback.readings()) {
    if (reading.probe->kind != Probe::Kind::position) continue;
    spread = std::max(spread, expected_spread(*findings.noise, *reading.probe));
  }
  return fmt::format(
      "the model has noise (kT = {:g}): where it is in the record, positions stray by a standard "
      "deviation of up to {:.3g} of the range\n",
      findings.problem.system.kT, spread / findings.problem.range);
}

std::string format_findings(const Findings& findings) {
  const Record& record = findings.record;
  std::string text =
      fmt::format("{}: {} points from {:.6g} to {:.6g} of model time, {} of {} coordinates\n",
                  findings.file.format(), record.points, record.first, record.last,
                  findings.readback.readings().size(), findings.problem.design.probes.size());
  if (record.before_start > 0) {
    text += fmt::format("{} points before t = 0 were left out\n", record.before_start);
  }
  if (findings.has_more) text += "further plots follow in the file; the first transient was read\n";
  if (!findings.readback.missing().empty()) {
    text += fmt::format("not recorded: the nodes {}\n", join(findings.readback.missing()));
  }
  text += findings.comparison ? format_comparison(findings)
                              : fmt::format("not compared: {}\n", findings.obstacle);
  text += format_noise(findings);
  if (!findings.predictions.empty()) {
    text += fmt::format("\npredictions at time {:.6g}\n", record.last);
  }
  for (std::size_t k = 0; k < std::min(kShownRows, findings.predictions.size()); ++k) {
    const Prediction& prediction = findings.predictions[k];
    text += fmt::format("  {:>12} {:14.8g}\n", prediction.name, prediction.at(record.values));
  }
  if (findings.predictions.size() > kShownRows) {
    text += fmt::format("  ... {} in all; --json lists them\n", findings.predictions.size());
  }
  return text;
}

Json coordinates_to_json(const Findings& findings) {
  Json list = Json::array();
  for (std::size_t k = 0; k < findings.readback.readings().size(); ++k) {
    const sim::Reading& reading = findings.readback.readings()[k];
    Json entry = {{"name", reading.name},
                  {"node", reading.probe->node},
                  {"last", number(findings.record.values[k])}};
    if (findings.comparison) {
      entry["largest"] = number(findings.relative(k));
      entry["rms"] = number(findings.rms(k));
      entry["at"] = number(findings.comparison->distances()[k].at);
      entry["unit"] = number(findings.comparison->unit(reading));
    }
    if (findings.noise)
      entry["noise_std"] = number(expected_spread(*findings.noise, *reading.probe));
    list.push_back(std::move(entry));
  }
  return list;
}

Json findings_to_json(const Findings& findings, const std::optional<double>& limit) {
  Json json = make_json();
  json["format"] = findings.file.format();
  json["points"] = findings.record.points;
  json["before_start"] = findings.record.before_start;
  json["time"] = {{"first", number(findings.record.first)}, {"last", number(findings.record.last)}};
  json["missing"] = findings.readback.missing();
  json["has_more_plots"] = findings.has_more;
  json["largest"] = findings.comparison ? number(findings.worst()) : Json(nullptr);
  json["limit"] = number(limit);
  if (!findings.comparison) json["obstacle"] = findings.obstacle;
  json["kT"] = number(findings.problem.system.kT);
  json["coordinates"] = coordinates_to_json(findings);
  if (findings.predictions.empty()) return json;
  json["predictions"] = Json::array();
  for (const Prediction& prediction : findings.predictions) {
    json["predictions"].push_back({{"name", prediction.name},
                                   {"u", prediction.u},
                                   {"output", prediction.output + 1},
                                   {"yhat", number(prediction.at(findings.record.values))}});
  }
  return json;
}

void require_some_readings(const sim::ResultFile& file, const sim::Readback& readback,
                           const Options& options, const hw::Manifest& manifest) {
  if (!readback.readings().empty()) return;
  throw core::InputError(fmt::format(
      "{} is of another circuit than {}, which was written for '{}': it holds {}, and none of the "
      "nodes {}; give the right one with --manifest, or name the columns after the nodes",
      core::printable(options.record, 200), core::printable(*options.manifest, 200),
      core::printable(manifest.deck, 200), join(file.columns()), join(readback.missing())));
}

}  // namespace

int run_readback(const Options& options) {
  Progress progress;
  JsonOutput results(options);
  const std::string text =
      read_file(*options.manifest,
                "`springspice netlist` writes the manifest beside the deck, --manifest names it");
  const hw::Manifest manifest = hw::parse_manifest(text, *options.manifest);
  const sim::Problem problem = make_problem(manifest, {}, options.record);
  const std::unique_ptr<sim::ResultFile> file = sim::open_results(options.record);
  sim::Readback readback(problem, file->columns());
  require_some_readings(*file, readback, options, manifest);
  std::vector<std::size_t> columns;
  for (const sim::Reading& reading : readback.readings()) columns.push_back(reading.column);
  file->select(std::move(columns));

  const std::vector<Prediction> predictions = read_queries(options, manifest, readback);
  std::optional<CoordinateWriter> writer;
  if (options.out) writer.emplace(options, readback, predictions);
  const sim::Analysis analysis = sim::analyse(problem.system);
  std::optional<sim::RecordComparison> comparison;
  std::string obstacle;
  if (sim::ExactTrajectory::available(problem.system, analysis.modes)) {
    comparison.emplace(problem, analysis, readback);
  } else {
    obstacle = fmt::format("without modes the exact motion is taken up to {} coordinates",
                           sim::kExponentialLimit);
    if (options.limit) throw UsageError("--limit: " + obstacle);
  }
  const Record record = read_record(*file, problem, readback, progress,
                                    [&](double time, std::span<const double> values) {
                                      if (comparison) comparison->add(time, values);
                                      if (writer) writer->write(time, values, predictions);
                                    });
  const std::optional<dynamics::StationaryState> noise = find_noise(problem, analysis);
  const Findings findings{*file,      problem, readback, record,          predictions,
                          comparison, noise,   obstacle, file->has_more()};
  if (writer) writer->finish();
  results.write(findings_to_json(findings, options.limit));
  if (writer) writer->commit();
  results.commit();
  std::string report = format_findings(findings);
  const bool passed = !options.limit || findings.worst() <= *options.limit;
  if (options.limit) {
    report += fmt::format("\nlimit {:g} of the range: {}\n", *options.limit,
                          passed ? "kept" : "exceeded");
  }
  print_text(options, report);
  return passed ? 0 : 1;
}

}  // namespace springspice::cli
