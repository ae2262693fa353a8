// What parts that are not exact make of a circuit: Monte Carlo, and the worst parts.
//
// Each draw multiplies the value of each part by 1 + t u, u in [-1, 1] independent, t its relative
// tolerance; stamps the circuit; and reads from it
//
//   prediction error   rms over the data points against the reference (core/prediction_error.hpp)
//   time constant      of the slowest motion, -1 / max Re lambda, model time
//   temperatures       of the modes of the circuit as drawn before (kinetic; overdamped:
//   potential),
//                      in units of the model's kT; injected noise keeps the density that it has,
//                      the Johnson noise of a resistor follows its value
//
// Draw d of part q is a pure function of (seed, q, d): the same for any number of threads.
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
  double rms_deviation = 0.0;         ///< over the draws that settle
  double predicted_rms = 0.0;         ///< the same from the sensitivities, to first order
  std::vector<Sensitivity> worst;     ///< all parts, the worst first
  std::string temperatures_note;      ///< how many modes, or why none
};

/// @throws netlist::NetlistError for a part that the circuit lacks, core::ParameterError for a
/// tolerance outside [0, 1) (names the part).
ToleranceReport run_tolerance(const ToleranceRequest& request);

/// The circuit of one draw, as run_tolerance() made it, for any simulator.
netlist::Design draw_design(const ToleranceRequest& request, std::uint64_t draw);

/// The error of that draw by ngspice: `.op` where there is one, else a transient to rest.
double run_draw_in_ngspice(const ToleranceRequest& request, std::uint64_t draw,
                           const EngineOptions& engine);

}  // namespace springspice::sim
