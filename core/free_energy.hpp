// The exact free energy of a linear system in equilibrium: a Gaussian integral.
//
//     H = sum_p ( 1/2 v_p^T M v_p + 1/2 x_p^T K x_p - f_p^T x_p ) + constant
//     F = -kT ln integral exp(-H / kT)
//       = m ( -(kT/2) ln det(2 pi kT K^-1) - (kT/2) ln det(2 pi kT M) ) + U_min
//     U_min = constant - 1/2 sum_p f_p^T K^-1 f_p
//
// for m outputs, which are independent copies. The integral is over positions and momenta p = M v,
// in model units (no Planck's constant: only differences mean anything). Over velocities, which is
// the right measure where a change of M leaves v as it is, the last term changes its sign:
// -(kT/2) ln det(2 pi kT M^-1). Overdamped there is none.
//
// With constant = potential_constant() H's potential energy is k/2 sum |W x - y|^2 + the other
// springs, so U_min is what the fit leaves. 1/2 f^T K^-1 f cancels against it: U_min is good to
// some 1e-15 of constant.
#pragma once

#include "core/system.hpp"

namespace springspice::core {

/// A linear system with the zero of its energy.
struct EnergySystem {
  SecondOrderSystem system;
  double constant = 0.0;  ///< potential energy at x = 0, summed over the outputs
};

/// Which variable goes with the positions: what is held when the mass changes.
enum class Conjugate { momentum, velocity };
const char* to_string(Conjugate conjugate);

/// All outputs together. Units: energy.
struct FreeEnergy {
  double minimum = 0.0;    ///< U_min
  double positions = 0.0;  ///< -(kT/2) ln det(2 pi kT K^-1), m times
  double motion = 0.0;     ///< the term of M, m times; 0 when overdamped
  double total() const { return minimum + positions + motion; }
};

/// @throws ParameterError where kT is 0; InputError for a singular K (says how many directions are
/// free, names their nodes and says what holds them) and one that is not positive semidefinite
FreeEnergy compute_free_energy(const EnergySystem& energy, Conjugate conjugate);

}  // namespace springspice::core
