// A hardware profile: what parts there are, how good they are, and what the whole may be.
//
// JSON, documented key by key in hw/profiles/README.md. Every number is an object {"value": number,
// "source": "where it is from"} or {"value": "unspecified", "source": "who is to fill it in"}; what
// a mapping needs and finds unspecified is refused with the key. Profiles that come with the
// program are named without ".json": bench-rlc, opamp-board, cmos-gmc, spu-8.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hw/mapping/series.hpp"
#include "hw/realization.hpp"

namespace springspice::hw {

/// A number of a profile. @throws RealizationError in get() where it is not specified: the key, the
/// source that the profile gives, and that it is to be filled in.
struct Figure {
  std::optional<double> value;
  std::string source;
  std::string key;  ///< "resistor.tolerance"

  bool specified() const { return value.has_value(); }
  double get() const;
};

/// How a part's value spreads around its nominal value, of relative tolerance t.
enum class Distribution {
  uniform,  ///< in [-t, t]
  normal,   ///< standard deviation t / 3, cut at -t and t
};

/// Resistors, capacitors, inductors, transconductors or current sources of a technology.
struct PartClass {
  Series series;
  Figure low, high;  ///< ohm, farad, henry, siemens, ampere
  Figure tolerance;  ///< fraction, below 1
  Distribution distribution = Distribution::uniform;
  bool pairs = false;  ///< two parts may be joined in series or in parallel
  Interval range() const { return {low.get(), high.get()}; }
};

/// One pole: gain / (1 + i f gain / gbw).
struct OpAmpFigures {
  std::string name;  ///< "TL072"
  Figure gain;       ///< V/V at DC
  Figure gain_bandwidth_hz;
  Figure slew_v_per_s;
  Figure offset_v;          ///< standard deviation of the input offset
  Figure noise_v_per_rthz;  ///< input voltage noise, one-sided density
  Figure output_ohm;        ///< open loop
  Figure supply_current_a;  ///< of one amplifier
};

struct OtaFigures {
  Figure output_ohm_times_gm;    ///< intrinsic gain: output resistance is this / gm
  Figure excess_noise;           ///< current noise 4 kB T excess_noise gm, one-sided
  Figure supply_current_per_gm;  ///< ampere of supply for a siemens: 1 / (gm/I)
};

/// Losses: R = 2 pi f L / Q in series with a coil; G = 2 pi f C tan(delta) beside a capacitor.
struct LossFigures {
  Figure inductor_q, inductor_q_hz;
  Figure capacitor_tan_delta, capacitor_tan_delta_hz;
};

struct Profile {
  std::string name;  ///< "opamp-board"
  std::string description;
  std::vector<Topology> topologies;  ///< that the hardware can be
  std::optional<Figure> most_nodes;  ///< coordinates, all outputs
  std::optional<Figure> most_parts;
  /// Element between two coordinates only where they are neighbours on the grid.
  bool neighbours_only = false;
  std::optional<PartClass> resistor, capacitor, inductor, transconductor, current_source;
  Figure temperature_K;
  Figure supply_v;     ///< positive and negative
  Figure swing_v;      ///< largest |voltage| of a signal
  Figure reference_v;  ///< of the references of f
  /// Relative, of each reference by itself; where it is not specified, references are exact.
  Figure reference_tolerance;
  std::optional<OpAmpFigures> opamp;
  std::optional<OtaFigures> ota;
  LossFigures loss;
};

/// @param name what error messages call it: a file's name
/// @throws RealizationError with the path of the key ("resistor.series: ...") for what is missing,
/// of the wrong type, not finite, out of its bounds (tolerance 0 to below 1), contradictory (low
/// above high, swing above supply, no class for a topology), or unknown.
Profile parse_profile(const std::string& json, const std::string& name);

/// The text of a profile that comes with the program; none of that name.
std::optional<std::string> find_shipped_profile(const std::string& name);
std::vector<std::string> shipped_profiles();

}  // namespace springspice::hw
