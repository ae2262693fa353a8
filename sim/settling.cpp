#include "sim/settling.hpp"

#include <cmath>
#include <limits>

#include <Eigen/SparseCholesky>
#include <fmt/format.h>

#include "core/random.hpp"

namespace springspice::sim {
namespace {

// Lengths of the transient, in relaxation times: e^-30 is 1e-13 of the way.
constexpr double kLength = 30.0;
// Ten steps a relaxation time follow the slowest mode well enough to keep its decay.
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

}  // namespace

std::string find_reason_against_settling(const Checker& checker, double limit) {
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

Settling plan_settling(const Checker& checker) {
  const double relaxation = *checker.analysis.scales.relaxation_time;
  const double unit_s = relaxation * checker.problem.design.scales.time_s;
  return {unit_s / kStepsPerRelaxation, kLength * unit_s, kLength * relaxation};
}

double measure_settled(const Checker& checker, const Eigen::MatrixXd& x) {
  const Eigen::MatrixXd difference = x - checker.analysis.fit;
  return difference.allFinite() ? difference.cwiseAbs().maxCoeff() / checker.problem.range
                                : std::numeric_limits<double>::infinity();
}

Run make_rest_run(const Checker& checker, Harness& harness) {
  if (checker.problem.design.has_operating_point) {
    harness.add_leaks();
    return {harness.deck(), OperatingPointRun{}, harness.vectors()};
  }
  const Settling settling = plan_settling(checker);
  harness.add_options("method=gear maxord=2 trtol=1e12");
  harness.add_flux_integrators();
  TransientRun transient;
  transient.max_step_s = settling.step_s;
  transient.step_s = transient.max_step_s / 100.0;
  transient.stop_s = settling.stop_s;
  return {harness.deck(), transient, harness.vectors()};
}

void set_settling_limit(Check& check, bool has_operating_point) {
  check.limit = has_operating_point ? 1e-9 : 1e-6;
  check.origin = has_operating_point
                     ? "conditioning of K times rounding, of the data's range"
                     : "what is left after 30 relaxation times, of the data's range";
}

double value_of(const netlist::Readout& readout, const core::State& state) {
  const bool velocity = readout.kind == netlist::Probe::Kind::velocity;
  const Eigen::MatrixXd& values = velocity ? state.v : state.x;
  double sum = 0.0;
  for (const auto& [coordinate, weight] : readout.weights) {
    sum += weight * values(coordinate, readout.output);
  }
  return sum;
}

}  // namespace springspice::sim
