#include "sim/transient_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/harness.hpp"
#include "sim/stamped.hpp"
#include "sim/swing.hpp"

namespace springspice::sim {
namespace {

// Steps enough to pass through the whole motion where it is short; a large circuit costs 10 ms a
// step, so it gets fewer.
constexpr double kMostSteps = 4000.0;
constexpr double kFewestSteps = 400.0;
constexpr double kCoordinatesAtMost = 300.0;

double wanted_steps(const Checker& checker) {
  return std::max(10.0, std::ceil(checker.problem.end / checker.problem.step));
}

}  // namespace

double choose_path_steps(const Checker& checker) {
  if (checker.path_steps) return static_cast<double>(*checker.path_steps);
  const auto coordinates = static_cast<double>(checker.probes.ports.size());
  const double budget =
      std::max(kFewestSteps, kMostSteps * std::min(1.0, kCoordinatesAtMost / coordinates));
  return std::min(wanted_steps(checker), budget);
}

std::string describe_path_part(const Checker& checker, double steps) {
  const double wanted = wanted_steps(checker);
  if (steps >= wanted) return {};
  return fmt::format("; the first {:.3g} % of the way to t-end", 100.0 * steps / wanted);
}

void Deviation::add(const Eigen::MatrixXd& circuit, const Eigen::MatrixXd& model,
                    const Eigen::Ref<const Eigen::RowVectorXd>& offset) {
  if (model.size() == 0) return;
  const double next = (circuit - model).cwiseAbs().maxCoeff();
  // A NaN must not vanish in a comparison.
  difference = next >= difference || next < difference ? std::max(difference, next)
                                                       : std::numeric_limits<double>::infinity();
  size = std::max(size, (model.rowwise() - offset).cwiseAbs().maxCoeff());
}

double Deviation::relative() const { return difference == 0.0 ? 0.0 : difference / size; }

PathDeviation make_path_deviation(const Problem& problem, const core::TimeScales& scales) {
  constexpr double kLeastExcursion = 1e-2;
  PathDeviation deviation;
  deviation.x.size = kLeastExcursion * problem.range;
  deviation.v.size = deviation.x.size / slow_time(scales);
  return deviation;
}

Eigen::RowVectorXd position_offsets(const Problem& problem) {
  const ProbeMap probes = map_probes(problem);
  Eigen::RowVectorXd offsets(problem.system.outputs());
  for (Eigen::Index p = 0; p < offsets.size(); ++p) {
    offsets(p) = probes.positions[static_cast<std::size_t>(p * problem.system.size())]->offset;
  }
  return offsets;
}

bool has_noise(const Checker& checker) {
  return checker.problem.system.kT > 0.0 && checker.deck.noise().obstacle.empty() &&
         checker.deck.obstacle().empty();
}

void run_on_grid(Checker& checker, const GridRun& run, const OnState& on_state) {
  const double tau = checker.problem.design.scales.time_s;
  Harness harness(checker);
  harness.add_options("method=trap trtol=1e12");
  harness.add_flux_integrators();
  TransientRun transient;
  transient.grid = StepGrid{.step_s = run.step * tau};
  transient.stop_s = run.steps * run.step * tau;
  if (run.noise_step > 0.0) {
    transient.noise = harness.add_noise(checker.seed, run.noise_step * tau);
  }
  checker.run({harness.deck(), transient, harness.vectors()},
              [&](double time_s, std::span<const std::complex<double>> values) {
                on_state(time_s / tau, harness.read(values));
              });
}

RuleBook make_rule_book(double step) {
  return RuleBook({start_breakpoint_s(StepGrid{.step_s = step})});
}

}  // namespace springspice::sim
