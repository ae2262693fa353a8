// `simulate`: numerical trajectories and ensembles, the stationary state, likelihoods.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "cli/analysis.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/pages/simulate_page.hpp"
#include "cli/pipeline.hpp"
#include "cli/record.hpp"
#include "cli/statistics_output.hpp"
#include "core/error.hpp"
#include "core/fit.hpp"
#include "sim/dynamics/kalman_filter.hpp"
#include "sim/dynamics/observed_path.hpp"
#include "sim/dynamics/path_recorder.hpp"
#include "sim/dynamics/start_sampler.hpp"
#include "sim/dynamics/stationary_analysis.hpp"

namespace springspice::cli {
namespace {

using namespace dynamics;
using Eigen::Index;
using Eigen::MatrixXd;

// Listed times of --statistics, and the values that they and a covariance may take.
constexpr std::uint64_t kTimes = 200;
constexpr double kSeriesValues = 4e6;
constexpr double kCovarianceValues = 4e6;
// Paths of this many bytes are recorded one after the other, smaller ones side by side.
constexpr double kSideBySideBytes = 1e8;

// Single starts are drawn run by run; `prepare` need not.
Prepared prepare_simulation(const Options& options, Progress& progress) {
  Options without_draw = options;
  if (options.x0 == "stationary" || options.x0 == "random") without_draw.x0 = "zero";
  return prepare(without_draw, progress);
}

std::unique_ptr<StartSampler> make_sampler(const Options& options, const Prepared& prepared,
                                           const std::optional<core::Modes>& modes) {
  const core::SecondOrderSystem& system = prepared.system;
  if (options.x0 == "stationary") {
    return make_stationary_start(system, prepared.null_space, modes, options.seed);
  }
  if (options.x0 != "random") return make_given_start(prepared.initial);
  std::vector<double> spread(static_cast<std::size_t>(system.outputs()), 1.0);
  for (std::size_t p = 0; prepared.model && p < spread.size(); ++p) {
    spread[p] = prepared.model->data.spread(p);
  }
  return make_random_start(system, spread, options.seed);
}

Times choose_simulation_times(const Options& options, const Prepared& prepared,
                              const std::optional<core::Modes>& modes) {
  if (options.dt && options.t_end) return {*options.dt, *options.t_end};
  return choose_times(options,
                      core::compute_time_scales(prepared.system, prepared.null_space, modes));
}

PathPlan make_plan(const Options& options, const Times& times) {
  const SimulateOptions& s = options.simulate;
  PathPlan plan;
  plan.seed = options.seed;
  plan.runs = s.runs;
  plan.threads = s.threads;
  // A quotient that rounding left just above a whole number is that number.
  const double steps = std::ceil(times.end / times.step * (1.0 - 1e-12));
  if (!(steps < 1e18)) {
    throw UsageError(
        fmt::format("--t-end {} in steps of --dt {}: more than 10^18 steps; give a "
                    "longer --dt, which `exact` and `midpoint` take",
                    times.end, times.step));
  }
  plan.steps = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(steps));
  plan.every = s.every.value_or(options.out ? 1 : (plan.steps + kTimes - 1) / kTimes);
  plan.steps = (plan.steps + plan.every - 1) / plan.every * plan.every;
  plan.in_order = options.out.has_value();
  return plan;
}

PathStatistics make_statistics(const Options& options, const Prepared& prepared,
                               const PathPlan& plan, double step) {
  const core::SecondOrderSystem& system = prepared.system;
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const Index rows = overdamped ? system.size() : 2 * system.size();
  MatrixXd reference = MatrixXd::Zero(rows, system.outputs());
  std::optional<QuadraticLoss> loss;
  double constant = 0.0;
  if (prepared.model) {
    reference.topRows(system.size()) = core::solve_fit(system, prepared.null_space);
    loss.emplace(prepared.model->data, reference.topRows(system.size()));
    constant = core::potential_constant(prepared.model->data, prepared.model->parameters);
  }
  PathStatistics::Request request;
  request.stride = std::max<std::uint64_t>(1, (plan.samples() + kTimes - 1) / kTimes);
  const double interval = step * static_cast<double>(plan.every);
  request.pooled_from = plan.samples() - 1;
  if (const std::optional<double> from = options.simulate.average_from) {
    const double first = std::ceil(*from / interval * (1.0 - 1e-12));
    if (first > static_cast<double>(request.pooled_from)) {
      throw UsageError(fmt::format("--average-from {} lies behind the end, {:.6g}", *from,
                                   interval * static_cast<double>(request.pooled_from)));
    }
    request.pooled_from = static_cast<std::uint64_t>(first);
  }
  const auto values = static_cast<double>(rows * system.outputs());
  request.coordinates_in_time = values * static_cast<double>(kTimes) <= kSeriesValues;
  request.covariance = values * static_cast<double>(rows) <= kCovarianceValues;
  return PathStatistics(system, reference, std::move(loss), constant, plan, request);
}

// The file of the paths, with what writes it.
struct Recording {
  OutputFile file;
  std::unique_ptr<PathWriter> writer;
  PathRecorder recorder;

  Recording(const Options& options, const core::SecondOrderSystem& system, const PathPlan& plan,
            double step)
      : file(*options.out),
        writer(make_path_writer(path_format_of(*options.out),
                                make_layout(system, plan.runs, plan.samples()),
                                [this](std::string_view bytes) { file.write(bytes); })),
        recorder(*writer, system, plan, step) {}
};

std::uint64_t choose_ahead(const core::SecondOrderSystem& system, const PathPlan& plan) {
  const double bytes = 16.0 * static_cast<double>(system.size() * system.outputs()) *
                       static_cast<double>(plan.samples());
  return plan.in_order && bytes > kSideBySideBytes ? 1 : 0;
}

int run_ensemble(const Options& options, const Prepared& prepared,
                 const std::optional<core::Modes>& modes, Progress& progress) {
  const core::SecondOrderSystem& system = prepared.system;
  const Times times = choose_simulation_times(options, prepared, modes);
  PathPlan plan = make_plan(options, times);
  plan.ahead = choose_ahead(system, plan);
  const auto integrator = make_integrator(options.simulate.scheme, system, modes, times.step);
  const auto start = make_sampler(options, prepared, modes);
  const double interval = times.step * static_cast<double>(plan.every);
  PathStatistics statistics = make_statistics(options, prepared, plan, times.step);
  std::optional<Recording> recording;
  if (options.out) recording.emplace(options, system, plan, times.step);
  std::optional<OutputFolder> folder;
  if (options.simulate.statistics) folder.emplace(*options.simulate.statistics, "--statistics");
  JsonOutput results(options);
  RecordOutput record(options);
  std::vector<PathObserver*> observers = {&statistics};
  if (recording) observers.push_back(&recording->recorder);

  PathHooks hooks;
  hooks.start = [&](std::uint64_t run, MatrixXd& theta) { start->draw(run, theta); };
  hooks.on_progress = [&](double share) { progress.show("simulate", share); };
  hooks.stop = [] { return interrupted(); };
  Simulation simulation{integrator->name(), times.step, interval, plan.runs, plan.steps, 0.0, true};
  simulation.pooled_from = interval * static_cast<double>(statistics.pooled_from());
  {
    const InterruptGuard guard;
    simulation.complete = run_paths(*integrator, system.outputs(), plan, hooks, observers);
  }
  if (folder) write_statistics(*folder, simulation, system, statistics);
  results.write(statistics_to_json(simulation, system, statistics));
  if (record) record.write(make_simulate_page(options, prepared, simulation, statistics));
  // A file of paths promises its rows in its header: one that is cut short is none.
  if (recording && simulation.complete) recording->file.finish();
  if (folder) folder->commit(kStatisticsFiles);
  if (recording && simulation.complete) recording->file.commit();
  results.commit();
  record.commit();
  print_text(options, format_statistics(simulation, system, statistics));
  if (!simulation.complete) {
    print_remark(recording ? "interrupted: statistics so far are kept, marked partial; the file of "
                             "paths is not written"
                           : "interrupted: statistics so far are kept, marked partial");
  }
  return 0;
}

int print_stationary(const Options& options, const Prepared& prepared,
                     const std::optional<core::Modes>& modes) {
  JsonOutput results(options);
  RecordOutput record(options);
  const StationaryAnalysis analysis =
      analyse_stationary_state(prepared.system, prepared.null_space, modes);
  results.write(stationary_to_json(analysis, prepared.system));
  if (record) record.write(make_stationary_page(options, prepared, analysis));
  results.commit();
  record.commit();
  print_text(options, format_stationary(analysis, prepared.system));
  return 0;
}

// What --x0 says of the first time in the table, before anything is seen.
GaussianStart make_filter_start(const Options& options, const Prepared& prepared,
                                const std::optional<core::Modes>& modes) {
  const core::SecondOrderSystem& system = prepared.system;
  if (options.x0 == "stationary") {
    return make_start(solve_stationary_state(system, prepared.null_space, modes));
  }
  GaussianStart start = make_start(prepared.initial);
  if (options.x0 != "random") return start;
  throw UsageError(
      "--likelihood with --x0 random: say what is known of the first time in the table: "
      "stationary, "
      "zero, or a file with the state");
}

int print_likelihood(const Options& options, const Prepared& prepared,
                     const std::optional<core::Modes>& modes, Progress& progress) {
  JsonOutput results(options);
  RecordOutput record(options);
  const GaussianStart start = make_filter_start(options, prepared, modes);
  const std::vector<ObservedPath> paths = read_observed_paths(
      *options.simulate.likelihood, prepared.system, options.simulate.measurement_noise);
  LikelihoodSummary summary;
  for (const ObservedPath& path : paths) {
    summary.add(filter_path(prepared.system, path, start));
    progress.show("paths", static_cast<double>(summary.paths) / static_cast<double>(paths.size()));
  }
  results.write(likelihood_to_json(summary));
  if (record) record.write(make_likelihood_page(options, summary));
  results.commit();
  record.commit();
  print_text(options, format_likelihood(summary));
  return 0;
}

}  // namespace

int run_simulate(const Options& options) {
  if (options.out) path_format_of(*options.out);  // known before the data are read
  Progress progress;
  const Prepared prepared = prepare_simulation(options, progress);
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  const std::optional<core::Modes> modes =
      core::compute_modes(prepared.system, prepared.null_space);
  if (options.simulate.stationary) return print_stationary(options, prepared, modes);
  if (options.simulate.likelihood) return print_likelihood(options, prepared, modes, progress);
  return run_ensemble(options, prepared, modes, progress);
}

}  // namespace springspice::cli
