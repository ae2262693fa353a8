// The exact mean work of a protocol, from the moments of the Gaussian state along it.
//
// The state stays Gaussian: N(mu, Theta) follows the same staircase as the trajectories
// (sim/thermo/work_paths.hpp, scheme exact), and <H'> - <H> at each jump needs no more than these
// two. With `diagonal` noise too, which keeps no Boltzmann distribution: then the start is that of
// fdt noise, and the rows show how the system leaves it, and what entropy that makes. Dense: 81
// coordinates and 100 steps take a second or so, most of it the entropy's.
#pragma once

#include <vector>

#include "core/entropy_rates.hpp"
#include "sim/thermo/protocol.hpp"

namespace springspice::thermo {

/// What holds at one time, on average; all outputs together.
struct MomentRow {
  double time = 0.0;
  double lambda = 0.0;
  double work = 0.0;     ///< <W> so far
  double reduced = 0.0;  ///< <w> so far
  double heat = 0.0;     ///< <Q> so far
  double energy = 0.0;   ///< <H>
  core::EntropyRates entropy;
};

struct WorkMoments {
  double work = 0.0, heat = 0.0, reduced = 0.0;  ///< at the end
  /// The start, after each step (its own lambda, the jump onto it included), after the last jump,
  /// and the relaxation.
  std::vector<MomentRow> rows;
};

/// @param relaxation model time after the protocol's end that the rows go on, in equal steps as
/// near to duration / steps as fit, at most 1000 (of a quench: in 200 steps)
/// @throws core::ParameterError above dynamics::kLyapunovLimit coordinates, for a relaxation that
/// is negative or not finite, and as check_ends(); core::InputError likewise
WorkMoments compute_work_moments(const Protocol& protocol, double relaxation);

}  // namespace springspice::thermo
