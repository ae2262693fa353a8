// A transient on a fixed grid of steps, point by point beside the model. Shared by `path` and
// `order`, which differ in what they compare with.
#pragma once

#include <functional>

#include "sim/check.hpp"
#include "sim/replay.hpp"

namespace springspice::sim {

/// Largest difference and largest excursion of one kind of quantity.
struct Deviation {
  double difference = 0.0;
  double size = 0.0;
  void add(const Eigen::MatrixXd& circuit, const Eigen::MatrixXd& model,
           const Eigen::Ref<const Eigen::RowVectorXd>& offset);
  /// 0 where nothing moved and nothing differs.
  double relative() const;
};

struct PathDeviation {
  Deviation x, v;
  double relative() const { return std::max(x.relative(), v.relative()); }
};

/// Empty so far. Excursions count as a hundredth of the data's range at least (velocities: of
/// range / slow_time()), so that rounding is no difference where the model stays at rest.
PathDeviation make_path_deviation(const Problem& problem, const core::TimeScales& scales);

/// Steps of `path`: those asked for, or to problem.end within a budget.
double choose_path_steps(const Checker& checker);
/// "; the first 12 % of the way to t-end", or nothing where `steps` go all the way.
std::string describe_path_part(const Checker& checker, double steps);

/// Where each output's positions are measured from: its first probe's offset.
Eigen::RowVectorXd position_offsets(const Problem& problem);

/// A transient on a grid, all in model time.
struct GridRun {
  double step = 0.0;
  double steps = 0.0;
  /// Of the sampled noise, a multiple of `step`; 0: the sources are silent.
  double noise_step = 0.0;
};

/// True where the model has noise, so that `path` and `order` run with it.
bool has_noise(const Checker& checker);

/// Runs `steps` grid steps under the pure trapezoidal rule (StepGrid). The callback gets the model
/// time of each accepted point and the circuit's state there.
using OnState = std::function<void(double time, const core::State& circuit)>;
void run_on_grid(Checker& checker, const GridRun& run, const OnState& on_state);

/// The rules that ngspice uses in run_on_grid(), in model time: `uic` sets one breakpoint.
RuleBook make_rule_book(double step);

}  // namespace springspice::sim
