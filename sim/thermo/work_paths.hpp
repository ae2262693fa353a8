// Work along trajectories that start in equilibrium and follow a protocol.
//
//     W = sum over the jumps of H_{lambda'} - H_lambda             integral of dH/dlambda dlambda
//     w = sum over the jumps of H_{lambda'} / kT' - H_lambda / kT  reduced: W / kT where kT stays
//     Q = sum over the steps of H_after - H_before                 heat taken from the bath
//
// so H at the end less H at the start is W + Q of each run (the first law). At a jump of M what the
// protocol holds stays. Motion between jumps is exact in law, or by the implicit midpoint rule,
// which leaves Boltzmann's distribution of each lambda as it is, at any step: so
//     <exp(-w)> = exp(-(F_1/kT_1 - F_0/kT_0))
// holds exactly for both (Jarzynski, Phys. Rev. Lett. 78 (1997) 2690).
//
// Starts are drawn from Boltzmann's distribution, so no friction is needed: an isolated system is
// legal. Run r of output p draws from the addresses of sim/dynamics; the same numbers for any
// number of threads and any memory.
//
// The steps' matrices are made once and serve all runs, where memory holds them all. Where it does
// not, as many runs as it holds go up the staircase together, and only the steps that they are at
// exist.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/dynamics/integrator.hpp"
#include "sim/thermo/protocol.hpp"

namespace springspice::thermo {

struct WorkPlan {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1000;
  int threads = 1;
  dynamics::Scheme scheme = dynamics::Scheme::exact;    ///< or midpoint
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;  ///< about, for steps and runs
  std::function<void(double)> on_progress;              ///< share done, from the calling thread
  std::function<bool()> stop;  ///< true: end early with the runs done so far
};

/// One entry a run, in the order of runs; of a stopped sampling the runs that came to the end.
struct WorkSamples {
  std::vector<double> work;           ///< W, energy
  std::vector<double> heat;           ///< Q, energy
  std::vector<double> reduced;        ///< w, pure numbers
  std::vector<double> energy_change;  ///< H at the end less H at the start, from these two alone
  bool complete = true;
};

/// @throws core::ParameterError for another scheme, for `exact` above dynamics::kDenseLimit, and as
/// check_protocol(); core::InputError likewise, and for an energy that is no longer finite (names
/// the run and lambda)
WorkSamples sample_work(const Protocol& protocol, const WorkPlan& plan);

/// The scheme that is fast for this size: exact where its dense steps are cheap, else midpoint.
dynamics::Scheme choose_scheme(const Protocol& protocol);

}  // namespace springspice::thermo
