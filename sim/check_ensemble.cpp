// `ensemble`: many runs of the circuit, each with a noise path of its own; their end states against
// the Gaussian that the Langevin equation gives at that time,
//
//     z = (x, v) ~ N(m(t), Sigma(t)),   m = F z0 + d,   Sigma = integral exp(A s) Q exp(A^T s) ds
//
// by the tests of statistics.hpp. And `ergodicity`: the time averages of the energies along one
// long run against the ensemble's averages.
//
// The step is halved until what sampling and the trapezoidal rule do to m and Sigma, known exactly
// (core/moments.hpp), is a tenth of what the test could see at all.
#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/moments.hpp"
#include "sim/ensemble.hpp"
#include "sim/harness.hpp"
#include "sim/replay.hpp"
#include "sim/stamped.hpp"
#include "sim/statistics.hpp"
#include "sim/transient_comparison.hpp"

namespace springspice::sim {
namespace {

using core::State;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A true hypothesis fails one time in a thousand; with a given seed it does so always or never.
constexpr double kLevel = 1e-3;
// Of one output; matrices of twice this order are propagated.
constexpr Eigen::Index kMostCoordinates = 300;
// exp(-12) of a second moment is left; a start far from the fit takes longer, see settling_time().
constexpr double kRelaxations = 6.0;
constexpr double kInvisible = 0.1;
constexpr int kMostHalvings = 12;
constexpr double kLongRelaxations = 400.0;
constexpr double kMostLongSteps = 200'000.0;
constexpr double kSamplesARelaxation = 20.0;

// (x, v) of each output, one after the other.
VectorXd stack(const State& state) {
  const Eigen::Index nu = state.x.rows();
  const Eigen::Index n = nu + state.v.rows();
  VectorXd z(n * state.x.cols());
  for (Eigen::Index p = 0; p < state.x.cols(); ++p) {
    z.segment(p * n, nu) = state.x.col(p);
    z.segment(p * n + nu, n - nu) = state.v.col(p);
  }
  return z;
}

struct Gaussian {
  VectorXd mean;
  MatrixXd covariance;  ///< of one output
};

struct Drift {
  MatrixXd A, b, B;
};

Drift make_drift(const core::SecondOrderSystem& system) {
  const core::LangevinSystem langevin = core::make_langevin(system);
  return {langevin.A, langevin.b, langevin.B};
}

Gaussian solve_exactly(const Problem& problem, const Drift& drift, double t) {
  const core::Moments moments =
      core::propagate_moments(drift.A, drift.b, drift.B * drift.B.transpose(), t);
  const MatrixXd start = stack(problem.initial).reshaped(drift.A.rows(), problem.system.outputs());
  return {(moments.propagator * start + moments.drift).reshaped(), moments.covariance};
}

// The mean of the runs: the rule itself, without noise, from the start on.
VectorXd replay_mean(const Problem& problem, double step, double steps) {
  Replay replay(problem.system, problem.initial);
  RuleBook rules = make_rule_book(step);
  const StepGrid grid{.step_s = step};
  for (int k = 1; k <= grid.start_steps; ++k) {
    replay.step_to(k * grid.start_fraction * step, rules.next(replay.time()));
  }
  for (double k = 1.0; k <= steps; ++k) replay.step_to(k * step, rules.next(replay.time()));
  return stack(replay.state());
}

// By how many standard deviations of the statistics the step shifts them (statistics.hpp).
double find_shift(const Problem& problem, const Drift& drift, const Gaussian& exact, double step,
                  double steps, double runs) {
  const Eigen::LLT<MatrixXd> factor(exact.covariance);
  if (factor.info() != Eigen::Success) return std::numeric_limits<double>::infinity();
  const MatrixXd sampled =
      core::trapezoidal_covariance(drift.A, drift.B, step, static_cast<std::uint64_t>(steps));
  const MatrixXd half = factor.matrixL().solve(sampled - exact.covariance);
  const MatrixXd E = factor.matrixL().solve(half.transpose());
  const auto outputs = static_cast<double>(problem.system.outputs());
  const double n = static_cast<double>(drift.A.rows()) * outputs;
  const double of_covariance = runs * outputs * E.squaredNorm() / 2.0 / std::sqrt(n * (n + 1.0));
  const MatrixXd off = (replay_mean(problem, step, steps) - exact.mean)
                           .reshaped(drift.A.rows(), problem.system.outputs());
  const double of_mean =
      runs * MatrixXd(factor.matrixL().solve(off)).squaredNorm() / std::sqrt(2.0 * n);
  return std::max(of_covariance, of_mean);
}

// ---- the energies, per output and degree of freedom

struct EnergyMeter {
  const core::SecondOrderSystem& system;
  const MatrixXd& fit;

  double kinetic(const State& state) const {
    return 0.5 * state.v.cwiseProduct(system.M * state.v).sum() / count();
  }
  double potential(const State& state) const {
    const MatrixXd off = state.x - fit;
    return 0.5 * off.cwiseProduct(system.K * off).sum() / count();
  }
  double count() const { return static_cast<double>(fit.size()); }
};

// In it the start's energy falls to exp(-12) kT too.
double settling_time(const Checker& checker) {
  const EnergyMeter meter{checker.problem.system, checker.analysis.fit};
  const State& start = checker.problem.initial;
  double energy = meter.potential(start);
  if (start.v.size() > 0) energy += meter.kinetic(start);
  const double excess = std::max(0.0, energy * meter.count() / checker.problem.system.kT);
  return (kRelaxations + 0.5 * std::log1p(excess)) * *checker.analysis.scales.relaxation_time;
}

struct Schedule {
  double step = 0.0;
  double steps = 0.0;
  double shift = 0.0;
};

Schedule choose_schedule(const Checker& checker, const Drift& drift, const Gaussian& exact,
                         double t) {
  Schedule schedule;
  const auto runs = static_cast<double>(checker.ensemble.runs);
  double steps = std::max(8.0, std::ceil(t / checker.problem.step));
  for (int k = 0; k <= kMostHalvings; ++k, steps *= 2.0) {
    const double step = t / steps;
    schedule = {step, steps, find_shift(checker.problem, drift, exact, step, steps, runs)};
    if (schedule.shift <= kInvisible) return schedule;
  }
  return schedule;
}

struct Average {
  double sum = 0.0, squares = 0.0;
  std::size_t count = 0;
  void add(double value) {
    sum += value;
    squares += value * value;
    ++count;
  }
  double mean() const { return sum / static_cast<double>(count); }
  double error() const {
    const auto n = static_cast<double>(count);
    return std::sqrt(std::max(0.0, squares / n - mean() * mean()) / (n - 1.0));
  }
};

// ---- the runs

Run make_run(const Checker& checker, Harness& harness, const Schedule& schedule) {
  const double tau = checker.problem.design.scales.time_s;
  harness.add_options("method=trap trtol=1e12");
  harness.add_flux_integrators();
  TransientRun transient;
  transient.grid = StepGrid{.step_s = schedule.step * tau};
  transient.stop_s = schedule.steps * schedule.step * tau;
  transient.noise = harness.add_noise(checker.seed, schedule.step * tau);
  transient.only_last = true;
  return {harness.deck(), transient, harness.vectors()};
}

struct EnsembleResult {
  CovarianceTest::Result test;
  Average kinetic, potential;
  EnsembleSummary summary;
};

EnsembleResult run_all(Checker& checker, const Gaussian& exact, const Schedule& schedule) {
  const Problem& problem = checker.problem;
  const Eigen::Index n = exact.covariance.rows();
  MatrixXd covariance = MatrixXd::Zero(exact.mean.size(), exact.mean.size());
  for (Eigen::Index p = 0; p < problem.system.outputs(); ++p) {
    covariance.block(p * n, p * n, n, n) = exact.covariance;
  }
  CovarianceTest test(exact.mean, covariance);
  const EnergyMeter meter{problem.system, checker.analysis.fit};
  const bool overdamped = problem.system.dynamics == core::Dynamics::overdamped;
  Harness harness(checker);
  const Run run = make_run(checker, harness, schedule);
  EnsembleOptions options;
  options.runs = checker.ensemble.runs;
  options.workers = checker.ensemble.workers;
  options.engine = checker.ensemble.engine;
  options.on_progress = checker.ensemble.on_progress;
  EnsembleResult result{};
  std::vector<std::complex<double>> row(run.vectors.size());
  result.summary =
      run_ensemble(run, options, [&](std::uint64_t number, std::span<const double> values) {
        std::copy(values.begin(), values.end(), row.begin());
        const State state = harness.read(row);
        test.add(stack(state));
        if (!overdamped) result.kinetic.add(meter.kinetic(state));
        result.potential.add(meter.potential(state));
        if (checker.ensemble.on_end) checker.ensemble.on_end(number, state);
      });
  checker.points +=
      static_cast<std::size_t>(result.summary.runs) * static_cast<std::size_t>(schedule.steps);
  checker.engine_wall_s += result.summary.wall_s;
  result.test = test.result();
  return result;
}

Check judge_ensemble(const Checker& checker, const EnsembleResult& result, const Schedule& schedule,
                     double t) {
  Check check;
  check.name = "ensemble";
  check.sense = Check::Sense::at_least;
  check.limit = kLevel;
  check.origin = "level of the test: the true model falls below it for one seed in a thousand";
  check.value = std::min(1.0, 2.0 * std::min(result.test.mean_p, result.test.covariance_p));
  decide(check);
  const double kT = checker.problem.system.kT;
  std::string energy;
  if (result.kinetic.count > 0) {
    energy = fmt::format("; kinetic energy {:.4f}({:.4f}) of kT/2 a degree of freedom",
                         2.0 * result.kinetic.mean() / kT, 2.0 * result.kinetic.error() / kT);
  }
  check.detail = fmt::format(
      "{} runs to t = {:.4g} in {:.0f} steps against the exact mean (chi^2 {:.1f}, p = {:.3f}) and "
      "covariance (likelihood ratio {:.1f}, p = {:.3f}); the step shifts these by {:.2g} standard "
      "deviations{}{}",
      result.summary.runs, t, schedule.steps, result.test.mean_statistic, result.test.mean_p,
      result.test.covariance_statistic, result.test.covariance_p, schedule.shift, energy,
      result.summary.repeated == 0
          ? ""
          : fmt::format("; {} runs failed once and were repeated", result.summary.repeated));
  return check;
}

// ---- one long run

struct Series {
  std::vector<double> kinetic, potential;
};

Series run_long(Checker& checker, const Schedule& schedule, double relaxation, double steps) {
  const double tau = checker.problem.design.scales.time_s;
  const EnergyMeter meter{checker.problem.system, checker.analysis.fit};
  const bool overdamped = checker.problem.system.dynamics == core::Dynamics::overdamped;
  Harness harness(checker);
  Run run = make_run(checker, harness, {schedule.step, steps, 0.0});
  auto& transient = std::get<TransientRun>(run.analysis);
  transient.only_last = false;
  // A path of its own: no run of the ensemble has this number.
  transient.noise->run = checker.ensemble.runs;
  const double spacing =
      std::max(1.0, std::floor(relaxation / kSamplesARelaxation / schedule.step));
  const double settling = settling_time(checker);
  Series series;
  checker.run(run, [&](double time_s, std::span<const std::complex<double>> values) {
    const double time = time_s / tau;
    const double k = std::round(time / schedule.step);
    if (time < settling || std::fmod(k, spacing) != 0.0) return;
    const State state = harness.read(values);
    if (!overdamped) series.kinetic.push_back(meter.kinetic(state));
    series.potential.push_back(meter.potential(state));
  });
  return series;
}

Check check_ergodicity(Checker& checker, const EnsembleResult& ensemble, const Schedule& schedule,
                       double t) {
  Check check;
  check.name = "ergodicity";
  check.sense = Check::Sense::at_least;
  check.limit = kLevel;
  check.origin = "level of the test: a true agreement falls below it for one seed in a thousand";
  const double relaxation = *checker.analysis.scales.relaxation_time;
  if (checker.analysis.null_space.dimension() > 0) {
    check.detail = "positions have no steady state: K is singular";
    return check;
  }
  const double settling = settling_time(checker);
  if (t < (1.0 - 1e-9) * settling) {
    check.detail = fmt::format(
        "the ensemble ends at t = {:.4g}, before its steady state; give "
        "--t-end {:.4g} or more",
        t, settling);
    return check;
  }
  const double steps =
      std::min(kMostLongSteps, std::ceil(kLongRelaxations * relaxation / schedule.step));
  const Series series = run_long(checker, schedule, relaxation, steps);
  const double kT = checker.problem.system.kT;
  double p = 1.0;
  int tests = 0;
  const auto compare = [&](const char* name, const std::vector<double>& values,
                           const Average& average) {
    if (values.empty()) return;
    const Autocorrelation time = compute_autocorrelation(values);
    const double z = (time.mean - average.mean()) / std::hypot(time.error, average.error());
    p = std::min(p, std::erfc(std::abs(z) / std::sqrt(2.0)));
    ++tests;
    check.detail +=
        fmt::format("{}{} energy {:.4f}({:.4f}) of kT/2, the ensemble's {:.4f}({:.4f})",
                    check.detail.empty() ? "" : "; ", name, 2.0 * time.mean / kT,
                    2.0 * time.error / kT, 2.0 * average.mean() / kT, 2.0 * average.error() / kT);
  };
  try {
    compare("kinetic", series.kinetic, ensemble.kinetic);
    compare("potential", series.potential, ensemble.potential);
  } catch (const core::ParameterError& error) {
    check.detail =
        fmt::format("the long run of {:.0f} steps is too short: {}", steps, error.what());
    return check;
  }
  check.value = std::min(1.0, tests * p);
  decide(check);
  check.detail = fmt::format(
      "time averages over {:.0f} relaxation times, errors from the "
      "autocorrelation: {}",
      (steps * schedule.step - settling) / relaxation, check.detail);
  return check;
}

std::string find_reason_against(const Checker& checker) {
  const core::SecondOrderSystem& system = checker.problem.system;
  if (system.kT == 0.0) return "there is no noise: kT is 0";
  if (system.D.norm() == 0.0) return "there is no noise without friction";
  if (!has_noise(checker)) {
    return checker.deck.obstacle().empty() ? checker.deck.noise().obstacle
                                           : checker.deck.obstacle();
  }
  if (system.size() > kMostCoordinates) {
    return fmt::format("{} coordinates (limit: {})", system.size(), kMostCoordinates);
  }
  if (!checker.analysis.scales.relaxation_time) return "nothing relaxes";
  const Eigen::Index n =
      (system.dynamics == core::Dynamics::overdamped ? 1 : 2) * system.size() * system.outputs();
  const long long fewest = CovarianceTest::fewest_samples(n);
  if (static_cast<long long>(checker.ensemble.runs) < fewest) {
    return fmt::format("{} runs are too few for a test of {} numbers; give --paths {} or more",
                       checker.ensemble.runs, n, fewest);
  }
  return {};
}

}  // namespace

std::vector<Check> check_ensemble(Checker& checker) {
  Check none;
  none.name = "ensemble";
  none.sense = Check::Sense::at_least;
  none.limit = kLevel;
  none.detail = find_reason_against(checker);
  if (!none.detail.empty()) return {none};
  const double t = std::min(checker.problem.end, settling_time(checker));
  const Drift drift = make_drift(checker.problem.system);
  const Gaussian exact = solve_exactly(checker.problem, drift, t);
  const Schedule schedule = choose_schedule(checker, drift, exact, t);
  if (!(schedule.shift <= kInvisible)) {
    none.detail = fmt::format(
        "no step is fine enough to be invisible in {} runs (at {:.3g} the test is shifted by "
        "{:.2g} "
        "standard deviations)",
        checker.ensemble.runs, schedule.step, schedule.shift);
    return {none};
  }
  const EnsembleResult result = run_all(checker, exact, schedule);
  return {judge_ensemble(checker, result, schedule, t),
          check_ergodicity(checker, result, schedule, t)};
}

}  // namespace springspice::sim
