// The manifest: all that is needed to certify a deck and to read any result of it, without the
// data.
//
// JSON beside the deck (NAME.cir, NAME.json). Keys: `springspice` (version), `deck`, `realization`,
// `dialect`, `dynamics`, `grid`, `parameters`, `scales`, `system` (M, D, K as [row, column, value]
// of the lower triangle, counted from 0; f as nu rows of m), `initial` (x and v, nu rows of m),
// `range` (of the targets), `time` (step and end, model time), `probes`, `ports`, `noise` (sources,
// what they act on, two-sided densities; `own` marks a part's thermal noise), `deck_noise` (how the
// deck makes it), `readouts` (nodes that show weighted sums of coordinates, rows counted from 0),
// `posterior` (realization spu: the mean, nu rows of m, to add to samples of the velocities),
// `ideal` (M, D, K, f of the model that the deck was mapped from: `system` is then what the values
// chosen make of it). Numbers are in shortest round-trip form, so the system is read back to the
// bit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/grid.hpp"
#include "core/lagrangian.hpp"
#include "core/system.hpp"
#include "hw/deck_noise.hpp"
#include "netlist/design.hpp"
#include "netlist/names.hpp"

namespace springspice::hw {

/// Where the system came from, when it came from data: what rebuilding it takes.
struct ModelSource {
  std::vector<core::Axis> axes;
  std::vector<std::string> outputs;  ///< names of the targets
  core::Parameters parameters;
};

struct Manifest {
  std::string version;
  std::string deck;
  std::string dialect = "ngspice";
  core::SecondOrderSystem system;
  core::State initial;
  double range = 1.0;  ///< what `steady` is relative to: the largest range of a target
  double step = 0.0;
  double end = 0.0;
  std::optional<ModelSource> source;              ///< none for --system
  std::optional<DeckNoise> deck_noise;            ///< none where the deck's sources are silent
  std::optional<Eigen::MatrixXd> posterior_mean;  ///< nu x m, of realization spu
  netlist::Design design;                         ///< its circuit is empty: that is the deck
  /// By what the names above are found again in a deck that was renamed; empty: not kept.
  std::vector<netlist::NameColour> names;
  /// What was to be built, where `system` is what real parts make of it (mapping/mapping.hpp).
  std::optional<core::SecondOrderSystem> ideal;
};

std::string format_manifest(const Manifest& manifest);

/// @param name what error messages call it
/// @throws RealizationError with the key that is missing or wrong.
Manifest parse_manifest(const std::string& text, const std::string& name);

}  // namespace springspice::hw
