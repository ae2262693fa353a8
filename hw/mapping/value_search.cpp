#include "hw/mapping/value_search.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/sparse_cholesky.hpp"
#include "netlist/si.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using netlist::Kind;
using Role = netlist::Part::Role;

// P is held anew, at what was found, at most so often; and so many choices of each search have
// their exact errors computed.
constexpr int kRenewals = 3;
constexpr std::size_t kJudged = 8;
// Circuits of so many values have thousands of moves a sweep, and few restarts.
constexpr std::size_t kLarge = 1000;

SnapEffort brief_effort(std::size_t variables) { return {variables > kLarge ? 1 : 2, 50.0}; }
SnapEffort full_effort(std::size_t variables) {
  if (variables > kLarge) return {2, 300.0};
  return {variables > 150 ? 6 : 24, 1000.0};
}

bool may_join(Kind kind, Joined::How how) {
  if (how == Joined::How::single || kind == Kind::resistor) return true;
  // Capacitors in series leave a node that no direct current reaches, and coils in parallel a loop
  // in which one circles for ever.
  return how == (kind == Kind::inductor ? Joined::How::series : Joined::How::parallel);
}

// The scale that is moved for a part: its own, where nothing else enters, else tau before others.
std::optional<Scale> find_lever(const ScaleRegion& region, const ScaledPart& part) {
  const Scale own = part.part.role == Role::unity ? kUnity : kIntegrator;
  const bool alone = part.powers.cwiseAbs().sum() == std::abs(part.powers(own));
  for (const Scale scale : region.free()) {
    if (part.powers(scale) != 0.0 && (alone || scale != own)) return scale;
  }
  return std::nullopt;
}

bool is_common(Role role) { return role == Role::rate || role == Role::unity; }

}  // namespace

ValueSearch::ValueSearch(const Input& input) : input_(input), ties_(tie_parts(input.scaled.parts)) {
  fit_ = core::SparseCholesky(input.shifted.K, "K").solve(input.shifted.f);
  problem_.outputs = input.shifted.outputs();
  problem_.P = make_weight(input.shifted.K);
  for (std::size_t t = 0; t < ties_.size(); ++t) {
    SnapVariable variable;
    for (const std::size_t q : ties_[t].parts) add_change(input.scaled.parts[q].part, variable);
    if (variable.change.empty()) continue;
    problem_.variables.push_back(std::move(variable));
    searched_.push_back(t);
  }
}

// What the part adds to f - K x, of the ideal fit x.
void ValueSearch::add_change(const netlist::Part& part, SnapVariable& variable) const {
  const auto add = [&](Eigen::Index row, double value) {
    if (value != 0.0) variable.change.push_back({row, part.output, value});
  };
  if (part.role == Role::force) add(part.row, part.coefficient);
  if (part.role != Role::stiffness) return;
  if (part.combination.empty()) {
    add(part.row, -part.coefficient * fit_(part.column, part.output));
  }
  double stretch = 0.0;
  for (const auto& [i, l] : part.combination) stretch += l * fit_(i, part.output);
  for (const auto& [i, l] : part.combination) add(i, -part.coefficient * l * stretch);
}

// K^-1 G K^-1.
Eigen::MatrixXd ValueSearch::make_weight(const SparseMatrix& K) const {
  const core::SparseCholesky factor(K, "K");
  const Eigen::MatrixXd half = factor.solve(Eigen::MatrixXd(input_.error.gram));
  const Eigen::MatrixXd whole = factor.solve(half.transpose());
  return 0.5 * (whole + whole.transpose());
}

// ---- values

const ScaledPart& ValueSearch::first_part(std::size_t tie) const {
  return input_.scaled.parts[ties_[tie].parts.front()];
}

double ValueSearch::wanted(std::size_t tie, const ScaleLogs& y) const {
  return input_.scaled.value(first_part(tie), y);
}

Joined ValueSearch::round(std::size_t tie, const ScaleLogs& y) const {
  const PartClass& parts = class_of(input_.profile, first_part(tie).kind);
  const double value = parts.series.nearest(wanted(tie, y), parts.range());
  return {Joined::How::single, value, {value}};
}

// The `count` nearest, ascending. Where pairs push it out, the rounded single value comes besides:
// the search starts there.
std::vector<Joined> ValueSearch::list_values(std::size_t tie, const ScaleLogs& y, bool pairs,
                                             std::size_t count) const {
  const Kind kind = first_part(tie).kind;
  const PartClass& parts = class_of(input_.profile, kind);
  const double value = wanted(tie, y);
  const bool join = pairs && parts.pairs;
  // More, since the ways to join that a kind lacks are left out.
  std::vector<Joined> found =
      find_candidates(parts.series, parts.range(), value, !is_proportional(kind), join,
                      static_cast<int>(join ? 4 * count : count));
  std::erase_if(found, [&](const Joined& whole) { return !may_join(kind, whole.how); });
  if (found.empty()) found.push_back(round(tie, y));
  std::ranges::stable_sort(
      found, {}, [&](const Joined& whole) { return std::abs(std::log(whole.value / value)); });
  if (found.size() > count) found.resize(count);
  std::ranges::sort(found, {}, &Joined::value);
  return found;
}

std::vector<double> ValueSearch::factors(const Snapped& snapped) const {
  std::vector<double> of_parts(input_.scaled.parts.size(), 1.0);
  for (std::size_t t = 0; t < ties_.size(); ++t) {
    for (const std::size_t q : ties_[t].parts) {
      const ScaledPart& part = input_.scaled.parts[q];
      of_parts[q] =
          factor_of(part.kind, snapped.chosen[t].value, input_.scaled.value(part, snapped.scales));
    }
  }
  return of_parts;
}

double ValueSearch::exact_error(const Snapped& snapped) const {
  const core::SecondOrderSystem& shifted = input_.shifted;
  const std::vector<double> of_parts = factors(snapped);
  const auto K = core::SparseCholesky::try_factor(
      sum_matrix(Role::stiffness, input_.scaled.parts, of_parts, shifted.size()));
  constexpr double kNever = std::numeric_limits<double>::infinity();
  if (!K) return kNever;
  const Eigen::MatrixXd fit =
      K->solve(sum_force(input_.scaled.parts, of_parts, shifted.size(), shifted.outputs()));
  const double error = input_.error(fit, fit_);
  return std::isfinite(error) ? error : kNever;
}

// ---- common values

std::optional<ScaleLogs> ValueSearch::settle_common_values(const ScaleRegion& region,
                                                           ScaleLogs y) const {
  // What moves its own scale comes first: the other parts of an integrator then follow it.
  for (const bool alone : {true, false}) {
    for (std::size_t t = 0; t < ties_.size(); ++t) {
      const ScaledPart& part = first_part(t);
      if (!is_common(ties_[t].role) || (part.powers.cwiseAbs().sum() == 1.0) != alone) continue;
      const double shift = std::log(round(t, y).value / wanted(t, y));
      const std::optional<Scale> scale = find_lever(region, part);
      if (scale) {
        y(*scale) += shift / part.powers(*scale);
      } else if (std::abs(shift) > 1e-12) {
        return std::nullopt;
      }
    }
  }
  if (!region.contains(y)) return std::nullopt;
  return y;
}

std::string ValueSearch::describe_common_values(const ScaleLogs& y) const {
  std::string text;
  for (std::size_t t = 0; t < ties_.size(); ++t) {
    if (!is_common(ties_[t].role)) continue;
    const ScaledPart& part = first_part(t);
    text += fmt::format("{}{} near {}", text.empty() ? "" : ", ", part.part.element,
                        netlist::format_si(wanted(t, y), unit_of_part(part.kind)));
  }
  return text;
}

// ---- the search

ValueSearch::Candidates ValueSearch::make_candidates(const ScaleLogs& y, bool pairs) const {
  Candidates made{problem_, {}, {}};
  for (std::size_t v = 0; v < searched_.size(); ++v) {
    const std::size_t tie = searched_[v];
    std::vector<Joined> values =
        list_values(tie, y, pairs, static_cast<std::size_t>(2 * input_.neighbours));
    const Joined rounded = round(tie, y);
    const auto same = [&](const Joined& whole) { return whole.value == rounded.value; };
    auto at = std::ranges::find_if(values, same);
    if (at == values.end()) at = values.insert(at, rounded);
    made.rounded.push_back(static_cast<std::size_t>(at - values.begin()));
    for (const Joined& whole : values) {
      made.problem.variables[v].factors.push_back(
          factor_of(first_part(tie).kind, whole.value, wanted(tie, y)));
    }
    made.values.push_back(std::move(values));
  }
  return made;
}

// The choice of least exact error goes into `snapped`, if it is better than what is there.
SnapChoice ValueSearch::take_best(const Candidates& made, const std::vector<SnapChoice>& choices,
                                  std::size_t count, SnapChoice best, Snapped& snapped) const {
  for (std::size_t c = 0; c < std::min(count, choices.size()); ++c) {
    Snapped trial = snapped;
    for (std::size_t v = 0; v < searched_.size(); ++v) {
      trial.chosen[searched_[v]] = made.values[v][choices[c][v]];
    }
    trial.error = exact_error(trial);
    if (!(trial.error < snapped.error)) continue;
    snapped = std::move(trial);
    best = choices[c];
  }
  return best;
}

Snapped ValueSearch::round_all(const ScaleLogs& y) const {
  Snapped snapped;
  snapped.scales = y;
  for (std::size_t t = 0; t < ties_.size(); ++t) snapped.chosen.push_back(round(t, y));
  snapped.error = snapped.rounded_error = exact_error(snapped);
  return snapped;
}

void ValueSearch::search_briefly(Snapped& snapped) const {
  const Candidates made = make_candidates(snapped.scales, false);
  take_best(made,
            search_choices(made.problem, made.rounded, brief_effort(variables()), input_.seed), 1,
            made.rounded, snapped);
}

void ValueSearch::search_fully(Snapped& snapped) const {
  Candidates made = make_candidates(snapped.scales, input_.pairs);
  SnapChoice best = made.rounded;
  for (int renewal = 0; renewal < kRenewals; ++renewal) {
    const double before = snapped.error;
    const std::uint64_t seed = input_.seed + static_cast<std::uint64_t>(1000 * renewal);
    best = take_best(made, search_choices(made.problem, best, full_effort(variables()), seed),
                     kJudged, best, snapped);
    if (!std::isfinite(snapped.error) || (renewal > 0 && !(snapped.error < before))) return;
    made.problem.P = make_weight(
        sum_matrix(Role::stiffness, input_.scaled.parts, factors(snapped), input_.shifted.size()));
  }
}

void ValueSearch::choose_nearest(Snapped& snapped) const {
  for (std::size_t t = 0; t < ties_.size(); ++t) {
    const bool searched = std::ranges::find(searched_, t) != searched_.end();
    if (searched || is_common(ties_[t].role)) continue;
    snapped.chosen[t] = list_values(t, snapped.scales, input_.pairs, 1).front();
  }
}

}  // namespace springspice::hw
