// Is the circuit the model in other units?
//
// A deck whose impedances, times or signals are all multiplied by one factor each solves the same
// equations in other units. With t, s and a below, the circuit's entries, read in the manifest's
// units, are those of the model times
//
//   M: p s t^2      D: p s t      K: p s      f: s a          x = p int v dt
//
//   factor | meaning
//   -------|-------------------------------------------------------------------------------
//   t      | one unit of model time lasts t times as long (all C and L times t)
//   s      | conductance: all R and L times 1/s, all C times s
//   a      | signal: positions (and velocities) are a times as large, by a larger force
//   p      | a position's node shows p times the integral of its velocity's node
//
// (overdamped: D: s t, K: s, f: s a). The factors are medians over the entries of M, D, K and f, so
// that one wrong entry does not move them; whether they explain the circuit is for `matrices` to
// say, on the problem in the new units.
#pragma once

#include <optional>
#include <string>

#include "sim/check.hpp"
#include "sim/stamped.hpp"

namespace springspice::sim {

struct CommonScale {
  double time = 1.0;         ///< t
  double impedance = 1.0;    ///< 1/s
  double signal = 1.0;       ///< a
  double integration = 1.0;  ///< p

  /// All are 1 within 1e-12.
  bool is_identity() const;
  /// "time x 2, impedance x 0.5": those that are not 1; a factor of the velocities where it is
  /// neither 1 nor what time and signal make it.
  std::string text() const;
};

/// None where the entries have no common factor to begin with: M, D or K without a median above 0.
std::optional<CommonScale> find_common_scale(const Problem& problem, const ProbeMap& probes,
                                             const StampedDeck& deck);

/// The problem in the circuit's units: time scale, gains of probes, ports and read-outs, and
/// densities of the noise, which then is that of the model again.
Problem rescale(const Problem& problem, const CommonScale& scale);

}  // namespace springspice::sim
