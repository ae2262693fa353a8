// The steps of the deck's noise, and what they cost in accuracy.
#pragma once

#include <string>

#include "cli/options.hpp"
#include "core/noise_bias.hpp"
#include "sim/check.hpp"

namespace springspice::cli {

/// What --deck-noise asks for; kind none where it asks for nothing. Times in model units.
struct DeckNoisePlan {
  hw::DeckNoise::Kind kind = hw::DeckNoise::Kind::none;
  double step = 0.0;
  double max_step = 0.0;  ///< of the simulator
  core::NoiseBias bias;   ///< of the fastest mode's mean square
};

/// --noise-step, or the step at which the fastest mode's mean square is off by 1 %.
/// @throws UsageError for a step that is off by more than 10 %: says which would do
DeckNoisePlan plan_deck_noise(const Options& options, const core::SecondOrderSystem& system,
                              const core::TimeScales& scales);

/// "noise sampled every 0.01 (...): the fastest mode's mean square is off by -0.9 % ...".
std::string describe_deck_noise(const DeckNoisePlan& plan, double time_scale_s);

}  // namespace springspice::cli
