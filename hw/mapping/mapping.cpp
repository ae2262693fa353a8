#include "hw/mapping/mapping.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/null_space.hpp"
#include "core/sparse_cholesky.hpp"
#include "hw/error.hpp"
#include "hw/mapping/mapped_design.hpp"
#include "hw/mapping/profile_limits.hpp"
#include "hw/mapping/scale_choice.hpp"
#include "hw/mapping/value_search.hpp"
#include "netlist/si.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using Role = netlist::Part::Role;

// Scales that are tried: many for small circuits, where each takes a millisecond; of these the best
// are searched in full.
constexpr std::size_t kMostScales = 400;
constexpr std::size_t kFewestScales = 8;
constexpr std::size_t kScaleWork = 20'000;  // scales times values
std::size_t count_finalists(std::size_t variables) { return variables > 1000 ? 1 : 4; }

// Standard deviations of the noise that a request's swing allows for (sim/swing.hpp).
constexpr double kDeviations = 4.0;
// Scales of which is asked whether the hardware works there.
constexpr std::size_t kMostAsked = 100;
// A limit this near, as a factor, is told.
constexpr double kNear = 1.1;

void require_definite(const core::SecondOrderSystem& system) {
  const core::NullSpace null_space = core::find_null_space(system.K);
  if (null_space.dimension() == 0 && core::SparseCholesky::try_factor(system.K)) return;
  throw RealizationError(fmt::format(
      "K is {}, so values near those wanted may leave the fit anywhere; give --neighbor-spring or "
      "--pin-spring, or fewer --sticks",
      null_space.dimension() > 0
          ? fmt::format("singular ({} free directions)", null_space.dimension())
          : std::string("not positive definite")));
}

Request clean_request(const core::SecondOrderSystem& system, const Profile& profile,
                      Request request) {
  check_profile_limits(system, request, profile);
  require_definite(system);
  request.springs = {};
  if (request.topology == Topology::rlc) request.coupling = Coupling::direct;
  return request;
}

core::SecondOrderSystem without_noise(core::SecondOrderSystem system) {
  system.kT = 0.0;
  return system;
}

class Mapper {
 public:
  Mapper(const core::SecondOrderSystem& system, const Profile& profile, const MapRequest& asked)
      : ideal_(system),
        profile_(profile),
        asked_(asked),
        request_(clean_request(system, profile, asked.request)),
        shifted_(shift_system(system, request_)),
        scaled_(find_scaled_parts(without_noise(shifted_), request_, profile)),
        region_(system, scaled_, request_, profile),
        search_(
            {shifted_, scaled_, profile, asked.error, asked.pairs, asked.neighbours, asked.seed}) {}

  Mapping map() const {
    auto [finalists, best_rounded] = try_scales();
    Snapped best = finalists.front();
    for (std::size_t k = 0; k < finalists.size(); ++k) {
      search_.search_fully(finalists[k]);
      if (finalists[k].error < best.error) best = finalists[k];
      report(0.5 + 0.5 * static_cast<double>(k + 1) / static_cast<double>(finalists.size()));
    }
    if (!std::isfinite(best.error)) {
      throw RealizationError(
          "no choice of values near those wanted keeps K positive definite; take a profile with "
          "closer values (a finer series, pairs), fewer --sticks, or a stiffer --neighbor-spring");
    }
    search_.choose_nearest(best);
    Mapping mapping = finish(best);
    mapping.snap.best_rounded = std::min(best_rounded, best.rounded_error);
    return mapping;
  }

 private:
  void report(double fraction) const {
    if (asked_.on_progress) asked_.on_progress(fraction);
  }

  struct Tried {
    std::vector<Snapped> finalists;  // of least error after a brief search
    double best_rounded = std::numeric_limits<double>::infinity();
  };

  Tried try_scales() const {
    const std::size_t variables = std::max<std::size_t>(1, search_.variables());
    const std::size_t count = std::clamp(kScaleWork / variables, kFewestScales, kMostScales);
    const std::vector<ScaleLogs> points = region_.draw(count, asked_.seed);
    Tried result;
    std::vector<Snapped>& tried = result.finalists;
    for (std::size_t k = 0; k < points.size(); ++k) {
      report(0.5 * static_cast<double>(k) / static_cast<double>(points.size()));
      const std::optional<ScaleLogs> y = search_.settle_common_values(region_, points[k]);
      if (!y) continue;
      tried.push_back(search_.round_all(*y));
      result.best_rounded = std::min(result.best_rounded, tried.back().rounded_error);
      search_.search_briefly(tried.back());
    }
    if (tried.empty()) {
      throw RealizationError(fmt::format(
          "profile {}: no values of its series fit the parts that share a value ({}) at scales "
          "within the limits; give fewer of --scale-time, --scale-position and --scale-velocity, "
          "or take a profile with closer values",
          profile_.name, search_.describe_common_values(region_.centre())));
    }
    std::ranges::stable_sort(tried, {}, &Snapped::error);
    keep_finalists(tried, count_finalists(variables));
    return result;
  }

  // The first that are accepted; the first of all where none of the best is.
  void keep_finalists(std::vector<Snapped>& tried, std::size_t count) const {
    std::vector<Snapped> accepted;
    const std::size_t asked = asked_.accepts ? std::min(tried.size(), kMostAsked) : 0;
    for (std::size_t k = 0; k < asked && accepted.size() < count; ++k) {
      Snapped nearest = tried[k];
      search_.choose_nearest(nearest);
      if (std::isfinite(nearest.error) && asked_.accepts(finish(nearest))) {
        accepted.push_back(tried[k]);
      }
    }
    if (!accepted.empty()) tried = std::move(accepted);
    if (tried.size() > count) tried.resize(count);
  }

  // ---- the result

  Mapping finish(const Snapped& best) const {
    Mapping mapping;
    mapping.ideal = ideal_;
    mapping.snap = {.rounded = best.rounded_error, .joint = best.error};
    const std::vector<double> factors = search_.factors(best);
    const core::SecondOrderSystem mapped = sum_system(shifted_, scaled_.parts, factors);
    set_system(mapped, mapping);
    mapping.request = request_at(best.scales, shifted_, request_, profile_);
    mapping.parts = list_parts(best);
    mapping.design = make_mapped_design(mapped, map_queries(factors), request_, mapping.request,
                                        profile_, mapping.parts);
    check_most_parts(count_real_parts(mapping.parts), profile_);
    mapping.request.swing.offset = request_.swing.offset;
    mapping.request.initial = request_.initial;
    mapping.request.queries = {};
    mapping.scales = describe_scales(best.scales);
    report(1.0);
    return mapping;
  }

  std::vector<MappedPart> list_parts(const Snapped& best) const {
    std::vector<MappedPart> parts(scaled_.parts.size());
    for (std::size_t t = 0; t < search_.ties().size(); ++t) {
      const Joined rounded = search_.round(t, best.scales);
      for (const std::size_t q : search_.ties()[t].parts) {
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
    mapping.ideal_fit = search_.fit() + offset;
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

  // Read-outs with the weights that their parts have.
  std::vector<Query> map_queries(const std::vector<double>& factors) const {
    std::vector<Query> queries(request_.queries.begin(), request_.queries.end());
    for (std::size_t q = 0; q < scaled_.parts.size(); ++q) {
      const netlist::Part& part = scaled_.parts[q].part;
      if (part.role != Role::weight || part.output != 0) continue;
      for (auto& [i, weight] : queries[static_cast<std::size_t>(part.row)].weights) {
        if (i == part.column) weight *= factors[q];
      }
    }
    return queries;
  }

  ScaleReport describe_scales(const ScaleLogs& y) const {
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
      report.text.push_back(
          fmt::format("voltages hold {} standard deviations of the model's noise, {}", kDeviations,
                      netlist::format_si(report.noise_margin_v, "V")));
    }
    for (const Limit& limit : region_.limits()) {
      const double factor = std::exp(std::max(limit.bound - limit.row.dot(y), 0.0));
      if (!limit.of_profile || factor > kNear) continue;
      report.text.push_back(
          fmt::format("{}; {:.2f} times as far is the limit", limit.text, factor));
    }
    return report;
  }

  // kDeviations sqrt(kT max_i (A^-1)_ii): equipartition, A = K of positions, M of velocities.
  double noise_margin(const SparseMatrix& A) const {
    const Eigen::MatrixXd inverse =
        core::SparseCholesky(A).solve(Eigen::MatrixXd::Identity(A.rows(), A.cols()));
    return kDeviations * std::sqrt(ideal_.kT * inverse.diagonal().maxCoeff());
  }

  const core::SecondOrderSystem& ideal_;
  const Profile& profile_;
  const MapRequest& asked_;
  Request request_;
  core::SecondOrderSystem shifted_;
  ScaledParts scaled_;
  ScaleRegion region_;
  ValueSearch search_;
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
