#include "sim/thermo/pooled_work.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::thermo {
namespace {

// From here on Bennett's error bar covers Gaussian work (work_estimators.hpp).
constexpr double kLeastOverlap = 5.0;

}  // namespace

void check_work(std::span<const double> work, const char* what) {
  if (work.empty()) {
    throw core::ParameterError(fmt::format("there are no {} runs; an estimate needs some", what));
  }
  for (std::size_t i = 0; i < work.size(); ++i) {
    if (std::isfinite(work[i])) continue;
    throw core::ParameterError(
        fmt::format("the work of {} run {} is {}; it must be a finite number", what, i, work[i]));
  }
}

PooledWork pool(std::span<const double> forward, std::span<const double> reverse) {
  check_work(forward, "forward");
  check_work(reverse, "reverse");
  PooledWork pooled;
  pooled.forward = forward.size();
  pooled.reverse = reverse.size();
  pooled.x.assign(forward.begin(), forward.end());
  for (const double work : reverse) pooled.x.push_back(-work);
  pooled.log_ratio =
      std::log(static_cast<double>(pooled.forward) / static_cast<double>(pooled.reverse));
  const auto [least, greatest] = std::minmax_element(pooled.x.begin(), pooled.x.end());
  pooled.least = *least;
  pooled.greatest = *greatest;
  return pooled;
}

double logistic(double z) {
  const double small = std::exp(-std::abs(z));
  return (z < 0.0 ? small : 1.0) / (1.0 + small);
}

std::string explain_overlap(const PooledWork& pooled, double overlap) {
  if (overlap >= kLeastOverlap) return {};
  const std::string why = fmt::format(
      "forward and reverse work hardly overlap ({:.2g} runs' worth where {:g} are needed)", overlap,
      kLeastOverlap);
  const double more = kLeastOverlap / overlap;
  if (!(more < 1e6)) return why + "; give a slower ramp, or go there in several";
  return fmt::format("{}; give some {:.2g} forward and {:.2g} reverse runs, or a slower ramp", why,
                     std::ceil(more * static_cast<double>(pooled.forward)),
                     std::ceil(more * static_cast<double>(pooled.reverse)));
}

}  // namespace springspice::thermo
