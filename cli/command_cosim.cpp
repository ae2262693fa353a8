// `cosim` and `certify`: the verdict, on a circuit made just now or on a netlist file.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/pipeline.hpp"
#include "cli/results.hpp"
#include "core/error.hpp"

namespace springspice::cli {
namespace {

// `path`'s run as CSV: time in seconds and in model units, then circuit and model side by side.
class PathWriter {
 public:
  PathWriter(const Options& options, const hw::Manifest& manifest)
      : file_(*options.path, "--path"), tau_(manifest.design.scales.time_s) {
    std::string header = "time_s,time";
    for (const char* side : {"circuit", "model"}) {
      for (const char* quantity : {"x", "v"}) {
        const bool v = quantity[0] == 'v';
        if (v && manifest.system.dynamics == core::Dynamics::overdamped) continue;
        for (Eigen::Index p = 0; p < manifest.system.outputs(); ++p) {
          for (Eigen::Index i = 0; i < manifest.system.size(); ++i) {
            header +=
                fmt::format(",{}{}{}_{}", quantity, manifest.system.label(i),
                            manifest.system.outputs() == 1 ? "" : fmt::format("y{}", p + 1), side);
          }
        }
      }
    }
    file_.write(header + "\n");
  }

  void write(double time, const core::State& circuit, const core::State& model) {
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "{},{}", time * tau_, time);
    for (const core::State* state : {&circuit, &model}) {
      for (const Eigen::MatrixXd* values : {&state->x, &state->v}) {
        for (const double value : values->reshaped()) {
          fmt::format_to(std::back_inserter(line_), ",{}", value);
        }
      }
    }
    line_ += '\n';
    file_.write(line_);
  }
  void commit() { file_.commit(); }

 private:
  OutputFile file_;
  double tau_;
  std::string line_;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file || std::filesystem::is_directory(path)) {
    throw core::InputError(fmt::format("{}: cannot be read", core::printable(path, 200)));
  }
  return text.str();
}

int report_verdict(const Options& options, const hw::Manifest& manifest, std::string deck,
                   const std::string& deck_name, std::vector<sim::Check> first,
                   Progress& progress) {
  sim::CertifyOptions certify;
  certify.seed = options.seed;
  certify.engine.time_limit_s = options.time_limit_s;
  certify.on_progress = [&](const std::string& check, double fraction) {
    progress.show(check, fraction);
  };
  std::optional<PathWriter> path;
  if (options.path) {
    path.emplace(options, manifest);
    certify.on_path = [&](double time, const core::State& circuit, const core::State& model) {
      path->write(time, circuit, model);
    };
  }
  sim::Report report = sim::certify(make_problem(manifest, std::move(deck), deck_name), certify);
  if (path) path->commit();
  report.checks.insert(report.checks.begin(), first.begin(), first.end());
  write_json(options, checks_to_json(report));
  print_text(options, format_checks(report));
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
  return sim::compare_systems(manifest.system, model.system);
}

}  // namespace

int run_cosim(const Options& options) {
  Progress progress;
  const Prepared prepared = prepare(options, progress);
  const Built built = build_circuit(prepared, options, "cosim");
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  return report_verdict(options, built.manifest, built.deck, "cosim", {}, progress);
}

int run_certify(const Options& options) {
  Progress progress;
  const std::string manifest_path = options.manifest.value_or(
      std::filesystem::path(options.deck).replace_extension(".json").string());
  const std::string deck = read_file(options.deck);
  if (!std::filesystem::exists(manifest_path)) {
    throw core::InputError(fmt::format(
        "{}: no such manifest; `springspice netlist` writes it beside the deck, --manifest names "
        "another",
        core::printable(manifest_path, 200)));
  }
  const hw::Manifest manifest = hw::parse_manifest(read_file(manifest_path), manifest_path);
  std::vector<sim::Check> first;
  if (options.data) first.push_back(compare_with_data(manifest, options, progress));
  return report_verdict(options, manifest, deck, options.deck, std::move(first), progress);
}

}  // namespace springspice::cli
