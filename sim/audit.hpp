// How hot is each mode of the circuit? From the Lyapunov equation of the stamped circuit with the
// sources that the manifest lists, the parts' own noise included.
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
// equilibrium.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/stamped.hpp"

namespace springspice::sim {

/// The largest circuit, coordinates of one output; the work is O(nu^3).
inline constexpr Eigen::Index kAuditLimit = 1200;

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

/// One output's copy of the system.
struct OutputAudit {
  std::vector<ModeTemperature> modes;  ///< empty where D is not gamma M
  std::vector<Temperature> nodes;
  double mean = 0.0;  ///< over the degrees of freedom: tr(M <v v^T>) / nu, or tr(K <x x^T>) / nu
  /// None where there is no steady state; infinite where friction has no noise to balance it.
  std::optional<double> entropy_production;
};

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
