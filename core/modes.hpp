// Modes and time scales of a system without noise.
//
//     underdamped, D = gamma M:  K phi = omega^2 M phi     phi^T M phi = 1
//     overdamped:                K phi = lambda D phi      phi^T D phi = 1
//
// In the modes the equations are independent: q'' + gamma q' + omega^2 q = phi^T f, or
// q' + lambda q = phi^T f. Free modes (the null space of K) have omega^2 or lambda exactly 0.
#pragma once

#include <optional>

#include "core/null_space.hpp"
#include "core/system.hpp"

namespace springspice::core {

struct Modes {
  Eigen::VectorXd stiffness;  ///< omega^2 or lambda, ascending
  Eigen::MatrixXd shapes;     ///< nu x nu, one mode a column
  double friction = 0.0;      ///< gamma; not used when overdamped
  Eigen::Index free = 0;      ///< the first `free` modes feel no spring
};

/// The largest system whose full modes are computed (dense, O(nu^3)).
inline constexpr Eigen::Index kModesLimit = 3000;

/// All modes; none where D is not gamma M (underdamped), nu > kModesLimit, or a mode has a negative
/// stiffness (K not positive semidefinite).
std::optional<Modes> compute_modes(const SecondOrderSystem& system, const NullSpace& null_space);

/// What sets steps, lengths and frequencies.
struct TimeScales {
  double slowest_frequency = 0.0;  ///< smallest omega (rate) above 0, rad per unit of time
  double fastest_frequency = 0.0;  ///< largest omega (rate)
  double fastest_rate = 0.0;       ///< max |lambda(A)|
  /// -1 / max Re lambda(A) over what relaxes at all; none where nothing does (undamped) or
  /// something grows.
  std::optional<double> relaxation_time;
};

/// From the modes where there are any; for larger systems from the extreme modes alone (Lanczos, to
/// 1e-4); for general D or a K that is not positive semidefinite from the eigenvalues of A.
/// Give the modes of compute_modes(): where it has none, that says something about the system.
/// @throws ParameterError where none of the three can be had (says which options to give).
TimeScales compute_time_scales(const SecondOrderSystem& system, const NullSpace& null_space,
                               const std::optional<Modes>& modes);

}  // namespace springspice::core
