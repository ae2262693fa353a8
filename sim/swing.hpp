// How far the trajectory goes: what a circuit's voltage swing must hold.
#pragma once

#include <optional>

#include <Eigen/Core>

#include "core/modes.hpp"
#include "core/system.hpp"

namespace springspice::sim {

/// |x - offset_p| <= position and |v| <= velocity along the path, in model units.
struct PeakSwing {
  Eigen::VectorXd offset;  ///< middle between the lowest and highest position of each output
  double position = 0.0;
  double velocity = 0.0;
};

/// The time in which slow motion covers its swing: the relaxation time; 1/omega of the slowest mode
/// where nothing relaxes; 1 where nothing moves by itself.
double slow_time(const core::TimeScales& scales);

/// The noise-free path from `start` to `end`, sampled by the trapezoidal rule at 20 steps of the
/// fastest period, with steps that double every 200 once 400 are done: what is fast has decayed by
/// then, or rings on with the amplitude that was seen. `fit` is taken in as the path's end.
///
/// A start at rest, but for rounding, is no swing of 1e-16: the position counts as 1e-9 of the
/// largest |x| at least, the velocity as 1e-2 of position / slow_time().
PeakSwing find_peak_swing(const core::SecondOrderSystem& system, const core::State& start,
                          const Eigen::Ref<const Eigen::MatrixXd>& fit,
                          const core::TimeScales& scales, double end);

/// Room for the noise: four standard deviations of the stationary state, at the coordinate that
/// moves most. Nothing where kT is 0, or where no stationary state is known (no modes, no friction;
/// free directions: nothing for positions).
void add_noise_swing(const core::SecondOrderSystem& system, const std::optional<core::Modes>& modes,
                     PeakSwing& swing);

}  // namespace springspice::sim
