// The exact stationary state of a linear second-order Langevin system.
//
//     theta = (x, v) (overdamped: x) is Gaussian, of mean (x*, 0), K x* = f, and of covariance
//     Theta with  A Theta + Theta A^T + Q = 0
//
//   symbol     | shape   | meaning
//   -----------|---------|----------------------------------------------------------
//   mean       | nu x m  | x*, one column an output; velocities have mean 0
//   xx, xv, vv | nu x nu | the blocks of Theta, <dx dx^T>, <dx v^T>, <v v^T>: the same for every
//              |         | output, and outputs are independent; the last two empty when overdamped
//
// Three routes to Theta, which agree where more than one is open:
//   equilibrium  fdt noise: kT K^-1, 0, kT M^-1, whatever D is
//   modes        D = gamma M (or overdamped), any noise: a closed form for each pair of modes
//                (core/stationary.hpp)
//   lyapunov     anything, dense, by Bartels and Stewart (core/moments.hpp): O((2 nu)^3)
//
// There is a stationary state where everything is held and braked: K positive definite, and no mode
// without friction. At kT = 0 it is the fit, at rest.
#pragma once

#include <optional>
#include <string>

#include "core/modes.hpp"
#include "core/null_space.hpp"
#include "core/system.hpp"

namespace springspice::dynamics {

/// The largest system whose covariance is computed, nu x nu numbers; and by `lyapunov`, whose dense
/// matrix is 2 nu x 2 nu (300 coordinates take about 6 s).
inline constexpr Eigen::Index kStationaryLimit = core::kModesLimit;
inline constexpr Eigen::Index kLyapunovLimit = 300;

enum class StationaryRoute { equilibrium, modes, lyapunov };
const char* to_string(StationaryRoute route);

struct StationaryState {
  StationaryRoute route = StationaryRoute::equilibrium;
  Eigen::MatrixXd mean;
  Eigen::MatrixXd xx, xv, vv;

  /// Theta, 2 nu x 2 nu (overdamped: xx).
  Eigen::MatrixXd covariance() const;
};

/// Why there is no stationary state: the free directions with their coordinates, that something
/// runs away, or the undamped modes with their frequencies; empty where there is one.
/// @param modes of compute_modes()
/// @throws core::ParameterError where it cannot be told: D is singular, not gamma M, and the system
/// larger than kLyapunovLimit
std::string explain_no_stationary_state(const core::SecondOrderSystem& system,
                                        const core::NullSpace& null_space,
                                        const std::optional<core::Modes>& modes);

/// By the cheapest route that is open, or by one's own choice.
/// @throws core::ParameterError where there is no stationary state (explain_no_stationary_state()),
/// where the system is too large, and for a route that is not open
StationaryState solve_stationary_state(const core::SecondOrderSystem& system,
                                       const core::NullSpace& null_space,
                                       const std::optional<core::Modes>& modes);
StationaryState solve_stationary_state(const core::SecondOrderSystem& system,
                                       const core::NullSpace& null_space,
                                       const std::optional<core::Modes>& modes,
                                       StationaryRoute route);

/// A and b of theta' = A theta + b + noise and the diffusion Q, dense (core/langevin.hpp).
struct DenseDrift {
  Eigen::MatrixXd A, b, Q;
};
/// @throws core::ParameterError above kLyapunovLimit coordinates
DenseDrift make_dense_drift(const core::SecondOrderSystem& system);

}  // namespace springspice::dynamics
