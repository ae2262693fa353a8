// From model units to volts, ohms and seconds.
//
// Scales: tau seconds a unit of model time; Z0 ohm; s_v volt a unit of velocity; s_x volt a unit of
// position, where positions are voltages. One unit of force is the current I0 = s_v / Z0. Then
//
//   capacitor   C  = M tau / Z0            resistor of D    1/R = D / Z0
//   stiffness   as a conductance from a position voltage    g   = K s_v / (s_x Z0)
//               as an inductor                              1/L = K / (Z0 tau)
//   force       I  = I0 f                  energy           E0  = s_v^2 tau / Z0 joule
//   position    d(V_x)/dt = s_x / (s_v tau) V_v
//
// Overdamped, D x' + K x = f: C = D tau / Z0, g = K / Z0, I0 = s_x / Z0, E0 = s_x^2 tau / Z0.
//
// Automatic choice: s_x and s_v put the trajectory's largest excursion at 0.95 V (it was sampled,
// so a little room is left); tau and Z0 put the geometric means of the resistances (or
// conductances), capacitances and inductances at the centres of their ranges, exactly where there
// are two groups, by least squares in the logarithms where there are three.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

namespace springspice::hw {

enum class Range { board, chip };

/// Lowest and highest value that parts of a technology have.
struct Interval {
  double low = 0.0;
  double high = 0.0;
  double centre() const;  ///< geometric
};

struct PartRanges {
  Interval resistance_ohm, capacitance_f, inductance_h;
};

/// board: 1 kohm to 1 Mohm, 100 pF to 1 uF, 10 uH to 10 mH. chip: 1 kohm to 1 Gohm (1 nS to 1 mS),
/// 1 fF to 50 pF; inductors as on a board, since a chip has none of use here.
PartRanges part_ranges(Range range);

/// How far the trajectory goes, in model units: |x - offset_p| <= position, |v| <= velocity.
struct Swing {
  Eigen::VectorXd offset;  ///< one an output
  double position = 1.0;
  double velocity = 1.0;
};

/// Scales given by hand; each that is not given is chosen.
struct ScaleChoice {
  std::optional<double> time_s, impedance_ohm, position_v, velocity_v;
};

/// @throws RealizationError for a scale that is not finite and above 0 (names the option).
void check_scale_choice(const ScaleChoice& choice);

/// A group of parts of one kind: log(value) = log_mean + a log tau + b log Z0.
struct ScaleGroup {
  double log_mean = 0.0;  ///< of the parts' values at tau = Z0 = 1
  int tau_power = 0;
  int impedance_power = 0;
  Interval range;
};

/// tau and Z0 that centre the groups; those given are kept.
struct TimeAndImpedance {
  double time_s = 1.0;
  double impedance_ohm = 1.0;
};
TimeAndImpedance centre_groups(const std::vector<ScaleGroup>& groups, const ScaleChoice& choice);

/// Mean of log|v| over the values that are not zero; none if all are.
class LogMean {
 public:
  void add(double value);
  std::optional<double> mean() const;

 private:
  double sum_ = 0.0;
  std::size_t count_ = 0;
};

}  // namespace springspice::hw
