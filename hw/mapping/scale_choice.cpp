#include "hw/mapping/scale_choice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "core/random.hpp"
#include "hw/error.hpp"
#include "hw/mapping/linear_program.hpp"
#include "netlist/si.hpp"

namespace springspice::hw {
namespace {

using netlist::format_si;

// A limit belongs to what it allows; logarithms of scales carry some 1e-15.
constexpr double kRounding = 1e-9;
// Signals are at least this part of the largest that fit.
constexpr double kLeastSignal = 0.25;
// How far a scale that nothing bounds may be drawn from the centre, and the steps between points.
const double kFarthest = std::log(1e3);
constexpr int kSteps = 12;

const char* option_of(Scale scale) {
  constexpr const char* kOptions[] = {"--scale-time", "--scale-impedance", "--scale-position",
                                      "--scale-velocity"};
  return kOptions[scale];
}

// Parts of one kind that follow the scales alike: the least and the greatest value.
struct Extremes {
  const ScaledPart* least = nullptr;
  const ScaledPart* greatest = nullptr;
  void add(const ScaledPart& part) {
    if (least == nullptr || part.log_value < least->log_value) least = &part;
    if (greatest == nullptr || part.log_value > greatest->log_value) greatest = &part;
  }
};

// The limits as a linear program in the free scales and, where `with_room`, the room.
struct Program {
  Eigen::MatrixXd A;
  Eigen::VectorXd h;
};
Program make_program(const std::vector<Limit>& limits, const std::vector<Scale>& free,
                     const ScaleLogs& base, bool with_room) {
  const auto rows = static_cast<Eigen::Index>(limits.size());
  const auto scales = static_cast<Eigen::Index>(free.size());
  Program program{Eigen::MatrixXd::Zero(rows, scales + (with_room ? 1 : 0)), Eigen::VectorXd(rows)};
  for (Eigen::Index k = 0; k < rows; ++k) {
    const Limit& limit = limits[static_cast<std::size_t>(k)];
    for (Eigen::Index s = 0; s < scales; ++s) {
      program.A(k, s) = limit.row(free[static_cast<std::size_t>(s)]);
    }
    if (with_room) program.A(k, scales) = 1.0;
    program.h(k) = limit.bound - limit.row.dot(base);
  }
  return program;
}

ScaleLogs moved(ScaleLogs base, const std::vector<Scale>& free, const Eigen::VectorXd& step) {
  for (std::size_t s = 0; s < free.size(); ++s) base(free[s]) += step(static_cast<Eigen::Index>(s));
  return base;
}

LinearOptimum find_most_room(const std::vector<Limit>& limits, const std::vector<Scale>& free,
                             const ScaleLogs& base) {
  const Program program = make_program(limits, free, base, true);
  const auto scales = static_cast<Eigen::Index>(free.size());
  const auto best = maximise(Eigen::VectorXd::Unit(scales + 1, scales), program.A, program.h);
  if (!best) throw std::logic_error("the room of the scales has no bound");
  return *best;
}

}  // namespace

ScaleRegion::ScaleRegion(const core::SecondOrderSystem& system, const ScaledParts& scaled,
                         const Request& request, const Profile& profile)
    : base_(scaled.base), given_(scaled.given) {
  add_part_limits(system, scaled, profile);
  add_swing_limits(scaled, request, profile);
  for (int s = 0; s < kScaleCount; ++s) {
    const auto scale = static_cast<Scale>(s);
    const bool used =
        std::ranges::any_of(limits_, [&](const Limit& limit) { return limit.row(s) != 0.0; });
    if (used && std::ranges::find(given_, scale) == given_.end()) free_.push_back(scale);
  }
  find_centre(profile.name);
}

void ScaleRegion::add_part_limits(const core::SecondOrderSystem& system, const ScaledParts& scaled,
                                  const Profile& profile) {
  using Key = std::pair<netlist::Kind, std::array<double, kScaleCount>>;
  std::map<Key, Extremes> groups;
  for (const ScaledPart& part : scaled.parts) {
    Key key{part.kind, {}};
    std::ranges::copy(part.powers, key.second.begin());
    groups[key].add(part);
  }
  for (const auto& [key, extremes] : groups) {
    const PartClass& parts = class_of(profile, key.first);
    const Interval range = parts.range();
    const auto add = [&](const ScaledPart& part, double sign, double limit, const Figure& figure) {
      Limit made;
      made.row = sign * part.powers;
      made.bound = sign * (std::log(limit) - part.log_value) + made.row.dot(scaled.base);
      made.text = fmt::format("{} ({}) is at {} {} ({})", part.part.element,
                              describe_part(system, part.part), sign > 0.0 ? "most" : "least",
                              format_si(limit, unit_of_part(part.kind)), figure.key);
      limits_.push_back(std::move(made));
    };
    add(*extremes.greatest, 1.0, range.high, parts.high);
    add(*extremes.least, -1.0, range.low, parts.low);
  }
}

void ScaleRegion::add_swing_limits(const ScaledParts& scaled, const Request& request,
                                   const Profile& profile) {
  const double swing = profile.swing_v.get();
  const auto add = [&](Scale scale, double excursion, const char* what) {
    if (!(excursion > 0.0)) return;
    Limit limit;
    limit.row(scale) = 1.0;
    limit.bound = std::log(swing / excursion);
    limit.text = fmt::format(
        "the voltage of the largest {}, {:.4g} model units with its noise, "
        "is at most {} ({})",
        what, excursion, format_si(swing, "V"), profile.swing_v.key);
    limits_.push_back(std::move(limit));
  };
  if (scaled.positions_are_voltages) add(kPosition, request.swing.position, "position");
  add(kVelocity, request.swing.velocity, "velocity");
}

void ScaleRegion::find_centre(const std::string& profile) {
  LinearOptimum most = find_most_room(limits_, free_, base_);
  if (most.value < -kRounding) refuse(most.multipliers, most.value, profile);
  centre_ = moved(base_, free_, most.y);
  keep_signals_large();
  most = find_most_room(limits_, free_, base_);
  centre_ = moved(base_, free_, most.y);
  room_ = std::max(most.value, 0.0);
}

// Limits that keep each voltage scale near what the largest signals take.
void ScaleRegion::keep_signals_large() {
  const Program program = make_program(limits_, free_, base_, false);
  Eigen::VectorXd signals = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(free_.size()));
  for (std::size_t s = 0; s < free_.size(); ++s) {
    const bool signal = free_[s] == kPosition || free_[s] == kVelocity;
    const bool bounded = std::ranges::any_of(
        limits_, [&](const Limit& limit) { return limit.row == ScaleLogs::Unit(free_[s]); });
    if (signal && bounded) signals(static_cast<Eigen::Index>(s)) = 1.0;
  }
  if (signals.isZero()) return;
  const auto largest = maximise(signals, program.A,
                                program.h + Eigen::VectorXd::Constant(program.h.size(), kRounding));
  if (!largest) throw std::logic_error("scales that hold the circuit are lost");
  const ScaleLogs at = moved(base_, free_, largest->y);
  for (std::size_t s = 0; s < free_.size(); ++s) {
    if (signals(static_cast<Eigen::Index>(s)) == 0.0) continue;
    limits_.push_back({-ScaleLogs::Unit(free_[s]), -(at(free_[s]) + std::log(kLeastSignal)),
                       fmt::format("signals are at least {} of the largest possible", kLeastSignal),
                       false});
  }
}

void ScaleRegion::refuse(const Eigen::VectorXd& multipliers, double room,
                         const std::string& profile) const {
  // Scaled so that the weightiest limit counts once: loosened by this factor, it would do.
  const double factor = std::exp(-room / multipliers.maxCoeff());
  std::string conflict;
  ScaleLogs given = ScaleLogs::Zero();
  for (std::size_t k = 0; k < limits_.size(); ++k) {
    const double weight = multipliers(static_cast<Eigen::Index>(k));
    if (weight <= kRounding) continue;
    conflict += (conflict.empty() ? "" : "; ") + limits_[k].text;
    given += weight * limits_[k].row;
  }
  std::string options;
  for (const Scale scale : given_) {
    if (std::abs(given(scale)) > kRounding) options += fmt::format(" {}", option_of(scale));
  }
  const bool by_option = !options.empty();
  throw RealizationError(fmt::format(
      "no scales hold this circuit on profile {}: these limits conflict by a factor of {:.3g}: "
      "{}; {}",
      profile, factor, conflict,
      by_option ? "leave out" + options + ", or give other values"
                : "take fewer --sticks, springs that are nearer to each other in size "
                  "(--neighbor-spring, --pin-spring), a topology with other parts, or a profile "
                  "with a wider range"));
}

bool ScaleRegion::contains(const ScaleLogs& y) const {
  return std::ranges::all_of(
      limits_, [&](const Limit& limit) { return limit.row.dot(y) <= limit.bound + kRounding; });
}

std::vector<ScaleLogs> ScaleRegion::draw(std::size_t count, std::uint64_t seed) const {
  std::vector<ScaleLogs> points = {centre_};
  ScaleLogs y = centre_;
  for (std::uint64_t step = 1; points.size() < count; ++step) {
    const std::array<double, 4> a = core::normals({seed, 0, 0, step});
    const std::array<double, 4> b = core::normals({seed, 0, 1, step});
    ScaleLogs direction = ScaleLogs::Zero();
    for (std::size_t s = 0; s < free_.size(); ++s) direction(free_[s]) = s < 4 ? a[s] : b[s - 4];
    double low = -kFarthest;
    double high = kFarthest;
    for (const Limit& limit : limits_) {
      const double slope = limit.row.dot(direction);
      const double room = std::max(limit.bound - limit.row.dot(y), 0.0);
      if (slope > 0.0) high = std::min(high, room / slope);
      if (slope < 0.0) low = std::max(low, room / slope);
    }
    y += (low + (high - low) * core::uniform(seed, 2, step)) * direction;
    if (step % kSteps == 0) points.push_back(y);
  }
  return points;
}

}  // namespace springspice::hw
