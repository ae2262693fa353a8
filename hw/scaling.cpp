#include "hw/scaling.hpp"

#include <cmath>

#include <Eigen/QR>
#include <fmt/format.h>

#include "hw/error.hpp"

namespace springspice::hw {
namespace {

void check_scale(const std::optional<double>& value, const char* option) {
  if (value && !(std::isfinite(*value) && *value > 0.0)) {
    throw RealizationError(
        fmt::format("{} is {}; a scale must be a finite number above 0", option, *value));
  }
}

}  // namespace

double Interval::centre() const { return std::sqrt(low * high); }

PartRanges part_ranges(Range range) {
  if (range == Range::board) return {{1e3, 1e6}, {100e-12, 1e-6}, {10e-6, 10e-3}};
  return {{1e3, 1e9}, {1e-15, 50e-12}, {10e-6, 10e-3}};
}

void check_scale_choice(const ScaleChoice& choice) {
  check_scale(choice.time_s, "--scale-time");
  check_scale(choice.impedance_ohm, "--scale-impedance");
  check_scale(choice.position_v, "--scale-position");
  check_scale(choice.velocity_v, "--scale-velocity");
}

TimeAndImpedance centre_groups(const std::vector<ScaleGroup>& groups, const ScaleChoice& choice) {
  const auto rows = static_cast<Eigen::Index>(groups.size());
  Eigen::MatrixXd powers(rows, 2);
  Eigen::VectorXd wanted(rows);
  for (Eigen::Index g = 0; g < rows; ++g) {
    const ScaleGroup& group = groups[static_cast<std::size_t>(g)];
    powers.row(g) << group.tau_power, group.impedance_power;
    wanted(g) = std::log(group.range.centre()) - group.log_mean;
  }
  // A scale that is given moves to the right-hand side.
  const std::optional<double> given[2] = {choice.time_s, choice.impedance_ohm};
  for (Eigen::Index s = 0; s < 2; ++s) {
    if (!given[s]) continue;
    wanted -= powers.col(s) * std::log(*given[s]);
    powers.col(s).setZero();
  }
  // Of least norm where a group is missing, so that an undetermined scale stays at 1.
  const Eigen::Vector2d logs =
      rows == 0 ? Eigen::Vector2d::Zero().eval()
                : Eigen::Vector2d(powers.completeOrthogonalDecomposition().solve(wanted));
  return {given[0].value_or(std::exp(logs(0))), given[1].value_or(std::exp(logs(1)))};
}

void LogMean::add(double value) {
  if (value == 0.0) return;
  sum_ += std::log(std::abs(value));
  ++count_;
}

std::optional<double> LogMean::mean() const {
  if (count_ == 0) return std::nullopt;
  return sum_ / static_cast<double>(count_);
}

}  // namespace springspice::hw
