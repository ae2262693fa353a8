// `steady`: the settled circuit against the least-squares solution.
#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/SparseCholesky>
#include <fmt/format.h>

#include "core/random.hpp"
#include "sim/check.hpp"
#include "sim/harness.hpp"

namespace springspice::sim {
namespace {

// Lengths of the transient, in relaxation times: e^-30 is 1e-13 of the way.
constexpr double kLength = 30.0;
// BDF2 (ngspice's method=gear) damps every mode at any step; ten steps a relaxation time follow the
// slowest one well enough to keep its decay.
constexpr double kStepsPerRelaxation = 10.0;

// Rounding must stay a digit below the limit, or the check would judge the arithmetic.
constexpr double kDigit = 0.1;
constexpr std::uint64_t kSignStream = 0x7367;

// What the rounding of the numbers in the deck alone does to the settled state: each term of
// K (x - offset) = f - K offset off by eps with random signs, propagated through K^-1; the largest
// of eight draws. A nearly singular K multiplies it.
double estimate_rounding(const Checker& checker) {
  const core::SecondOrderSystem& system = checker.problem.system;
  const Eigen::Index nu = system.size();
  const Eigen::SimplicialLDLT<core::SparseMatrix> solver(system.K);
  double largest = 0.0;
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    const double offset = checker.probes.positions[static_cast<std::size_t>(p * nu)]->offset;
    const Eigen::VectorXd shift = Eigen::VectorXd::Constant(nu, offset);
    const Eigen::VectorXd terms =
        system.K.cwiseAbs() * (checker.analysis.fit.col(p) - shift).cwiseAbs() +
        (system.f.col(p) - system.K * shift).cwiseAbs();
    for (std::uint64_t draw = 0; draw < 8; ++draw) {
      Eigen::VectorXd rounding = std::numeric_limits<double>::epsilon() * terms;
      for (Eigen::Index i = 0; i < nu; ++i) {
        const auto index = static_cast<std::uint64_t>(i);
        if (core::uniform(checker.seed, kSignStream + draw, index) < 0.5) rounding(i) *= -1.0;
      }
      largest = std::max(largest, solver.solve(rounding).cwiseAbs().maxCoeff());
    }
  }
  return largest / checker.problem.range;
}

std::string find_reason_against(const Checker& checker, double limit) {
  const core::SecondOrderSystem& system = checker.problem.system;
  const Eigen::Index free = checker.analysis.null_space.dimension();
  if (free > 0) {
    return fmt::format(
        "K has {} free direction{} ({} of {} nodes are in them), so there is no "
        "settled state; --neighbor-spring or --pin-spring holds them",
        free, free == 1 ? "" : "s", checker.analysis.null_space.support.size(), system.size());
  }
  if (!checker.analysis.scales.relaxation_time) {
    return "nothing relaxes without friction, so there is no settled state; give --friction";
  }
  if (const double rounding = estimate_rounding(checker); rounding > kDigit * limit) {
    return fmt::format(
        "K is nearly singular: the rounding of its numbers alone moves the settled "
        "state by {:.2g} of the range; fewer sticks, or --neighbor-spring, make the "
        "fit definite",
        rounding);
  }
  return {};
}

double share_of_range(const Checker& checker, const Eigen::MatrixXd& difference) {
  if (difference.size() == 0) return 0.0;
  return difference.allFinite() ? difference.cwiseAbs().maxCoeff() / checker.problem.range
                                : std::numeric_limits<double>::infinity();
}

// What the design's read-outs show of the least-squares fit.
Eigen::VectorXd predict(const Checker& checker) {
  const std::vector<netlist::Readout>& readouts = checker.problem.design.readouts;
  Eigen::VectorXd out = Eigen::VectorXd::Zero(std::ssize(readouts));
  for (std::size_t k = 0; k < readouts.size(); ++k) {
    for (const auto& [coordinate, weight] : readouts[k].weights) {
      out(static_cast<Eigen::Index>(k)) +=
          weight * checker.analysis.fit(coordinate, readouts[k].output);
    }
  }
  return out;
}

Run make_operating_point(Harness& harness) {
  return {harness.deck(), OperatingPointRun{}, harness.vectors()};
}

Run make_settling(const Checker& checker, Harness& harness) {
  const double unit_s =
      *checker.analysis.scales.relaxation_time * checker.problem.design.scales.time_s;
  harness.add_options("method=gear maxord=2 trtol=1e12");
  harness.add_flux_integrators();
  TransientRun transient;
  transient.max_step_s = unit_s / kStepsPerRelaxation;
  transient.step_s = transient.max_step_s / 100.0;
  transient.stop_s = kLength * unit_s;
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
  check.detail = find_reason_against(checker, check.limit);
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
  check.value = std::max(share_of_range(checker, settled.x - checker.analysis.fit),
                         share_of_range(checker, readouts - predict(checker)));
  decide(check);
  check.detail = has_point ? "operating point against the least-squares fit"
                           : fmt::format(
                                 "transient of {:.4g} units of time, BDF2, against the "
                                 "least-squares fit",
                                 kLength * *checker.analysis.scales.relaxation_time);
  if (readouts.size() > 0) {
    check.detail += fmt::format("; {} read-out{} against its predictions", readouts.size(),
                                readouts.size() == 1 ? "" : "s");
  }
  return check;
}

}  // namespace springspice::sim
