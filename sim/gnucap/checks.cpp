// `steady` and `path` by gnucap: the same limits as ngspice's, since its words make it as exact
// (sim/gnucap/deck.hpp), but for circuits with floating sources.
#include <algorithm>

#include <fmt/format.h>

#include "netlist/parser.hpp"
#include "sim/gnucap/engine.hpp"
#include "sim/harness.hpp"
#include "sim/settling.hpp"
#include "sim/transient_comparison.hpp"

namespace springspice::sim {
namespace {

constexpr double kFloatingLimit = 1e-6;
constexpr const char* kFloatingOrigin =
    "gnucap's floating sources, 1e-7 of the voltages, with a digit to spare";

// gnucap keeps its matrix in a skyline, without an order that keeps it sparse: an op-amp board of
// 8x8 sticks takes 6 ms a step, one of 12x12 about ten times as long.
constexpr double kMostSteps = 4000.0;
constexpr double kFewestSteps = 100.0;
constexpr double kCoordinatesAtMost = 30.0;

double choose_steps(const Checker& checker) {
  const double steps = choose_path_steps(checker);
  if (checker.path_steps) return steps;
  const auto coordinates = static_cast<double>(checker.probes.ports.size());
  const double share = std::min(1.0, kCoordinatesAtMost / coordinates);
  return std::min(steps, std::max(kFewestSteps, kMostSteps * share));
}

/// The deck under test with integrators for its fluxes, as gnucap reads it.
class Subject {
 public:
  Subject(const Checker& checker, bool with_integrators) : harness_(checker) {
    if (with_integrators) harness_.add_flux_integrators();
    deck_.emplace(netlist::parse_deck(harness_.deck(), checker.problem.deck_name),
                  checker.problem.design.scales.impedance_ohm);
  }

  bool has_floating_source() const { return deck_->has_floating_source(); }

  /// Hands each point out in model values.
  void run(Checker& checker, const std::optional<GnucapTransient>& transient,
           const std::function<void(double time_s, const core::State&)>& on_state) {
    const RunSummary summary =
        checker.gnucap->run({*deck_, harness_.vectors(), transient},
                            [&](double time_s, std::span<const std::complex<double>> values) {
                              on_state(time_s, harness_.read(values));
                            });
    checker.points += summary.points;
    checker.engine_wall_s += summary.wall_s;
    checker.gnucap_version = summary.version;
  }

 private:
  Harness harness_;
  std::optional<GnucapDeck> deck_;
};

void loosen_for_floating_sources(Check& check, const Subject& subject) {
  if (!subject.has_floating_source()) return;
  check.limit = kFloatingLimit;
  check.origin = kFloatingOrigin;
}

}  // namespace

Check check_steady_in_gnucap(Checker& checker) {
  Check check;
  check.name = "steady gnucap";
  const bool has_point = checker.problem.design.has_operating_point;
  set_settling_limit(check, has_point);
  Subject subject(checker, !has_point);
  loosen_for_floating_sources(check, subject);
  check.detail = find_reason_against_settling(checker, check.limit);
  if (!check.detail.empty()) return check;

  std::optional<GnucapTransient> transient;
  std::string how = "operating point";
  if (!has_point) {
    const Settling settling = plan_settling(checker);
    transient = {settling.step_s, settling.stop_s, GnucapTransient::Method::backward_euler};
    how = fmt::format("transient of {:.4g} units of time, backward Euler,", settling.length);
  }
  core::State settled;
  subject.run(checker, transient, [&](double, const core::State& state) { settled = state; });
  check.value = measure_settled(checker, settled.x);
  checker.settled_in_gnucap = settled.x;
  decide(check);
  check.detail = how + " against the least-squares fit";
  return check;
}

Check check_path_in_gnucap(Checker& checker) {
  Check check;
  check.name = "path gnucap";
  check.limit = 1e-9;
  check.origin = "rounding of both sides over the path; about 1e-14 has been measured";
  Subject subject(checker, true);
  loosen_for_floating_sources(check, subject);

  const double step = checker.problem.step;
  const double steps = choose_steps(checker);
  const double tau = checker.problem.design.scales.time_s;
  Replay replay(checker.problem.system, checker.problem.initial);
  const Eigen::RowVectorXd offset = position_offsets(checker.problem);
  PathDeviation deviation = make_path_deviation(checker.problem, checker.analysis.scales);
  std::size_t points = 0;
  subject.run(checker, GnucapTransient{step * tau, steps * step * tau},
              [&](double time_s, const core::State& circuit) {
                const Rule rule = points++ == 0 ? Rule::backward_euler : Rule::trapezoidal;
                replay.step_to(time_s / tau, rule);
                deviation.x.add(circuit.x, replay.state().x, offset);
                deviation.v.add(circuit.v, replay.state().v,
                                Eigen::RowVectorXd::Zero(offset.size()));
                // Beside ngspice, it is ngspice's path that is shown.
                if (checker.on_path && checker.version.empty())
                  checker.on_path(time_s / tau, circuit, replay.state());
              });
  check.value = deviation.relative();
  decide(check);
  check.detail = fmt::format(
      "{} steps of {:.4g} without noise: {} trapezoidal, 1 backward Euler; of the largest "
      "excursion",
      points, step, points - 1);
  check.detail += describe_path_part(checker, steps);
  return check;
}

}  // namespace springspice::sim
