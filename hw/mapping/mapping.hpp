// A system on the hardware of a profile: scales, values of real parts, and what they make of it.
//
//   ideal    the system's circuit with values as computed (realization.hpp)
//   scaled   the same at scales at which all values lie in the profile's ranges (scale_choice.hpp)
//   snapped  with values that there are (snapping.hpp)
//
// The snapped circuit is again a circuit of a system of this kind, the *mapped* system M', D', K',
// f': equal entries (i, j) and (j, i), and the copies of several outputs, get equal values, all
// integrators are alike, and so are all parts of which only the ratio counts. So M', D', K' stay
// symmetric, and every check of the ideal circuit holds for the mapped one against M', D', K', f'.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/prediction_error.hpp"
#include "hw/mapping/profile.hpp"
#include "hw/realization.hpp"

namespace springspice::hw {

/// A part of the circuit and what stands for it.
struct MappedPart {
  netlist::Part part;  ///< element, role, what it stands for in the ideal system
  netlist::Kind kind = netlist::Kind::resistor;  ///< instance: a transconductor, by its gm
  double wanted = 0.0;                           ///< SI, at the scales chosen
  Joined chosen;
  double rounded = 0.0;  ///< the nearest single value in the logarithm
};

/// How snapping went; errors are rms prediction errors against the ideal fit, in the units of the
/// targets.
struct SnapReport {
  double rounded = 0.0;  ///< each part rounded, at the same scales
  /// Each part rounded, at the best for it of all scales that were tried.
  double best_rounded = 0.0;
  double joint = 0.0;   ///< never above `rounded`
  double gain() const;  ///< rounded / joint; infinite where joint is 0
};

/// Room that is left, as factors of at least 1: how far the nearest value, or voltage, is from its
/// limit.
struct ScaleReport {
  double position_v = 0.0, velocity_v = 0.0;  ///< largest excursions, volt
  double swing_v = 0.0;                       ///< limit, noise margin taken off
  double noise_margin_v = 0.0;    ///< in it: standard deviations of the noise, stated in `text`
  std::vector<std::string> text;  ///< lines for people: each limit that binds
};

struct Mapping {
  Request request;                 ///< with which `design` was made; its spans are empty
  core::SecondOrderSystem ideal;   ///< as asked for
  core::SecondOrderSystem system;  ///< M', D', K', f'
  netlist::Design design;          ///< the snapped circuit, ideal amplifiers; values exactly chosen
  std::vector<MappedPart> parts;   ///< in the order of the circuit
  Eigen::MatrixXd ideal_fit, mapped_fit;  ///< K^-1 f, nu x m
  SnapReport snap;
  ScaleReport scales;
};

struct MapRequest {
  Request request;  ///< topology, swing, initial, queries, title, times; scales given are kept
  core::PredictionError error;
  bool pairs = false;      ///< two parts may be joined where the profile allows it
  int neighbours = 2;      ///< values tried on each side
  std::uint64_t seed = 1;  ///< of the search
  /// Asked of the scales that suit the values best, one after the other, until enough are accepted:
  /// does the hardware work there? Where it works nowhere the best for the values are taken.
  std::function<bool(const Mapping&)> accepts;
  /// Told how far the work is, 0 to 1.
  std::function<void(double)> on_progress;
};

/// @throws RealizationError where the topology is not the profile's, the circuit is larger than it
/// may be, a figure that is needed is unspecified, K is singular, or no scales put all values and
/// voltages within their limits: names the elements and limits that conflict, and by what factor.
Mapping map_system(const core::SecondOrderSystem& system, const Profile& profile,
                   const MapRequest& request);

}  // namespace springspice::hw
