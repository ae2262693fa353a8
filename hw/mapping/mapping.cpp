#include "hw/mapping/mapping.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/null_space.hpp"
#include "core/sparse_cholesky.hpp"
#include "hw/error.hpp"
#include "hw/mapping/mapped_design.hpp"
#include "hw/mapping/mapped_system.hpp"
#include "hw/mapping/profile_limits.hpp"
#include "hw/mapping/scale_choice.hpp"
#include "hw/mapping/scaled_parts.hpp"
#include "hw/mapping/snapping.hpp"
#include "netlist/si.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using netlist::Kind;
using Role = netlist::Part::Role;

// Scales that are tried: many for small circuits, where each takes a millisecond.
constexpr std::size_t kMostScales = 400;
constexpr std::size_t kFewestScales = 8;
constexpr std::size_t kScaleWork = 40'000;  // scales times values
// Of these the best are searched in full, P held anew at what was found as often as this.
constexpr std::size_t kFinalists = 4;
constexpr int kRenewals = 3;
// Whose exact errors are computed, of each search.
constexpr std::size_t kJudged = 8;
// Standard deviations of the noise that a request's swing allows for (sim/swing.hpp).
constexpr double kDeviations = 4.0;
// A limit this near, as a factor, is told.
constexpr double kNear = 1.1;
// Computed values against the chosen ones: logarithms of scales, and sums of rows.
constexpr double kSameValue = 1e-11;

SnapEffort brief(std::size_t variables) { return {variables > 1000 ? 1 : 3, 50.0}; }
SnapEffort full(std::size_t variables) {
  return {variables > 1000 ? 3 : variables > 300 ? 8 : 24, variables > 1000 ? 200.0 : 1000.0};
}

// Values of all ties at some scales, and what they make of the fit.
struct Snapped {
  ScaleLogs scales;
  std::vector<Joined> chosen;  // one a tie
  double error = std::numeric_limits<double>::infinity();
  double rounded_error = std::numeric_limits<double>::infinity();
};

bool may_join(Kind kind, Joined::How how) {
  if (how == Joined::How::single || kind == Kind::resistor) return true;
  // Capacitors in series leave a node that no direct current reaches, and coils in parallel a loop
  // in which one circles for ever.
  return how == (kind == Kind::inductor ? Joined::How::series : Joined::How::parallel);
}

class Mapper {
 public:
  Mapper(const core::SecondOrderSystem& system, const Profile& profile, const MapRequest& asked)
      : ideal_(system), profile_(profile), asked_(asked) {
    check_profile_limits(system, asked.request, profile);
    request_ = asked.request;
    request_.springs = {};
    if (request_.topology == Topology::rlc) request_.coupling = Coupling::direct;
    require_definite();
    shifted_ = shift_system(system, request_);
    core::SecondOrderSystem silent = shifted_;
    silent.kT = 0.0;
    scaled_ = find_scaled_parts(silent, request_, profile);
    ties_ = tie_parts(scaled_.parts);
    prepare_search();
  }

  Mapping map() {
    const ScaleRegion region(ideal_, scaled_, request_, profile_);
    std::vector<Snapped> finalists = try_scales(region);
    if (finalists.empty()) refuse_common_values(region);
    Snapped best;
    for (std::size_t k = 0; k < finalists.size(); ++k) {
      search_fully(finalists[k]);
      if (finalists[k].error < best.error || k == 0) best = finalists[k];
      report(0.5 + 0.5 * static_cast<double>(k + 1) / static_cast<double>(finalists.size()));
    }
    if (!std::isfinite(best.error)) {
      throw RealizationError(
          "no choice of values near those wanted keeps K positive definite; take a profile with "
          "closer values (a finer series, pairs), fewer --sticks, or a stiffer --neighbor-spring");
    }
    return finish(best, region);
  }

 private:
  void report(double fraction) const {
    if (asked_.on_progress) asked_.on_progress(fraction);
  }

  void require_definite() const {
    const core::NullSpace null_space = core::find_null_space(ideal_.K);
    if (null_space.dimension() > 0 || !core::SparseCholesky::try_factor(ideal_.K)) {
      throw RealizationError(fmt::format(
          "K is {}, so values near those wanted may leave the fit anywhere; give "
          "--neighbor-spring or --pin-spring, or fewer --sticks",
          null_space.dimension() > 0
              ? fmt::format("singular ({} free directions)", null_space.dimension())
              : std::string("not positive definite")));
    }
  }

  // ---- what the search is about

  void prepare_search() {
    const core::SparseCholesky K(shifted_.K, "K");
    fit_ = K.solve(shifted_.f);
    problem_.outputs = shifted_.outputs();
    problem_.P = make_weight(K);
    for (std::size_t t = 0; t < ties_.size(); ++t) {
      SnapVariable variable;
      for (const std::size_t q : ties_[t].parts) add_change(scaled_.parts[q].part, variable);
      if (variable.change.empty()) continue;
      problem_.variables.push_back(std::move(variable));
      searched_.push_back(t);
    }
  }

  // K^-1 G K^-1.
  Eigen::MatrixXd make_weight(const core::SparseCholesky& K) const {
    const Eigen::MatrixXd half = K.solve(Eigen::MatrixXd(asked_.error.gram));
    const Eigen::MatrixXd whole = K.solve(half.transpose());
    return 0.5 * (whole + whole.transpose());
  }

  void add_change(const netlist::Part& part, SnapVariable& variable) const {
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

  // ---- values

  double wanted(std::size_t tie, const ScaleLogs& y) const {
    return scaled_.value(scaled_.parts[ties_[tie].parts.front()], y);
  }
  Kind kind_of(std::size_t tie) const { return scaled_.parts[ties_[tie].parts.front()].kind; }

  Joined round(std::size_t tie, const ScaleLogs& y) const {
    const PartClass& parts = class_of(profile_, kind_of(tie));
    const double value = parts.series.nearest(wanted(tie, y), parts.range());
    return {Joined::How::single, value, {value}};
  }

  // The nearest, ascending; the rounded single value is among them.
  std::vector<Joined> candidates(std::size_t tie, const ScaleLogs& y, bool pairs,
                                 std::size_t count) const {
    const Kind kind = kind_of(tie);
    const PartClass& parts = class_of(profile_, kind);
    const double value = wanted(tie, y);
    pairs = pairs && parts.pairs;
    // Twice as many, since the ways to join that a kind lacks are left out.
    std::vector<Joined> found =
        find_candidates(parts.series, parts.range(), value, !is_proportional(kind), pairs,
                        static_cast<int>(pairs ? 2 * count : count));
    std::erase_if(found, [&](const Joined& whole) { return !may_join(kind, whole.how); });
    const Joined rounded = round(tie, y);
    if (std::ranges::none_of(found, [&](const Joined& whole) {
          return whole.value == rounded.value;
        })) {
      found.push_back(rounded);
    }
    const auto distance = [&](const Joined& whole) { return std::abs(std::log(whole.value / value)); };
    std::ranges::stable_sort(found, {}, distance);
    if (found.size() > count) {
      if (std::ranges::none_of(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count),
                               [&](const Joined& w) { return w.value == rounded.value; })) {
        found[count - 1] = rounded;
      }
      found.resize(count);
    }
    std::ranges::sort(found, {}, &Joined::value);
    return found;
  }

  // Coefficient factors of all parts.
  std::vector<double> factors(const Snapped& snapped) const {
    std::vector<double> of_parts(scaled_.parts.size(), 1.0);
    for (std::size_t t = 0; t < ties_.size(); ++t) {
      for (const std::size_t q : ties_[t].parts) {
        const ScaledPart& part = scaled_.parts[q];
        of_parts[q] = factor_of(part.kind, snapped.chosen[t].value,
                                scaled_.value(part, snapped.scales));
      }
    }
    return of_parts;
  }

  // Infinite where K' is not positive definite.
  double exact_error(const Snapped& snapped) const {
    const std::vector<double> of_parts = factors(snapped);
    const auto K = core::SparseCholesky::try_factor(
        sum_matrix(Role::stiffness, scaled_.parts, of_parts, shifted_.size()));
    if (!K) return std::numeric_limits<double>::infinity();
    const Eigen::MatrixXd fit = K->solve(
        sum_force(scaled_.parts, of_parts, shifted_.size(), shifted_.outputs()));
    const double error = asked_.error(fit, fit_);
    return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
  }

  // ---- scales

  // The scales nearby at which the values that all integrators share, and those of which only the
  // ratio counts, are there: x' = v then holds with them exactly.
  std::optional<ScaleLogs> settle_common_values(const ScaleRegion& region, ScaleLogs y) const {
    for (const Role role : {Role::unity, Role::rate}) {
      for (std::size_t t = 0; t < ties_.size(); ++t) {
        if (ties_[t].role != role) continue;
        const double shift = std::log(round(t, y).value / wanted(t, y));
        const std::optional<Scale> scale = find_lever(region, scaled_.parts[ties_[t].parts.front()]);
        if (!scale) {
          if (std::abs(shift) > 1e-12) return std::nullopt;
          continue;
        }
        y(*scale) += shift / scaled_.parts[ties_[t].parts.front()].powers(*scale);
      }
    }
    if (!region.contains(y)) return std::nullopt;
    return y;
  }

  // The scale that is moved for a part: its own, which nothing else follows, before tau and others.
  std::optional<Scale> find_lever(const ScaleRegion& region, const ScaledPart& part) const {
    const auto own = part.part.role == Role::unity ? kUnity : kIntegrator;
    const bool alone = part.powers.cwiseAbs().sum() == std::abs(part.powers(own));
    for (const Scale scale : region.free()) {
      if (part.powers(scale) != 0.0 && (alone || scale != own)) return scale;
    }
    return std::nullopt;
  }

  void refuse_common_values(const ScaleRegion& region) const {
    std::string shared;
    for (const TiedParts& tie : ties_) {
      if (tie.role != Role::rate && tie.role != Role::unity) continue;
      const ScaledPart& part = scaled_.parts[tie.parts.front()];
      shared += fmt::format("{}{} near {}", shared.empty() ? "" : ", ", part.part.element,
                            netlist::format_si(scaled_.value(part, region.centre()),
                                               unit_of_part(part.kind)));
    }
    throw RealizationError(fmt::format(
        "profile {}: no values of its series fit the parts that all integrators share ({}) at "
        "scales within the limits; give fewer of --scale-time, --scale-position and "
        "--scale-velocity, or a profile with closer values",
        profile_.name, shared));
  }

  // ---- the search

  struct Candidates {
    SnapProblem problem;
    std::vector<std::vector<Joined>> values;  // one a variable
    SnapChoice rounded;
  };

  Candidates make_candidates(const ScaleLogs& y, bool pairs, std::size_t count) const {
    Candidates made{problem_, {}, {}};
    for (std::size_t v = 0; v < searched_.size(); ++v) {
      const std::size_t tie = searched_[v];
      made.values.push_back(candidates(tie, y, pairs, count));
      const double rounded = round(tie, y).value;
      for (std::size_t k = 0; k < made.values[v].size(); ++k) {
        const double value = made.values[v][k].value;
        made.problem.variables[v].factors.push_back(
            factor_of(kind_of(tie), value, wanted(tie, y)));
        if (value == rounded) made.rounded.resize(v + 1, k);
      }
    }
    return made;
  }

  // Takes the choice of least exact error into `snapped`, if it is better than what is there.
  SnapChoice judge(const Candidates& made, const std::vector<SnapChoice>& choices,
                   std::size_t count, SnapChoice best, Snapped& snapped) const {
    for (std::size_t c = 0; c < std::min(count, choices.size()); ++c) {
      Snapped trial = snapped;
      apply(made, choices[c], trial);
      trial.error = exact_error(trial);
      if (!(trial.error < snapped.error)) continue;
      snapped = std::move(trial);
      best = choices[c];
    }
    return best;
  }

  void apply(const Candidates& made, const SnapChoice& choice, Snapped& snapped) const {
    for (std::size_t v = 0; v < searched_.size(); ++v) {
      snapped.chosen[searched_[v]] = made.values[v][choice[v]];
    }
  }

  Snapped round_all(const ScaleLogs& y) const {
    Snapped snapped;
    snapped.scales = y;
    for (std::size_t t = 0; t < ties_.size(); ++t) snapped.chosen.push_back(round(t, y));
    snapped.error = snapped.rounded_error = exact_error(snapped);
    return snapped;
  }

  std::vector<Snapped> try_scales(const ScaleRegion& region) const {
    const std::size_t variables = std::max<std::size_t>(1, searched_.size());
    const std::size_t count =
        std::clamp(kScaleWork / variables, kFewestScales, kMostScales);
    std::vector<Snapped> tried;
    const std::vector<ScaleLogs> points = region.draw(count, asked_.seed);
    for (std::size_t k = 0; k < points.size(); ++k) {
      report(0.5 * static_cast<double>(k) / static_cast<double>(points.size()));
      const std::optional<ScaleLogs> y = settle_common_values(region, points[k]);
      if (!y) continue;
      Snapped snapped = round_all(*y);
      // Single values tell good scales from bad ones; pairs come where they are searched in full.
      const Candidates made = make_candidates(*y, false, value_count());
      judge(made, search_choices(made.problem, made.rounded, brief(variables), asked_.seed), 1,
            made.rounded, snapped);
      tried.push_back(std::move(snapped));
    }
    std::ranges::stable_sort(tried, {}, &Snapped::error);
    if (tried.size() > kFinalists) tried.resize(kFinalists);
    return tried;
  }

  std::size_t value_count() const { return static_cast<std::size_t>(2 * asked_.neighbours); }

  void search_fully(Snapped& snapped) const {
    Candidates made = make_candidates(snapped.scales, asked_.pairs, value_count());
    SnapChoice best = made.rounded;
    for (int renewal = 0; renewal < kRenewals; ++renewal) {
      const double before = snapped.error;
      best = judge(made,
                   search_choices(made.problem, best, full(searched_.size()),
                                  asked_.seed + static_cast<std::uint64_t>(1000 * renewal)),
                   kJudged, best, snapped);
      if (renewal > 0 && !(snapped.error < before)) break;
      const auto K = core::SparseCholesky::try_factor(
          sum_matrix(Role::stiffness, scaled_.parts, factors(snapped), shifted_.size()));
      if (!K) break;
      made.problem.P = make_weight(*K);
    }
  }

  // ---- the result

  Mapping finish(Snapped best, const ScaleRegion& region) const {
    for (std::size_t t = 0; t < ties_.size(); ++t) {
      const bool searched = std::ranges::find(searched_, t) != searched_.end();
      const bool common = ties_[t].role == Role::rate || ties_[t].role == Role::unity;
      if (!searched && !common) {
        best.chosen[t] = candidates(t, best.scales, asked_.pairs, 1).front();
      }
    }
    Mapping mapping;
    mapping.ideal = ideal_;
    mapping.snap = {best.rounded_error, best.error};
    mapping.parts = list_parts(best);
    check_most_parts(count_real_parts(mapping.parts), profile_);
    const std::vector<double> of_parts = factors(best);
    const core::SecondOrderSystem mapped = sum_system(shifted_, scaled_.parts, of_parts);
    set_system(mapped, mapping);
    mapping.design = make_design(mapped, best, of_parts, mapping.parts);
    mapping.request = final_request(best.scales);
    mapping.scales = describe_scales(best.scales, region);
    report(1.0);
    return mapping;
  }

  std::vector<MappedPart> list_parts(const Snapped& best) const {
    std::vector<MappedPart> parts(scaled_.parts.size());
    for (std::size_t t = 0; t < ties_.size(); ++t) {
      const Joined rounded = round(t, best.scales);
      for (const std::size_t q : ties_[t].parts) {
        const ScaledPart& part = scaled_.parts[q];
        parts[q] = {part.part, part.kind, scaled_.value(part, best.scales), best.chosen[t],
                    rounded.value};
      }
    }
    return parts;
  }

  void set_system(const core::SecondOrderSystem& mapped, Mapping& mapping) const {
    const Eigen::MatrixXd offset =
        Eigen::VectorXd::Ones(mapped.size()) * request_.swing.offset.transpose();
    mapping.system = mapped;
    mapping.system.f += mapped.K * offset;
    mapping.ideal_fit = fit_ + offset;
    mapping.mapped_fit = core::SparseCholesky(mapped.K, "K'").solve(mapped.f) + offset;
    try {
      core::check_system(mapping.system);
    } catch (const core::InputError& error) {
      throw RealizationError(fmt::format(
          "with the values of profile {} the matrices are no system any more: {}; take closer "
          "values (a finer series, pairs)",
          profile_.name, error.what()));
    }
  }

  netlist::Design make_design(const core::SecondOrderSystem& mapped, const Snapped& best,
                              const std::vector<double>& of_parts,
                              const std::vector<MappedPart>& parts) const {
    std::vector<Query> queries(request_.queries.begin(), request_.queries.end());
    for (std::size_t q = 0; q < scaled_.parts.size(); ++q) {
      const netlist::Part& part = scaled_.parts[q].part;
      if (part.role != Role::weight || part.output != 0) continue;
      for (auto& [i, weight] : queries[static_cast<std::size_t>(part.row)].weights) {
        if (i == part.column) weight *= of_parts[q];
      }
    }
    Request request = request_at(best.scales, mapped, request_, profile_);
    request.queries = queries;
    netlist::Design design =
        put_chosen_values(realize(mapped, request), parts, tolerances(mapped));
    for (netlist::Probe& probe : design.probes) {
      if (probe.kind == netlist::Probe::Kind::position) {
        probe.offset = request_.swing.offset(probe.output);
      }
    }
    for (netlist::Readout& readout : design.readouts) {
      if (readout.kind != netlist::Probe::Kind::position) continue;
      double sum = 0.0;
      for (const auto& [i, weight] : readout.weights) sum += weight;
      readout.offset = sum * request_.swing.offset(readout.output);
    }
    return design;
  }

  // A part to ground is what a row leaves, with the rounding of the whole row.
  std::vector<double> tolerances(const core::SecondOrderSystem& mapped) const {
    std::vector<double> allowed;
    const auto row_size = [](const SparseMatrix& matrix, Eigen::Index row) {
      return matrix.col(row).cwiseAbs().sum();
    };
    for (const ScaledPart& scaled : scaled_.parts) {
      const netlist::Part& part = scaled.part;
      double rounding = 1.0;
      if (part.combination.size() == 1) {
        const SparseMatrix& matrix = part.role == Role::mass      ? mapped.M
                                     : part.role == Role::damping ? mapped.D
                                                                  : mapped.K;
        rounding = std::max(1.0, row_size(matrix, part.row) / std::abs(part.coefficient));
      }
      allowed.push_back(kSameValue * rounding);
    }
    return allowed;
  }

  Request final_request(const ScaleLogs& y) const {
    Request request = request_at(y, shifted_, request_, profile_);
    request.swing.offset = request_.swing.offset;
    request.initial = request_.initial;
    request.queries = {};
    request.springs = {};
    return request;
  }

  ScaleReport describe_scales(const ScaleLogs& y, const ScaleRegion& region) const {
    ScaleReport report;
    const bool overdamped = ideal_.dynamics == core::Dynamics::overdamped;
    const double unit_x = scaled_.positions_are_voltages ? std::exp(y(kPosition)) : 0.0;
    const double unit_v = overdamped ? 0.0 : std::exp(y(kVelocity));
    report.position_v = unit_x * request_.swing.position;
    report.velocity_v = unit_v * request_.swing.velocity;
    report.swing_v = profile_.swing_v.get();
    if (ideal_.kT > 0.0) {
      const double x = unit_x > 0.0 ? unit_x * noise_margin(ideal_.K) : 0.0;
      const double v = unit_v > 0.0 ? unit_v * noise_margin(ideal_.M) : 0.0;
      report.noise_margin_v = std::max(x, v);
      report.text.push_back(fmt::format(
          "voltages hold {} standard deviations of the model's noise: {}", kDeviations,
          netlist::format_si(report.noise_margin_v, "V")));
    }
    for (const Limit& limit : region.limits()) {
      const double factor = std::exp(std::max(limit.bound - limit.row.dot(y), 0.0));
      if (factor > kNear) continue;
      report.text.push_back(fmt::format("{}: {:.2f} times as much fits", limit.text, factor));
    }
    return report;
  }

  // kDeviations sqrt(kT max_i (A^-1)_ii): equipartition, A = K of positions, M of velocities.
  double noise_margin(const SparseMatrix& A) const {
    const Eigen::MatrixXd inverse = core::SparseCholesky(A).solve(
        Eigen::MatrixXd::Identity(A.rows(), A.cols()));
    return kDeviations * std::sqrt(ideal_.kT * inverse.diagonal().maxCoeff());
  }

  const core::SecondOrderSystem& ideal_;
  const Profile& profile_;
  const MapRequest& asked_;
  Request request_;
  core::SecondOrderSystem shifted_;
  ScaledParts scaled_;
  std::vector<TiedParts> ties_;
  Eigen::MatrixXd fit_;  // of the shifted system
  SnapProblem problem_;  // without values
  std::vector<std::size_t> searched_;  // tie of each variable
};

}  // namespace

double SnapReport::gain() const {
  return joint > 0.0 ? rounded / joint : std::numeric_limits<double>::infinity();
}

Mapping map_system(const core::SecondOrderSystem& system, const Profile& profile,
                   const MapRequest& request) {
  return Mapper(system, profile, request).map();
}

}  // namespace springspice::hw
