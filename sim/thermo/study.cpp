#include "sim/thermo/study.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "sim/dynamics/stationary_state.hpp"

namespace springspice::thermo {
namespace {

constexpr double kStandardErrors = 4.0;
// Below so many runs a mean over its own standard error is not normal at four of them.
constexpr std::size_t kFewestForMean = 100;
// Two sums of the same energies in another order.
constexpr double kRounding = 1e-9;

struct Mean {
  double value = 0.0;
  double error = 0.0;  ///< standard error
};

Mean compute_mean(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double value : values) mean += value / count;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count * std::max(1.0, count - 1.0)))};
}

// What follows from the theory alone: dissipation is never negative, either way.
Agreement check_second_law(const Study& study) {
  const double phi = study.exact.reduced();
  const double forward = study.forward->reduced - phi;
  const double reverse = study.reverse->reduced + phi;
  const double scale = 1.0 + std::abs(phi) + std::abs(study.forward->reduced);
  Agreement agreement;
  agreement.name = "second_law";
  agreement.value = std::min(forward, reverse);
  agreement.limit = -kRounding * scale;
  agreement.at_least = true;
  agreement.detail =
      fmt::format("mean dissipation {:.4g} forward, {:.4g} in reverse (of kT)", forward, reverse);
  return agreement;
}

Agreement compare_mean(const char* name, const std::vector<double>& samples, double exact) {
  const Mean mean = compute_mean(samples);
  Agreement agreement;
  agreement.name = name;
  agreement.limit = kStandardErrors;
  agreement.detail = fmt::format("{:.6g} +- {:.2g} of {} runs; exactly {:.6g}", mean.value,
                                 mean.error, samples.size(), exact);
  if (samples.size() < kFewestForMean) {
    agreement.obstacle = fmt::format("{} runs are too few for a standard error; give at least {}",
                                     samples.size(), kFewestForMean);
  }
  // All runs alike, as where nothing moves: then they must be the exact value.
  const double error = std::max(mean.error, kRounding * (1.0 + std::abs(exact)));
  agreement.value = std::abs(mean.value - exact) / error;
  return agreement;
}

Agreement compare_estimate(const char* name, const Estimate& estimate, double exact) {
  Agreement agreement;
  agreement.name = name;
  agreement.limit = kStandardErrors;
  agreement.obstacle = estimate.obstacle;
  agreement.detail =
      fmt::format("{:.6g} +- {:.2g}; exactly {:.6g}", estimate.value, estimate.error, exact);
  const double error = std::max(estimate.error, kRounding * (1.0 + std::abs(exact)));
  agreement.value = std::abs(estimate.value - estimate.bias - exact) / error;
  return agreement;
}

Agreement check_slope(const CrooksTest& crooks) {
  Agreement agreement;
  agreement.name = "crooks_slope";
  agreement.limit = kStandardErrors;
  agreement.obstacle = crooks.obstacle;
  agreement.detail =
      fmt::format("ln P_F(w) / P_R(-w) has slope {:.5g} +- {:.2g}; Crooks' theorem says 1",
                  crooks.slope, crooks.slope_error);
  agreement.value = std::abs(crooks.slope - 1.0) / crooks.slope_error;
  return agreement;
}

Estimate negate(Estimate estimate) {
  estimate.value = -estimate.value;
  estimate.bias = -estimate.bias;
  return estimate;
}

Trajectories run_both_ways(const Protocol& protocol, const StudyRequest& request) {
  Trajectories result;
  result.scheme = request.scheme.value_or(choose_scheme(protocol));
  WorkPlan plan;
  plan.runs = request.runs;
  plan.threads = request.threads;
  plan.scheme = result.scheme;
  plan.stop = request.stop;
  // The same seed would give forward and reverse the same noise.
  constexpr std::uint64_t kReverse = 0x9E3779B97F4A7C15;
  plan.seed = request.seed;
  plan.on_progress = [&](double share) {
    if (request.on_progress) request.on_progress(share / 2.0);
  };
  result.forward = sample_work(protocol, plan);
  plan.seed = request.seed ^ kReverse;
  plan.on_progress = [&](double share) {
    if (request.on_progress) request.on_progress((1.0 + share) / 2.0);
  };
  result.reverse = sample_work(reverse(protocol), plan);
  return result;
}

Estimate estimate_one_way(const std::vector<double>& work, const std::optional<double>& needed) {
  return needed ? estimate_jarzynski_known(work, *needed) : estimate_jarzynski(work, 0.0);
}

void estimate(const Study& study, Trajectories& runs) {
  const std::vector<double>& w_f = runs.forward.reduced;
  const std::vector<double>& w_r = runs.reverse.reduced;
  runs.jarzynski_forward = estimate_one_way(w_f, study.needed_forward);
  runs.jarzynski_reverse = negate(estimate_one_way(w_r, study.needed_reverse));
  runs.bennett = estimate_bennett(w_f, w_r);
  runs.crooks = test_crooks(w_f, w_r);
}

void compare(const Protocol& protocol, Study& study) {
  const Trajectories& runs = *study.trajectories;
  const double phi = study.exact.reduced();
  std::vector<Agreement>& all = study.agreements;
  // The exact mean is that of exact steps; midpoint's differs to second order in the step, though
  // its <exp(-w)> does not.
  if (study.forward && (runs.scheme == dynamics::Scheme::exact || protocol.steps == 0)) {
    all.push_back(compare_mean("mean_work_forward", runs.forward.reduced, study.forward->reduced));
    all.push_back(compare_mean("mean_work_reverse", runs.reverse.reduced, study.reverse->reduced));
  }
  // A sample that judges itself passes where it has missed what is rare.
  if (study.needed_forward) {
    all.push_back(compare_estimate("jarzynski_forward", runs.jarzynski_forward, phi));
    all.push_back(compare_estimate("jarzynski_reverse", runs.jarzynski_reverse, phi));
  }
  all.push_back(compare_estimate("bennett", runs.bennett, phi));
  all.push_back(compare_estimate("crooks_crossing", runs.crooks.crossing, phi));
  all.push_back(check_slope(runs.crooks));
}

}  // namespace

bool Study::passed() const {
  return std::ranges::all_of(agreements,
                             [](const Agreement& a) { return !a.obstacle.empty() || a.holds(); });
}

Study study_protocol(const Protocol& protocol, const StudyRequest& request) {
  check_protocol(protocol);
  Study study;
  study.exact = compute_free_energy_change(protocol);
  if (protocol.from.system.size() <= dynamics::kLyapunovLimit) {
    study.forward = compute_work_moments(protocol, request.relaxation);
    study.reverse = compute_work_moments(reverse(protocol), 0.0);
    study.agreements.push_back(check_second_law(study));
  }
  if (protocol.from.system.size() <= kWeightsLimit) {
    study.needed_forward = runs_for_jarzynski(protocol);
    study.needed_reverse = runs_for_jarzynski(reverse(protocol));
  }
  if (request.runs == 0) return study;
  Trajectories runs = run_both_ways(protocol, request);
  // Stopped before there was anything to compare.
  if (std::min(runs.forward.reduced.size(), runs.reverse.reduced.size()) < 2) return study;
  estimate(study, runs);
  study.trajectories = std::move(runs);
  compare(protocol, study);
  return study;
}

}  // namespace springspice::thermo
