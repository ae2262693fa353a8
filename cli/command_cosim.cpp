// `cosim` and `certify`: the verdict, on a circuit made just now or on a netlist file.
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

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
  void finish() { file_.finish(); }
  void commit() { file_.commit(); }

 private:
  OutputFile file_;
  double tau_;
  std::string line_;
};

std::string read_file(const std::string& path, const char* advice) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  file.peek();  // a folder opens like a file, and fails here
  std::ostringstream text;
  text << file.rdbuf();
  if (!file.is_open() || file.bad()) {
    throw core::InputError(fmt::format("cannot read {}: {}; {}", core::printable(path, 200),
                                       std::generic_category().message(errno), advice));
  }
  return text.str();
}

int report_verdict(const Options& options, const hw::Manifest& manifest, std::string deck,
                   const std::string& deck_name, std::vector<sim::Check> first, Progress& progress,
                   JsonOutput& results) {
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
  report.checks.insert(report.checks.begin(), first.begin(), first.end());
  if (path) path->finish();
  results.write(checks_to_json(report));
  if (path) path->commit();
  results.commit();
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
  JsonOutput results(options);
  const Prepared prepared = prepare(options, progress);
  const Built built = build_circuit(prepared, options, "cosim");
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  return report_verdict(options, built.manifest, built.deck, "cosim", {}, progress, results);
}

int run_certify(const Options& options) {
  Progress progress;
  JsonOutput results(options);
  const std::string& manifest_path = *options.manifest;
  std::string deck = read_file(options.deck, "give a netlist that `springspice netlist` wrote");
  const std::string manifest_text = read_file(
      manifest_path,
      "`springspice netlist` writes the manifest beside the deck, --manifest names another");
  const hw::Manifest manifest = hw::parse_manifest(manifest_text, manifest_path);
  std::vector<sim::Check> first;
  if (options.data) first.push_back(compare_with_data(manifest, options, progress));
  return report_verdict(options, manifest, std::move(deck), options.deck, std::move(first),
                        progress, results);
}

}  // namespace springspice::cli
