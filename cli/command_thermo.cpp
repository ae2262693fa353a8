// `thermo`: what a change from outside costs, exactly and along trajectories; entropy; the learning
// barrier as published, and as it is.
#include <cmath>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/pages/thermo_page.hpp"
#include "cli/record.hpp"
#include "cli/thermo_output.hpp"
#include "sim/dynamics/stationary_state.hpp"

namespace springspice::cli {
namespace {

constexpr double kRelaxationTimes = 5.0;
constexpr std::uint64_t kBarrierRows = 200;

// A CSV of text that is small beside the work that made it.
class TextOutput {
 public:
  TextOutput(const std::optional<std::string>& path, const char* option) {
    if (path) file_.emplace(*path, option);
  }
  explicit operator bool() const { return file_.has_value(); }
  void write(const std::string& text) {
    file_->write(text);
    file_->finish();
  }
  void commit() {
    if (file_) file_->commit();
  }

 private:
  std::optional<OutputFile> file_;
};

void require_temperature(const Options& options) {
  const double kT = options.parameters.kT;
  if (kT > 0.0 && std::isfinite(kT)) return;
  if (kT != 0.0) {
    throw UsageError(fmt::format("--kT is {}; it must be a finite number above 0", kT));
  }
  throw UsageError(
      "thermo at temperature 0: free energies and entropies are those of thermal motion; give --kT "
      "or --temperature-K");
}

double choose_relaxation(const Options& options, const Prepared& prepared, bool wanted) {
  if (options.thermo.relaxation) return *options.thermo.relaxation;
  if (!wanted || prepared.null_space.dimension() > 0) return 0.0;
  const core::TimeScales scales =
      core::compute_time_scales(prepared.system, prepared.null_space,
                                core::compute_modes(prepared.system, prepared.null_space));
  return kRelaxationTimes * scales.relaxation_time.value_or(0.0);
}

thermo::StudyRequest make_request(const Options& options, double relaxation, Progress& progress) {
  thermo::StudyRequest request;
  request.seed = options.seed;
  request.runs = options.thermo.runs;
  request.threads = options.thermo.threads;
  request.scheme = options.thermo.scheme;
  request.relaxation = relaxation;
  request.on_progress = [&progress](double share) { progress.show("paths", share); };
  request.stop = [] { return interrupted(); };
  return request;
}

// A stopped run proves nothing.
report::Page mark_partial(report::Page page) {
  if (!interrupted()) return page;
  page.verdict = report::Verdict::none;
  page.summary = "Interrupted: what follows is of the paths so far. " + page.summary;
  return page;
}

int run_study(const Options& options, const Prepared& prepared, Progress& progress) {
  if (options.thermo.curve && prepared.system.size() > dynamics::kLyapunovLimit) {
    throw UsageError(fmt::format(
        "--curve: the moments along time are dense, and {} coordinates are more than {}; leave it "
        "out, or give fewer --sticks",
        prepared.system.size(), dynamics::kLyapunovLimit));
  }
  JsonOutput results(options);
  TextOutput work(options.thermo.work, "--work");
  TextOutput curve(options.thermo.curve, "--curve");
  RecordOutput record(options);
  const thermo::Protocol protocol = make_protocol(options, prepared, progress);
  const double relaxation = choose_relaxation(options, prepared, curve || record);
  thermo::Study study;
  {
    const InterruptGuard guard;
    study = thermo::study_protocol(protocol, make_request(options, relaxation, progress));
  }
  if (curve) curve.write(format_moments_csv(*study.forward));
  if (work && study.trajectories) work.write(format_work_csv(*study.trajectories));
  Json json = study_to_json(options, protocol, study);
  if (curve) json["entropy"] = entropy_to_json(*study.forward);
  if (interrupted()) json["partial"] = true;
  results.write(json);
  if (record) record.write(mark_partial(make_thermo_page(options, protocol, study)));
  curve.commit();
  record.commit();
  if (study.trajectories) work.commit();
  results.commit();
  print_text(options, format_study(options, protocol, study));
  if (interrupted()) {
    print_remark(study.trajectories ? "interrupted: these are the paths so far"
                                    : "interrupted before there were paths both ways: the exact "
                                      "results alone");
  }
  return study.passed() ? 0 : 1;
}

// A system whose own noise keeps it from equilibrium: no free energy, but entropy along its way.
int run_entropy(const Options& options, const Prepared& prepared, Progress& progress) {
  JsonOutput results(options);
  TextOutput curve(options.thermo.curve, "--curve");
  RecordOutput record(options);
  const thermo::Protocol protocol = make_protocol(options, prepared, progress);
  const thermo::WorkMoments moments =
      thermo::compute_work_moments(protocol, choose_relaxation(options, prepared, true));
  if (curve) curve.write(format_moments_csv(moments));
  Json json = make_json();
  json["entropy"] = entropy_to_json(moments);
  results.write(json);
  if (record) record.write(make_entropy_page(moments));
  curve.commit();
  record.commit();
  results.commit();
  print_text(options,
             "--noise-model diagonal: no equilibrium, so no free energy, and Jarzynski's equality "
             "does not hold; from Boltzmann's distribution on\n" +
                 format_entropy(moments));
  return 0;
}

double average_second_half(const thermo::PaperBarrier& barrier) {
  const double half = barrier.rows.back().time / 2.0;
  double sum = 0.0;
  std::size_t count = 0;
  for (const thermo::BarrierRow& row : barrier.rows) {
    if (row.time < half) continue;
    sum += row.loss;
    ++count;
  }
  return sum / static_cast<double>(count);
}

int run_paper(const Options& options, const Prepared& prepared, Progress& progress) {
  if (!prepared.model) {
    throw UsageError("--barrier paper needs --data: its work counts in stick masses");
  }
  JsonOutput results(options);
  TextOutput curve(options.thermo.curve, "--curve");
  RecordOutput record(options);
  const core::DataSprings& data = prepared.model->data;
  const core::Parameters& parameters = prepared.model->parameters;
  thermo::PaperSettings settings;
  settings.seed = options.seed;
  settings.runs = options.thermo.runs;
  settings.threads = options.thermo.threads;
  settings.low = options.thermo.low;
  settings.high = options.thermo.high;
  settings.step = options.dt.value_or(settings.step);
  settings.t_end = options.t_end.value_or(settings.t_end);
  settings.rows = kBarrierRows;
  settings.on_progress = [&progress](double share) { progress.show("paths", share); };
  settings.stop = [] { return interrupted(); };
  const double targets = static_cast<double>(data.count() * data.outputs());
  const double loss_unit = core::spring_stiffness(parameters, data.count()) * targets / 2.0;
  thermo::PaperBarrier barrier;
  {
    const InterruptGuard guard;
    barrier = thermo::compute_paper_barrier(
        prepared.system, core::potential_constant(data, parameters), loss_unit, settings);
  }
  if (barrier.work.empty()) {
    print_remark("interrupted before a path came to its end: nothing is written");
    return 0;
  }
  const PaperOutput output{barrier, prepared.system, parameters.friction,
                           average_second_half(barrier)};
  if (curve) curve.write(format_paper_csv(barrier, prepared.system.kT));
  results.write(paper_to_json(output));
  if (record) record.write(mark_partial(make_paper_page(output)));
  curve.commit();
  record.commit();
  results.commit();
  print_text(options, format_paper(output));
  return 0;
}

}  // namespace

int run_thermo(const Options& options) {
  require_temperature(options);
  Progress progress;
  const Prepared prepared = prepare(options, progress);
  if (options.thermo.barrier == ThermoOptions::Barrier::paper) {
    return run_paper(options, prepared, progress);
  }
  const bool equilibrium = prepared.system.noise_model == core::NoiseModel::fdt;
  return equilibrium ? run_study(options, prepared, progress)
                     : run_entropy(options, prepared, progress);
}

}  // namespace springspice::cli
