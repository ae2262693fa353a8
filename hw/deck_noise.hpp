// The noise sources of a design as elements of its deck, for simulators that run it by themselves.
//
// Each source of two-sided density S becomes a waveform: independent samples of N(0, S/TS) every
// TS, linear in between. A source that stands in the circuit (a generator) carries it; a resistor's
// Johnson current, and any other, stands beside the part as a current source in<part>.
//
//   trnoise  ngspice's own generator: other numbers in each run, no seed
//   pwl      the samples of core/noise_path.hpp (stream: the source's number), in a file beside the
//            deck, which every SPICE reads; the same path that `cosim` plays into circuit and model
#pragma once

#include <cstdint>
#include <string>

#include "netlist/design.hpp"

namespace springspice::hw {

struct DeckNoise {
  enum class Kind { none, trnoise, pwl };
  Kind kind = Kind::none;
  double step_s = 0.0;  ///< TS
  double max_step_s =
      0.0;                 ///< of the deck's .tran: it cuts the damping at the sources' breakpoints
  double end_s = 0.0;      ///< of the deck's .tran
  std::uint64_t seed = 1;  ///< pwl
  std::string file;        ///< pwl: the name of the file beside the deck
};

const char* to_string(DeckNoise::Kind kind);

/// ngspice looks through a PWL's points at every load of the circuit: beyond this many it is
/// quadratic in them (8k points take 0.6 s, 32k take 8 s).
inline constexpr double kMostPwlPoints = 8000.0;
/// Of all sources together, 100 MB of text.
inline constexpr double kMostPwlSamples = 4e6;

/// To four digits, never up: for advice, which must be accepted when it is followed.
/// @pre value is above 0
double round_down(double value);

struct NoisyDeck {
  std::string deck;
  std::string file;  ///< text of the file of waveforms; empty without one
};

/// The deck of the design with its noise.
/// @throws RealizationError where pwl would need too many points: says how many, and
/// which --t-end (model time) would do
NoisyDeck format_noisy_deck(const netlist::Design& design, const DeckNoise& noise);

}  // namespace springspice::hw
