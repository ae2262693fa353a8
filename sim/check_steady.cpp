// `steady`: the settled circuit against the least-squares solution.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/harness.hpp"
#include "sim/settling.hpp"

namespace springspice::sim {
namespace {

// The largest difference of the read-outs from what the settled model shows, of the range.
double measure_readouts(const Checker& checker, const Eigen::VectorXd& shown) {
  const Eigen::MatrixXd& fit = checker.analysis.fit;
  const core::State settled{fit, Eigen::MatrixXd::Zero(fit.rows(), fit.cols())};
  double largest = 0.0;
  for (Eigen::Index k = 0; k < shown.size(); ++k) {
    const netlist::Readout& readout = checker.problem.design.readouts[static_cast<std::size_t>(k)];
    const double difference = std::abs(shown(k) - value_of(readout, settled));
    if (!std::isfinite(difference)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, difference);
  }
  return largest / checker.problem.range;
}

}  // namespace

Check check_steady(Checker& checker) {
  Check check;
  check.name = "steady";
  const bool has_point = checker.problem.design.has_operating_point;
  set_settling_limit(check, has_point);
  check.detail = find_reason_against_settling(checker, check.limit);
  if (!check.detail.empty()) return check;

  Harness harness(checker);
  harness.add_readouts();
  const Run run = make_rest_run(checker, harness);
  core::State settled;
  Eigen::VectorXd readouts;
  checker.run(run, [&](double, std::span<const std::complex<double>> values) {
    settled = harness.read(values);
    readouts = harness.read_readouts(values);
  });
  check.value = std::max(measure_settled(checker, settled.x), measure_readouts(checker, readouts));
  checker.settled = settled.x;
  decide(check);
  check.detail = has_point ? "operating point against the least-squares fit"
                           : fmt::format(
                                 "transient of {:.4g} units of time, BDF2, against the "
                                 "least-squares fit",
                                 plan_settling(checker).length);
  if (readouts.size() > 0) {
    check.detail += fmt::format("; {} read-out{} against its predictions", readouts.size(),
                                readouts.size() == 1 ? "" : "s");
  }
  return check;
}

}  // namespace springspice::sim
