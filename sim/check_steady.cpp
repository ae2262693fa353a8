// `steady`: the settled circuit against the least-squares solution.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "sim/harness.hpp"
#include "sim/settling.hpp"

namespace springspice::sim {
namespace {

// What the design's read-outs show of the least-squares fit.
Eigen::VectorXd predict(const Checker& checker) {
  const std::vector<netlist::Readout>& readouts = checker.problem.design.readouts;
  Eigen::VectorXd out = Eigen::VectorXd::Zero(std::ssize(readouts));
  for (std::size_t k = 0; k < readouts.size(); ++k) {
    if (readouts[k].kind == netlist::Probe::Kind::velocity) continue;  // at rest
    for (const auto& [coordinate, weight] : readouts[k].weights) {
      out(static_cast<Eigen::Index>(k)) +=
          weight * checker.analysis.fit(coordinate, readouts[k].output);
    }
  }
  return out;
}

double measure_readouts(const Checker& checker, const Eigen::VectorXd& readouts) {
  if (readouts.size() == 0) return 0.0;
  const Eigen::VectorXd difference = readouts - predict(checker);
  return difference.allFinite() ? difference.cwiseAbs().maxCoeff() / checker.problem.range
                                : std::numeric_limits<double>::infinity();
}

Run make_operating_point(Harness& harness) {
  harness.add_leaks();
  return {harness.deck(), OperatingPointRun{}, harness.vectors()};
}

Run make_settling(const Checker& checker, Harness& harness) {
  const Settling settling = plan_settling(checker);
  harness.add_options("method=gear maxord=2 trtol=1e12");
  harness.add_flux_integrators();
  TransientRun transient;
  transient.max_step_s = settling.step_s;
  transient.step_s = transient.max_step_s / 100.0;
  transient.stop_s = settling.stop_s;
  return {harness.deck(), transient, harness.vectors()};
}

}  // namespace

Check check_steady(Checker& checker) {
  Check check;
  check.name = "steady";
  const bool has_point = checker.problem.design.has_operating_point;
  check.limit = has_point ? 1e-9 : 1e-6;
  check.origin = has_point ? "conditioning of K times rounding, of the data's range"
                           : "what is left after 30 relaxation times, of the data's range";
  check.detail = find_reason_against_settling(checker, check.limit);
  if (!check.detail.empty()) return check;

  Harness harness(checker);
  harness.add_readouts();
  const Run run = has_point ? make_operating_point(harness) : make_settling(checker, harness);
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
