// What parts that are not exact make of a circuit: Monte Carlo, and the worst parts.
//
// Each draw multiplies the value of each part by 1 + t u, u in [-1, 1] independent, t its relative
// tolerance; stamps the circuit; and reads from it
//
//   prediction error   rms over the data points against the reference (core/prediction_error.hpp)
//   time constant      of the slowest motion, -1 / max Re lambda, model time
//   temperatures       in the directions of the nominal modes (kinetic; overdamped: potential), in
//                      units of the model's kT; injected noise keeps the density that it has, the
//                      Johnson noise of a resistor follows its value (sim/tolerance/draw_modes.hpp:
//                      what is exact and what first order)
//
// A draw that is singular or unstable never comes to rest: its error and its slowest time are
// infinite, it is not good, and it has no share in the quantiles.
//
// Fluxes are those of a circuit that starts from rest, whatever initial currents its deck has. The
// parts' own thermal noise (NoiseSource::own) is left out.
//
// Draw d of part q is a pure function of (seed, q, d): the same for any number of threads.
//
// Memory: draws, positions of 1e7 / (nu m) draws or 1000, whichever is more, for the quantiles (all
// draws where they fit), and nu times the circuit's unknowns for the sensitivities.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/prediction_error.hpp"
#include "netlist/design.hpp"
#include "sim/check.hpp"

namespace springspice::sim {

struct PartSpread {
  std::string element;
  double tolerance = 0.0;  ///< relative, 0 to below 1
  bool normal = false;     ///< standard deviation of a third of it, cut at it; else uniform
};

/// How a draw's resistors carry the model's noise.
enum class NoiseOrigin { injected, natural };

struct ToleranceRequest {
  const Problem& problem;  ///< mapped system and its design, with its circuit
  std::vector<PartSpread> spreads;
  core::PredictionError error;
  Eigen::MatrixXd reference;  ///< nu x m: the ideal fit
  std::uint64_t draws = 1000;
  std::uint64_t seed = 1;
  int threads = 1;
  double error_limit = 0.0;  ///< a draw whose error is at most this is good
  NoiseOrigin noise = NoiseOrigin::injected;
  /// Told 0 to 1 after each draw, by whichever thread made it, one at a time.
  std::function<void(double)> on_progress = {};
};

struct Draw {
  double error = 0.0;      ///< against the reference
  double deviation = 0.0;  ///< the same against the circuit without spread
  double slowest_time = 0.0;
  double coldest = 0.0, hottest = 0.0;  ///< of the modes, units of kT; 0 at kT = 0
};

/// What one part does: rms change of the predictions for one standard deviation of its value.
struct Sensitivity {
  std::string element;
  double spread = 0.0;    ///< in the units of the targets
  double relative = 0.0;  ///< rms change of the predictions for a unit of ln(value)
};

struct ToleranceReport {
  std::vector<Draw> draws;
  Eigen::MatrixXd low, median, high;  ///< nu x m: quantiles 0.05, 0.5, 0.95 of each node
  double yield = 0.0;                 ///< fraction of good draws
  std::uint64_t failed = 0;           ///< draws that never come to rest
  double rms_deviation = 0.0;         ///< over the draws that settle
  double predicted_rms = 0.0;         ///< the same from the sensitivities, to first order
  std::vector<Sensitivity> worst;     ///< all parts, the worst first
  std::string temperatures_note;      ///< how many modes, or why none
};

/// @throws netlist::NetlistError for a part that the circuit lacks or whose value is no number;
/// core::ParameterError for a tolerance outside [0, 1) (names the part), two of one part, 0 draws
/// or threads, a reference of another size, and a circuit that nothing brings to rest;
/// core::InputError where the circuit without spread has no settled state.
ToleranceReport run_tolerance(const ToleranceRequest& request);

/// The circuit of one draw, as run_tolerance() made it, for any simulator.
netlist::Design draw_design(const ToleranceRequest& request, std::uint64_t draw);

/// The error of that draw by ngspice: `.op` where there is one, else a transient from rest to rest.
/// @throws EngineError where ngspice finds no solution, as for a draw that is singular
double run_draw_in_ngspice(const ToleranceRequest& request, std::uint64_t draw,
                           const EngineOptions& engine);

}  // namespace springspice::sim
