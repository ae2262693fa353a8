// `order`: the engine's transient against the exact solution, with the step halved twice. The
// trapezoidal rule is of order 2, under noise that is linear between samples of the coarsest grid
// too; a circuit that is not the model keeps a difference that no step
// removes, and its observed order falls to 0.
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "sim/exact_step.hpp"
#include "sim/sampled_force.hpp"
#include "sim/trajectory.hpp"
#include "sim/transient_comparison.hpp"

namespace springspice::sim {
namespace {

// Coarsest step: 40 to the fastest period, deep in the asymptotic range ((h w)^2/12 is 2e-3).
constexpr double kStepsPerPeriod = 40.0;
constexpr int kCoarseSteps = 64;
// A sixteenth of it, the error at the finest step, still stands well above rounding (1e-13).
constexpr double kLeastError = 1e-10;

// The exact states at the points of the coarse grid, which all three runs share.
using ExactStates = std::vector<core::State>;

ExactStates solve_exactly(const Checker& checker, double coarse) {
  ExactStates states;
  const Problem& problem = checker.problem;
  if (!has_noise(checker)) {
    const ExactTrajectory exact(problem.system, checker.analysis.modes, problem.initial);
    for (int k = 1; k <= kCoarseSteps; ++k) states.push_back(exact.at(k * coarse));
    return states;
  }
  SampledForce noise(checker.deck.noise(), problem.system.outputs(), checker.seed, 0, coarse);
  ExactStep exact(problem.system, checker.analysis.modes, problem.initial, coarse);
  for (std::uint64_t k = 0; k < kCoarseSteps; ++k) {
    const Eigen::MatrixXd left = noise.sample(k);
    exact.step(left, noise.sample(k + 1));
    states.push_back(exact.state());
  }
  return states;
}

double measure_error(Checker& checker, const ExactStates& exact, double coarse, int halvings) {
  const GridRun run{std::ldexp(coarse, -halvings), std::ldexp(kCoarseSteps, halvings),
                    has_noise(checker) ? coarse : 0.0};
  const Eigen::RowVectorXd zero = Eigen::RowVectorXd::Zero(checker.problem.system.outputs());
  const Eigen::RowVectorXd offset = position_offsets(checker.problem);
  PathDeviation deviation = make_path_deviation(checker.problem, checker.analysis.scales);
  run_on_grid(checker, run, [&](double time, const core::State& circuit) {
    const double k = time / coarse;
    if (std::abs(k - std::round(k)) > 1e-6 || k < 0.5) return;
    const core::State& model = exact.at(static_cast<std::size_t>(std::lround(k)) - 1);
    deviation.x.add(circuit.x, model.x, offset);
    deviation.v.add(circuit.v, model.v, zero);
  });
  return deviation.relative();
}

}  // namespace

Check check_order(Checker& checker) {
  Check check;
  check.name = "order";
  check.limit = 1.9;
  check.sense = Check::Sense::at_least;
  check.origin = "the trapezoidal rule's order, 2, less 5 %";
  const core::SecondOrderSystem& system = checker.problem.system;
  const bool noisy = has_noise(checker);
  const bool available = noisy ? ExactStep::available(system, checker.analysis.modes)
                               : ExactTrajectory::available(system, checker.analysis.modes);
  if (!available) {
    check.detail = fmt::format(
        "D is not gamma M and there are {} coordinates (the exact solution takes at most {} then)",
        system.size(), noisy ? ExactStep::kLimit : kExponentialLimit);
    return check;
  }
  if (checker.analysis.scales.fastest_rate == 0.0) {
    check.detail = "nothing sets a time scale: there are neither springs nor friction";
    return check;
  }
  const double coarse =
      2.0 * std::numbers::pi / checker.analysis.scales.fastest_rate / kStepsPerPeriod;
  const ExactStates exact = solve_exactly(checker, coarse);
  double errors[3] = {};
  for (int halvings = 0; halvings < 3; ++halvings) {
    errors[halvings] = measure_error(checker, exact, coarse, halvings);
  }
  if (errors[0] < kLeastError) {
    check.detail = "the start is a state of rest: there is no motion to follow";
    return check;
  }
  check.value = std::min(std::log2(errors[0] / errors[1]), std::log2(errors[1] / errors[2]));
  decide(check);
  check.detail = fmt::format("error {:.3g}, {:.3g}, {:.3g} at step {:.4g} and its halves{}",
                             errors[0], errors[1], errors[2], coarse,
                             noisy ? ", against the exact response to one noise path" : "");
  return check;
}

}  // namespace springspice::sim
