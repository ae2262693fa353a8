// How hot is each mode and each node of a linear Langevin system? From its second moments.
//
//     mode k   kinetic  <(phi_k^T M v)^2>           potential  omega_k^2 <(phi_k^T M (x - x*))^2>
//              (overdamped: lambda_k <(phi_k^T D (x - x*))^2>, potential alone)
//     node i   kinetic  <v_i^2> / (M^-1)_ii         potential  <(x_i - x*_i)^2> / (K^-1)_ii
//
// All are kT in equilibrium: v ~ N(0, kT M^-1), x ~ N(K^-1 f, kT K^-1). The entropy production rate
// of the steady state, in units of k_B a unit of model time, is
//
//     Pi = tr(A_irr^T (Q/2)^-1 A_irr Theta) + tr(A_irr)      (Landi, Tome, de Oliveira 2013)
//
// with Theta the covariance, Q the diffusion and A_irr the friction's part of the drift; 0 in
// equilibrium. One output's copy of the system: all others are alike.
#pragma once

#include <optional>
#include <vector>

#include <Eigen/Core>

#include "core/modes.hpp"
#include "core/stationary.hpp"
#include "core/system.hpp"

namespace springspice::dynamics {

/// An effective temperature, in units of the model's energy.
struct Temperature {
  std::optional<double> kinetic;    ///< none when overdamped
  std::optional<double> potential;  ///< none along free directions
  double value() const { return kinetic ? *kinetic : potential.value_or(0.0); }
};

struct ModeTemperature {
  double frequency = 0.0;  ///< omega, overdamped lambda; model units
  Temperature temperature;
};

struct Temperatures {
  std::vector<ModeTemperature> modes;  ///< empty where D is not gamma M
  std::vector<Temperature> nodes;
  double mean = 0.0;  ///< over the degrees of freedom: tr(M <v v^T>) / nu, or tr(K <x x^T>) / nu
  /// None where there is no steady state; infinite where friction has no noise to balance it.
  std::optional<double> entropy_production;
};

/// From the moments of the modes, any white force noise. Free modes have a kinetic temperature.
Temperatures compute_temperatures(const core::Modes& modes, core::Dynamics dynamics,
                                  const core::StationaryMoments& moments);

/// From the covariance of (x, v) (overdamped: of x), for any D and any noise.
/// @param diffusion Q, for theta' = A theta + b + noise
/// @param modes     of K and M (D), where D is gamma M; else none, and none come back
/// @pre A is the drift of make_langevin(system), stable; K is positive definite
Temperatures compute_temperatures(const core::SecondOrderSystem& system,
                                  const std::optional<core::Modes>& modes,
                                  const Eigen::Ref<const Eigen::MatrixXd>& A,
                                  const Eigen::Ref<const Eigen::MatrixXd>& diffusion,
                                  const Eigen::Ref<const Eigen::MatrixXd>& covariance);

/// The coldest and the hottest of all modes, kinetic or potential; of the nodes where there are no
/// modes. (infinity, 0) of nothing.
struct TemperatureRange {
  double coldest, hottest;
};
TemperatureRange find_range(const std::vector<Temperatures>& copies);

}  // namespace springspice::dynamics
