// The noise sources of a design as elements of its deck, for simulators that run it by themselves.
//
// Each source of two-sided density S becomes a waveform: independent samples of N(0, S/TS) every
// TS, linear in between. A source that stands in the circuit (a generator) carries it; a resistor's
// Johnson current, and any other, stands beside the part as a current source in<part>.
//
//   trnoise  ngspice's own generator: other numbers in each run, no seed
//   pwl      the samples of core/noise_path.hpp (stream: the source's number), beside the deck; the
//            same path that `cosim` plays into circuit and model. For ngspice in one file of
//            elements, which the deck includes; for Xyce and LTspice in one file a source, of lines
//            "time value", which the sources name
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "netlist/design.hpp"
#include "netlist/dialect.hpp"

namespace springspice::hw {

struct DeckNoise {
  enum class Kind { none, trnoise, pwl };
  Kind kind = Kind::none;
  double step_s = 0.0;  ///< TS
  double max_step_s =
      0.0;                 ///< of the deck's .tran: it cuts the damping at the sources' breakpoints
  double end_s = 0.0;      ///< of the deck's .tran
  std::uint64_t seed = 1;  ///< pwl
  /// pwl: the name of the file beside the deck; with one a source, * stands for the source's name
  std::string file;
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

struct NoisyCircuit {
  struct File {
    std::string name, text;
  };
  netlist::Circuit circuit;        ///< with .include where its sources stand in a file
  std::vector<File> files;         ///< beside the deck
  std::vector<std::string> nodes;  ///< that an included file uses
};

/// The circuit of the design with its noise, and with the steps that the noise takes.
/// @throws RealizationError where pwl would need too many points (says how many, and which --t-end,
/// model time, would do), and for trnoise in another dialect than ngspice's
NoisyCircuit add_deck_noise(const netlist::Design& design, const DeckNoise& noise,
                            netlist::Dialect dialect = netlist::Dialect::ngspice);

}  // namespace springspice::hw
