// The exact noise-free solution, at any times.
//
// Where the system has modes (D = gamma M, or overdamped) each obeys an equation of its own,
//
//     q'' + gamma q' + omega^2 q = p:   q(t) = q0 C(t) + q0' S(t) + p P(t),    q' from C', S', P'
//     q' + lambda q = p:                q(t) = q0 e^(-lambda t) + p P(t)
//
// with S the response to a unit kick, C = S' + gamma S, P = integral of S from 0 to t. All are
// evaluated through formulas without cancellation in the under-, over- and critically damped case,
// for omega = 0 too. Otherwise the matrix exponential of the augmented (2 nu + m) matrix is used.
//
// Cost of one time: O(nu^2 m) with modes, O(nu^3) without. Source: any text on linear vibrations;
// for the exponential, Higham 2005 (scaling and squaring), in Eigen's unsupported module.
#pragma once

#include <optional>

#include <Eigen/Core>

#include "core/modes.hpp"
#include "core/system.hpp"

namespace springspice::sim {

/// The largest system without modes whose exponential is taken.
inline constexpr Eigen::Index kExponentialLimit = 300;

class ExactTrajectory {
 public:
  /// @pre modes are those of the system; where there are none, size() <= kExponentialLimit
  ExactTrajectory(const core::SecondOrderSystem& system, const std::optional<core::Modes>& modes,
                  const core::State& start);

  /// The state at model time t >= 0.
  core::State at(double t) const;

  static bool available(const core::SecondOrderSystem& system,
                        const std::optional<core::Modes>& modes) {
    return modes.has_value() || system.size() <= kExponentialLimit;
  }

 private:
  core::State at_by_modes(double t) const;
  core::State at_by_exponential(double t) const;

  const core::SecondOrderSystem& system_;
  const std::optional<core::Modes>& modes_;
  core::State start_;
  Eigen::MatrixXd q_, q_rate_, p_;  ///< start and force in the modes
  Eigen::MatrixXd generator_;       ///< [A b; 0 0], without modes
  Eigen::RowVectorXd force_unit_;   ///< of each output, what the generator's b is divided by
};

}  // namespace springspice::sim
