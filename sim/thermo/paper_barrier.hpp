// The "thermodynamic learning barrier" of arXiv 2508.19015, as it was computed, and what it is.
//
//     dF_paper = kT ln mean_r exp(-W_r / kT),    W_r = M_s integral_0^t a(x, v) . v dt
//     a = M^-1 (f - K x) - gamma v                (the drift's acceleration, friction included)
//
// along Euler-Maruyama paths with `diagonal` noise, all positions and velocities starting uniformly
// in [low, high). Nothing is changed from outside, so W is no work on the system in the sense of
// Jarzynski's equality. It is heat: by Ito's formula, on average,
//
//     <W> = <M_s/2 |v|^2>_t - <M_s/2 |v|^2>_0 - gamma nu m kT t
//
// so dF_paper grows with the length of the run, at gamma nu m kT or less a unit of time, and its
// plateau at weak springs is no property of the system. The exact free energy of the same springs
// is core/free_energy.hpp's.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/system.hpp"

namespace springspice::thermo {

/// The defaults are the paper's.
struct PaperSettings {
  std::uint64_t seed = 1;
  std::uint64_t runs = 100;
  double step = 1e-3;            ///< model time
  double t_end = 10.0;           ///< model time
  double low = 0.0, high = 3.0;  ///< of all positions and velocities at the start
  int threads = 1;
  std::uint64_t rows = 100;  ///< of the barrier along time
  std::function<void(double)> on_progress;
  std::function<bool()> stop;
};

struct BarrierRow {
  double time = 0.0;
  double barrier = 0.0;         ///< dF_paper of the runs up to here
  double error = 0.0;           ///< standard error by the delta method, of exp(-W/kT)'s mean
  double mean_work = 0.0;       ///< <W>
  double kinetic_change = 0.0;  ///< <M_s/2 |v|^2> less that at the start
  double bath = 0.0;            ///< gamma nu m kT t
  double loss = 0.0;            ///< mean over runs of the mean squared error at this time
};

struct PaperBarrier {
  std::vector<BarrierRow> rows;
  std::vector<double> work;  ///< W_r at the end
  bool complete = true;
};

/// @param potential_constant core::potential_constant() of the data
/// @param loss_unit k N / 2, so that U / loss_unit is the mean squared error
/// @throws core::ParameterError for kT = 0, an overdamped system, no stick mass, D not gamma M, a
/// step at which the scheme is unstable (gives the largest stable one)
PaperBarrier compute_paper_barrier(const core::SecondOrderSystem& system, double potential_constant,
                                   double loss_unit, const PaperSettings& settings);

}  // namespace springspice::thermo
