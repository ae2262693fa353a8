// A protocol: how the energy function is changed from outside, from one system to another.
//
//     lambda(t) = shape(t / duration),    lambda: 0 -> 1
//     M, D, K, f, constant and kT at lambda: (1 - lambda) of `from` + lambda of `to`
//
// in `steps` equal steps of constant lambda = shape((j + 1/2) / steps), with jumps between them
// (and before the first and after the last). Jarzynski's equality and Crooks' theorem hold exactly
// for such a staircase, at any number of steps; the distribution of work is that of the smooth ramp
// to second order in the step. duration 0 is a quench: one jump.
//
// D is interpolated with M, so gamma M stays gamma M. A jump in M keeps what `held` says: momenta
// (v jumps to M'^-1 M v) or velocities. A jump in kT does no work.
#pragma once

#include <cstdint>
#include <string>

#include "core/free_energy.hpp"

namespace springspice::thermo {

/// lambda of s = t / duration: s; 3 s^2 - 2 s^3 (starts and ends gently); or such that the
/// stiffness grows by equal factors in equal times (needs ends of one sign).
enum class Shape { linear, smooth, geometric };
const char* to_string(Shape shape);

struct Protocol {
  core::EnergySystem from, to;
  core::Conjugate held = core::Conjugate::momentum;
  Shape shape = Shape::linear;
  double ratio = 1.0;         ///< of the stiffness at the end to that at the start, for `geometric`
  double duration = 0.0;      ///< model time
  std::uint64_t steps = 100;  ///< at constant lambda; 0 for a quench

  /// lambda of step j (0 <= j < steps).
  double lambda(std::uint64_t step) const;
};

/// The system at lambda. 0 and 1 give the ends themselves.
core::EnergySystem interpolate(const Protocol& protocol, double lambda);

/// The same backwards in time.
Protocol reverse(const Protocol& protocol);

/// Ends fit together, noise is `fdt`, kT > 0, both ends are held (core/free_energy.hpp), duration
/// is finite and not negative, 0 exactly where steps is.
/// @throws core::ParameterError, core::InputError
void check_protocol(const Protocol& protocol);

/// All of it but the noise, of which moments may have any. @throws the same
void check_ends(const Protocol& protocol);

/// What is known exactly. Energies of all outputs together.
struct FreeEnergyChange {
  core::FreeEnergy from, to;
  double kT_from = 0.0, kT_to = 0.0;
  /// to - from; equal to kT times `reduced` where kT stays.
  double energy() const { return to.total() - from.total(); }
  /// F_to / kT_to - F_from / kT_from.
  double reduced() const { return to.total() / kT_to - from.total() / kT_from; }
};
FreeEnergyChange compute_free_energy_change(const Protocol& protocol);

}  // namespace springspice::thermo
