// `path`: the engine's transient against the same integration rule on the model's matrices, at the
// engine's own time points; where the model has noise, with one sampled noise path in both.
#include <fmt/format.h>

#include "sim/sampled_force.hpp"
#include "sim/transient_comparison.hpp"

namespace springspice::sim {

Check check_path(Checker& checker) {
  Check check;
  check.name = "path";
  check.limit = 1e-9;
  check.origin = "rounding of both sides over the path; about 1e-12 has been measured";
  const double step = checker.problem.step;
  const double steps = choose_path_steps(checker);
  Replay replay(checker.problem.system, checker.problem.initial);
  RuleBook rules = make_rule_book(step);
  const Eigen::RowVectorXd offset = position_offsets(checker.problem);
  PathDeviation deviation = make_path_deviation(checker.problem, checker.analysis.scales);
  GridRun run{step, steps};
  std::optional<SampledForce> noise;
  if (has_noise(checker)) {
    run.noise_step = step;
    noise.emplace(checker.deck.noise(), offset.size(), checker.seed, 0, step);
  }
  Eigen::MatrixXd before;
  if (noise) before = noise->at(0.0);
  run_on_grid(checker, run, [&](double time, const core::State& circuit) {
    const Rule rule = rules.next(replay.time());
    Eigen::MatrixXd force;
    if (noise) {
      const Eigen::MatrixXd now = noise->at(time);
      force = rule == Rule::backward_euler ? now : Eigen::MatrixXd((before + now) / 2.0);
      before = now;
    }
    replay.step_to(time, rule, force);
    deviation.x.add(circuit.x, replay.state().x, offset);
    deviation.v.add(circuit.v, replay.state().v, Eigen::RowVectorXd::Zero(offset.size()));
    if (checker.on_path) checker.on_path(time, circuit, replay.state());
  });
  check.value = deviation.relative();
  decide(check);
  check.detail = fmt::format(
      "{} steps of {:.4g}{}: {} trapezoidal, {} backward Euler; of the largest excursion",
      rules.trapezoidal_steps() + rules.backward_euler_steps(), step,
      noise ? fmt::format(" with one noise path in both (seed {})", checker.seed) : "",
      rules.trapezoidal_steps(), rules.backward_euler_steps());
  check.detail += describe_path_part(checker, steps);
  return check;
}

}  // namespace springspice::sim
