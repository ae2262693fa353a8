// Scales at which all values and voltages lie within their limits.
//
// In the logarithms y of the scales (scaled_parts.hpp) each limit is linear, and of parts of one
// kind with the same powers only the least and the greatest value matter:
//
//     log value_max + p^T y <= log high        log low <= log value_min + p^T y
//     log s_x + log position <= log swing      log s_v + log velocity <= log swing
//
// The room t of y is the least distance to a limit. The y of most room is a linear program
// (linear_program.hpp); t < 0 means that no scales hold the circuit, and the multipliers say which
// limits conflict: the sum of their rows, so weighted, is 0 while that of their right-hand sides is
// below it. Signals are kept large, a quarter of the largest possible at least, since smaller ones
// drown in offsets and noise; within this many scales are feasible, and draw() gives some of them.
#pragma once

#include <string>
#include <vector>

#include "hw/mapping/scaled_parts.hpp"

namespace springspice::hw {

/// row^T y <= bound.
struct Limit {
  ScaleLogs row = ScaleLogs::Zero();
  double bound = 0.0;
  std::string text;        ///< "rk0_1 (K(0,1) = 0.5) is at most 1 Mohm (resistor.high)"
  bool of_profile = true;  ///< else one of this choice: signals are kept large
};

class ScaleRegion {
 public:
  /// @throws RealizationError where it is empty: the limits that conflict, and by what factor
  ScaleRegion(const core::SecondOrderSystem& system, const ScaledParts& scaled,
              const Request& request, const Profile& profile);

  const std::vector<Limit>& limits() const { return limits_; }
  /// The scales that may be moved, tau first.
  const std::vector<Scale>& free() const { return free_; }
  /// Of most room, log factor.
  const ScaleLogs& centre() const { return centre_; }
  double room() const { return room_; }
  /// All limits, to a part in 1e9.
  bool contains(const ScaleLogs& y) const;
  /// `count` points spread over the region, the centre first: hit and run.
  std::vector<ScaleLogs> draw(std::size_t count, std::uint64_t seed) const;

 private:
  void add_part_limits(const core::SecondOrderSystem& system, const ScaledParts& scaled,
                       const Profile& profile);
  void add_swing_limits(const ScaledParts& scaled, const Request& request, const Profile& profile);
  void find_centre(const std::string& profile);
  void keep_signals_large();
  [[noreturn]] void refuse(const Eigen::VectorXd& multipliers, double room,
                           const std::string& profile) const;

  ScaleLogs base_;
  std::vector<Scale> free_, given_;
  std::vector<Limit> limits_;
  ScaleLogs centre_;
  double room_ = 0.0;
};

}  // namespace springspice::hw
