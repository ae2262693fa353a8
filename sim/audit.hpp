// How hot is each mode of the circuit? From the Lyapunov equation of the stamped circuit with the
// sources that the manifest lists, the parts' own noise included.
//
// Which temperatures these are: sim/dynamics/temperatures.hpp.
#pragma once

#include <string>
#include <vector>

#include "sim/dynamics/temperatures.hpp"
#include "sim/stamped.hpp"

namespace springspice::sim {

/// The largest circuit, coordinates of one output; the work is O(nu^3).
inline constexpr Eigen::Index kAuditLimit = 1200;

using dynamics::ModeTemperature;
using dynamics::Temperature;
/// One output's copy of the system.
using OutputAudit = dynamics::Temperatures;

struct Audit {
  std::string obstacle;  ///< empty, or why there is no audit
  double kT = 0.0;       ///< the model's
  bool overdamped = false;
  bool with_own_noise = false;
  std::vector<OutputAudit> outputs;
  double coldest = 0.0, hottest = 0.0;  ///< of all modes, or nodes where there are no modes

  /// (hottest - coldest) / kT.
  double spread() const { return (hottest - coldest) / kT; }
};

/// The free directions are those of the model's K (analysis): rounding in parts makes none.
Audit make_audit(const Problem& problem, const Analysis& analysis, const StampedDeck& deck);

}  // namespace springspice::sim
