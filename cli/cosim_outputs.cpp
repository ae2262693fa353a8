#include "cli/cosim_outputs.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "cli/output_file.hpp"
#include "cli/results.hpp"
#include "core/table.hpp"

namespace springspice::cli {
namespace {

// ",x0_0,x0_1,v0_0,v0_1": names of a state's numbers, in the order of format_state().
std::string state_header(const core::SecondOrderSystem& system, const std::string& suffix) {
  std::string header;
  for (const std::string quantity : {"x", "v"}) {
    if (quantity == "v" && system.dynamics == core::Dynamics::overdamped) continue;
    for (Eigen::Index p = 0; p < system.outputs(); ++p) {
      for (Eigen::Index i = 0; i < system.size(); ++i) {
        header += fmt::format(",{}{}", coordinate_name(system, quantity, i, p), suffix);
      }
    }
  }
  return header;
}

void format_state(const core::State& state, std::string& line) {
  for (const Eigen::MatrixXd* values : {&state.x, &state.v}) {
    for (const double value : values->reshaped()) {
      fmt::format_to(std::back_inserter(line), ",{}", value);
    }
  }
}

// `path`'s run as CSV: time in seconds and in model units, then circuit and model side by side.
class PathWriter {
 public:
  PathWriter(const Options& options, const hw::Manifest& manifest)
      : file_(*options.path, "--path"), tau_(manifest.design.scales.time_s) {
    file_.write("time_s,time" + state_header(manifest.system, "_circuit") +
                state_header(manifest.system, "_model") + "\n");
  }

  void write(double time, const core::State& circuit, const core::State& model) {
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "{},{}", time * tau_, time);
    format_state(circuit, line_);
    format_state(model, line_);
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

// The end states of the ensemble as CSV, one row a run.
class EnsembleWriter {
 public:
  EnsembleWriter(const Options& options, const hw::Manifest& manifest)
      : file_(*options.ensemble, "--ensemble") {
    const std::string header = "run" + state_header(manifest.system, "");
    check_space(options, header);
    file_.write(header + "\n");
  }

  void write(std::uint64_t run, const core::State& state) {
    line_ = fmt::format("{}", run);
    format_state(state, line_);
    line_ += '\n';
    file_.write(line_);
  }
  void finish() { file_.finish(); }
  void commit() { file_.commit(); }

 private:
  // Better known before hours of runs than after.
  static void check_space(const Options& options, const std::string& header) {
    constexpr double kBytesANumber = 20.0;
    const auto columns = static_cast<double>(std::count(header.begin(), header.end(), ','));
    const double wanted = static_cast<double>(options.paths) * columns * kBytesANumber;
    std::error_code error;
    const std::filesystem::path folder =
        std::filesystem::absolute(*options.ensemble, error).parent_path();
    const std::filesystem::space_info space = std::filesystem::space(folder, error);
    if (*options.ensemble == "-" || error || wanted < static_cast<double>(space.available)) return;
    throw OutputError(fmt::format(
        "--ensemble {}: {} paths of {:.0f} numbers take about {:.3g} GB, and {:.3g} GB are free "
        "there; give fewer --paths or another place",
        core::printable(*options.ensemble, 200), options.paths, columns, wanted / 1e9,
        static_cast<double>(space.available) / 1e9));
  }

  OutputFile file_;
  std::string line_;
};

// The spectra as CSV: omega, then circuit and model for each probe.
class SpectrumWriter {
 public:
  explicit SpectrumWriter(const Options& options) : file_(*options.spectrum, "--spectrum") {}

  void write(const sim::SpectrumRow& row) {
    std::string line;
    if (!std::exchange(has_header_, true)) {
      line = "omega";
      for (const std::string& name : row.names) {
        line += fmt::format(",{0}_circuit,{0}_model", name);
      }
      line += '\n';
    }
    line += fmt::format("{}", row.omega);
    for (Eigen::Index r = 0; r < row.circuit.size(); ++r) {
      line += fmt::format(",{},{}", row.circuit(r), row.model(r));
    }
    file_.write(line + '\n');
  }
  void finish() { file_.finish(); }
  void commit() { file_.commit(); }

 private:
  OutputFile file_;
  bool has_header_ = false;
};

}  // namespace

struct CosimOutputs::Files {
  std::unique_ptr<PathWriter> path;
  std::unique_ptr<EnsembleWriter> ensemble;
  std::unique_ptr<SpectrumWriter> spectrum;
};

CosimOutputs::CosimOutputs(const Options& options, const hw::Manifest& manifest)
    : files_(std::make_unique<Files>()) {
  if (options.ensemble) files_->ensemble = std::make_unique<EnsembleWriter>(options, manifest);
  if (options.spectrum) files_->spectrum = std::make_unique<SpectrumWriter>(options);
  if (options.path) files_->path = std::make_unique<PathWriter>(options, manifest);
}

CosimOutputs::~CosimOutputs() = default;

void CosimOutputs::observe(sim::CertifyOptions& options) {
  if (EnsembleWriter* file = files_->ensemble.get()) {
    options.on_end = [file](std::uint64_t run, const core::State& state) {
      file->write(run, state);
    };
  }
  if (SpectrumWriter* file = files_->spectrum.get()) {
    options.on_spectrum = [file](const sim::SpectrumRow& row) { file->write(row); };
  }
  if (PathWriter* file = files_->path.get()) {
    options.on_path = [file](double time, const core::State& circuit, const core::State& model) {
      file->write(time, circuit, model);
    };
  }
}

void CosimOutputs::finish() {
  if (files_->path) files_->path->finish();
  if (files_->ensemble) files_->ensemble->finish();
  if (files_->spectrum) files_->spectrum->finish();
}

void CosimOutputs::commit() {
  if (files_->path) files_->path->commit();
  if (files_->ensemble) files_->ensemble->commit();
  if (files_->spectrum) files_->spectrum->commit();
}

}  // namespace springspice::cli
