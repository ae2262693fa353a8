#include "sim/thermo/work_estimators.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <boost/math/tools/toms748_solve.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "sim/thermo/exponential_mean.hpp"
#include "sim/thermo/pareto_tail.hpp"
#include "sim/thermo/pooled_work.hpp"

namespace springspice::thermo {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// The rule of the header.
constexpr double kLeastEffectiveRuns = 200.0;
constexpr double kHeaviestTail = 0.5;

std::vector<double> weights(std::span<const double> work) {
  const double least = *std::min_element(work.begin(), work.end());
  std::vector<double> out;
  out.reserve(work.size());
  for (const double w : work) out.push_back(std::exp(least - w));
  return out;
}

std::string explain_jarzynski(std::span<const double> work, double needed, double effective) {
  const auto runs = static_cast<double>(work.size());
  if (runs < needed) {
    return fmt::format(
        "{} runs are too few: those that count are {}; give a slower ramp, or forward and reverse "
        "runs for Bennett's estimate",
        work.size(),
        needed > 1e15 ? std::string("rarer than 1 in 1e15")
                      : fmt::format("as rare as 1 in {:.2g}, so it takes more than that", needed));
  }
  if (effective < kLeastEffectiveRuns) {
    return fmt::format(
        "{} runs are too few: {:.3g} of them carry the mean of exp(-w), where {:g} are needed; "
        "give at least {:.2g}, or a slower ramp",
        work.size(), effective, kLeastEffectiveRuns, runs * kLeastEffectiveRuns / effective);
  }
  const double tail = fit_pareto_tail(weights(work));
  if (tail < kHeaviestTail) return {};
  return fmt::format(
      "exp(-w) has so heavy a tail (index {:.2f}, {:g} or more: no finite variance) that its error "
      "bar means nothing, with {} runs or more; give a slower ramp, the reverse direction, or both "
      "for Bennett's estimate",
      tail, kHeaviestTail, work.size());
}

Estimate summarize(const ExponentialMean& mean) {
  Estimate out;
  out.value = -mean.log_mean();
  out.error = mean.error();
  out.bias = 0.5 * out.error * out.error;
  return out;
}

std::string explain_needed(std::size_t runs, double needed) {
  constexpr double kBeyondReach = 1e15;
  if (static_cast<double>(runs) >= needed) return {};
  if (std::isinf(needed)) {
    return "exp(-w) has no finite fourth moment, so no number of runs gives an error bar that can "
           "be "
           "believed; give a slower ramp, or forward and reverse runs for Bennett's estimate";
  }
  return fmt::format(
      "{} runs are too few: {} are needed; give a slower ramp, or forward and reverse runs for "
      "Bennett's estimate",
      runs, needed > kBeyondReach ? std::string("more than 1e15") : fmt::format("{:.2g}", needed));
}

// Sum over all runs of P(forward | x), less n_F: falls with phi, 0 at the estimate.
double excess(const PooledWork& pooled, double phi) {
  double sum = 0.0;
  for (const double x : pooled.x) sum += logistic(pooled.log_ratio + x - phi);
  return sum - static_cast<double>(pooled.forward);
}

// With phi outside of [least, greatest] + ln(n_F/n_R) by more than |ln(n_F/n_R)|, all terms of the
// sum are above n_F/N, or all below.
double solve_bennett(const PooledWork& pooled) {
  const double beyond = std::abs(pooled.log_ratio) + 1.0;
  const double low = pooled.least + pooled.log_ratio - beyond;
  const double high = pooled.greatest + pooled.log_ratio + beyond;
  const double resolution = 4.0 * kEpsilon * (std::abs(low) + std::abs(high));
  const auto close = [&](double a, double b) { return std::abs(b - a) <= resolution; };
  std::uintmax_t iterations = 200;
  const auto [below, above] = boost::math::tools::toms748_solve(
      [&](double phi) { return excess(pooled, phi); }, low, high, close, iterations);
  return below + (above - below) / 2.0;
}

// sum of P(forward | x) P(reverse | x): Fisher's information about phi.
double overlap_at(const PooledWork& pooled, double phi) {
  double sum = 0.0;
  for (const double x : pooled.x) {
    const double z = pooled.log_ratio + x - phi;
    sum += logistic(z) * logistic(-z);
  }
  return sum;
}

}  // namespace

double needed_runs(double dissipated) { return std::exp(std::max(0.0, dissipated)); }

Estimate estimate_jarzynski_known(std::span<const double> reduced_work, double needed) {
  check_work(reduced_work, "Jarzynski's");
  ExponentialMean mean;
  for (const double w : reduced_work) mean.add(w);
  Estimate out = summarize(mean);
  out.obstacle = explain_needed(reduced_work.size(), needed);
  return out;
}

Estimate estimate_jarzynski(std::span<const double> reduced_work, double needed) {
  check_work(reduced_work, "Jarzynski's");
  ExponentialMean mean;
  for (const double w : reduced_work) mean.add(w);
  Estimate out = summarize(mean);
  out.obstacle = explain_jarzynski(reduced_work, needed, mean.effective_count());
  return out;
}

Estimate estimate_bennett(std::span<const double> forward, std::span<const double> reverse) {
  const PooledWork pooled = pool(forward, reverse);
  Estimate out;
  out.value = solve_bennett(pooled);
  const double overlap = overlap_at(pooled, out.value);
  const double variance = 1.0 / overlap - 1.0 / static_cast<double>(pooled.forward) -
                          1.0 / static_cast<double>(pooled.reverse);
  out.error = std::sqrt(std::max(0.0, variance));
  out.obstacle = explain_overlap(pooled, overlap);
  return out;
}

}  // namespace springspice::thermo
