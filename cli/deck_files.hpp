// The texts of a circuit: the deck, and the files that belong beside it.
#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"
#include "core/system.hpp"
#include "hw/deck_noise.hpp"
#include "hw/manifest.hpp"
#include "sim/check.hpp"

namespace springspice::cli {

struct DeckFile {
  std::string name;
  std::string text;
};

struct DeckFiles {
  std::string deck;
  std::vector<DeckFile> beside;  ///< that the deck includes or names; NAME.lib, which it does not
  /// The design's noise, by the names of what was written.
  std::vector<netlist::NoiseSource> noise;
  std::vector<std::string> substitutions;  ///< what the dialect does instead, for people
};

/// Writes the manifest's design as --dialect, --hierarchy and --deck-noise ask for it.
///
/// A test bench measures what the model says: at the end of its `.tran` the position of each
/// coordinate (the velocity, where positions are no voltages) and each read-out, against the exact
/// noise-free trajectory, as NODE_end; positions against the fit too, where it is unique, as
/// NODE_fit. Not where the deck has noise, and not where the trajectory would cost too much.
DeckFiles format_files(const hw::Manifest& manifest, const sim::Analysis& analysis,
                       const hw::DeckNoise& noise, const Options& options);

}  // namespace springspice::cli
