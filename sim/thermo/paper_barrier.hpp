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
// so the mean of -W grows with the length of the run by gamma nu m kT a unit of time, dF_paper is
// more (Jensen), and its plateau at weak springs is no property of the system. Nor has it a limit
// for many runs: without springs -W/kT is gamma integral |u|^2 dt, u a thermal velocity, and the
// mean of its exponential is infinite from gamma t = 2 pi / (3 sqrt(3)) = 1.21 on (by Feynman and
// Kac it is exp(A u_0^2 + B), A' = gamma (1 - 2 A + 4 A^2)); 100 runs show the largest of them. The
// exact free energy of the same springs is core/free_energy.hpp's.
//
// The integral is the trapezoidal rule over the steps. (The authors take Simpson's over their
// stored steps.) a . v is a function of the state, so this is an ordinary integral and no
// stochastic one: all rules have the same limit. Along Euler's paths <W> is below the formula by
// M_s h / 2 integral <|a|^2> dt, a share of some (gamma + omega^2 / gamma) h / 2 of the bath's term
// with omega of the springs: 1 % at gamma = 1, k = M and one stick over 20 points.
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
  double t_end = 10.0;           ///< model time, taken to the nearest step
  double low = 0.0, high = 3.0;  ///< of all positions and velocities at the start
  int threads = 1;
  std::uint64_t rows = 100;  ///< of the barrier along time, after that of the start
  std::function<void(double)> on_progress;
  std::function<bool()> stop;
};

struct BarrierRow {
  double time = 0.0;
  double barrier = 0.0;         ///< dF_paper of the runs up to here
  double error = 0.0;           ///< standard error by the delta method, of exp(-W/kT)'s mean
  double mean_work = 0.0;       ///< <W>
  double work_error = 0.0;      ///< standard error of <W> less the kinetic change
  double kinetic_change = 0.0;  ///< <M_s/2 |v|^2> less that at the start
  double bath = 0.0;            ///< gamma nu m kT t
  double loss = 0.0;            ///< mean over runs of the mean squared error at this time
};

struct PaperBarrier {
  std::vector<BarrierRow> rows;  ///< the first at t = 0; never more than one a step
  std::vector<double> work;      ///< W_r at the end, in the order of runs
  bool complete = true;          ///< false: stopped; only runs that came to their end count
};

/// Energies are those of the system's units, of all outputs together. The same numbers for any
/// number of threads.
/// @param potential_constant core::potential_constant() of the data
/// @param loss_unit k N m / 2, so that U / loss_unit is the mean squared error
/// @throws core::ParameterError for kT = 0, an overdamped system, no stick mass, D not gamma M,
/// noise that is not `diagonal`, settings that cannot be, a step at which the scheme is unstable
/// (gives the largest stable one)
PaperBarrier compute_paper_barrier(const core::SecondOrderSystem& system, double potential_constant,
                                   double loss_unit, const PaperSettings& settings);

}  // namespace springspice::thermo
