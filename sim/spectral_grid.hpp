// Frequencies and weights for integrals of spectra: dense at the resonances, spaced as a tangent.
//
// Let s_k = -a_k + i c_k be the system's poles. The phase of their Blaschke product,
//
//     Phi(w) = sum_k atan((w - c_k) / a_k) + atan((w + c_k) / a_k),
//
// rises by about pi at each resonance. Points that are equidistant in Phi (midpoints, weight
// dw = dPhi / Phi'(w)) make a quadrature on (0, infinity) that is exact, but for rounding, for the
// spectra |X(w)|^2 of any rational X with these poles, for any whole number a pole: rational Gauss
// quadrature. A spectrum with other poles is integrated with an error, which is what one wants to
// see.
//
// Source: Bultheel, Gonzalez-Vera, Hendriksen, Njastad, "Orthogonal Rational Functions", 1999,
// chapter 5, carried over from the circle to the line.
#pragma once

#include <vector>

#include "core/modes.hpp"

namespace springspice::sim {

struct SpectralPoint {
  double omega = 0.0;   ///< rad per unit of time
  double weight = 0.0;  ///< of the integral over omega from 0 to infinity
};

/// @param points_a_pole at least, a whole number of them; and at least `fewest` in all
std::vector<SpectralPoint> make_spectral_grid(const core::Modes& modes, core::Dynamics dynamics,
                                              double points_a_pole, std::size_t fewest);

}  // namespace springspice::sim
