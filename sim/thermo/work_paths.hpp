// Work along trajectories that start in equilibrium and follow a protocol.
//
//     W = sum of H_{lambda'}(theta) - H_lambda(theta) over the jumps  (integral of dH/dlambda
//     dlambda) Q = sum of H(theta_after) - H(theta_before) over the steps      (heat taken from the
//     bath) w = sum of H_{lambda'} / kT' - H_lambda / kT over the jumps     (reduced: W / kT where
//     kT stays)
//
// so H at the end less H at the start is W + Q of each run (the first law). At a jump of M what the
// protocol holds stays. Motion between jumps is exact in law, or by the implicit midpoint rule,
// which leaves Boltzmann's distribution of each lambda as it is, at any step: so
//     <exp(-w)> = exp(-(F_1/kT_1 - F_0/kT_0))
// holds exactly for both (Jarzynski, Phys. Rev. Lett. 78 (1997) 2690).
//
// Run r of output p draws from the addresses of sim/dynamics; the same numbers for any number of
// threads.
#pragma once

#include <functional>
#include <vector>

#include "sim/dynamics/integrator.hpp"
#include "sim/thermo/protocol.hpp"

namespace springspice::thermo {

struct WorkPlan {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1000;
  int threads = 1;
  dynamics::Scheme scheme = dynamics::Scheme::exact;  ///< or midpoint
  std::function<void(double)> on_progress;            ///< share done, from the calling thread
  std::function<bool()> stop;                         ///< true: end early with the runs done so far
};

/// One entry a run, in the order of runs.
struct WorkSamples {
  std::vector<double> work;     ///< W, energy
  std::vector<double> heat;     ///< Q, energy
  std::vector<double> reduced;  ///< w, pure numbers
  bool complete = true;
};

/// @throws core::ParameterError for another scheme, for `exact` above dynamics::kDenseLimit
WorkSamples sample_work(const Protocol& protocol, const WorkPlan& plan);

/// The scheme that is fast for this size: exact where its dense steps are cheap, else midpoint.
dynamics::Scheme choose_scheme(const Protocol& protocol);

}  // namespace springspice::thermo
