// Real parts in place of ideal ones: the deck that a designer simulates before ordering.
//
//   part                    | becomes                                     | figures
//   ------------------------|---------------------------------------------|----------------------
//   opamp_ideal inp inn out | opamp_real: A0 / (1 + s A0 / (2 pi GBW)),   | opamp.gain,
//                           | behind an output resistance; a source `vos` | gain_bandwidth_hz,
//                           | (offset, noise) before the input inp        | output_ohm, offset_v
//   ota_ideal inp inn out   | ota_real: an output resistance A / gm       | ota.output_ohm_...
//   gyrator_ideal           | gyrator_real: the same at both ports, where | the same
//                           | the profile has transconductors             |
//   coil L                  | r<name>_loss = 2 pi f L / Q in series,      | loss.inductor_...
//                           | through the node <name>_loss                |
//   capacitor C             | r<name>_loss = 1 / (2 pi f C tan(delta))    | loss.capacitor_...
//                           | in parallel                                 |
//
// A dielectric's tan(delta) hardly depends on the frequency, so f is the circuit's own, or the one
// at which the profile gives it where that is lower; at rest the conductance is still more than a
// leak.
//
// The instances and element names stay, so that probes, manifest and bill of materials fit. What is
// inside opamp_real, ota_real and gyrator_real is a model of a part, not parts: its resistors make
// no noise (`noisy=0`). Ideal transformers stay as they are: what they lose is in their coils.
//
// Not modelled: slew rate, clipping, input bias currents and impedances, further poles.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/mapping/mapping.hpp"

namespace springspice::hw {

/// A vendor's model: the text of its file and the name of its subcircuit.
struct VendorModel {
  std::string file;  ///< as it is included
  std::string name;  ///< of the subcircuit
  std::vector<std::string> pins;
};

/// Finds `.subckt name` in the text. Pins: in+ in- out (3), or in+ in- vcc vee out (5), in this
/// order, by position.
/// @throws RealizationError where it is not there (lists those that are), or has another number of
/// pins; and for a file with commands (`.control`) or one that includes others
VendorModel find_vendor_model(const std::string& text, const std::string& file,
                              const std::string& name);

struct Imperfections {
  bool gain = false;       ///< finite gain at DC
  bool bandwidth = false;  ///< finite gain-bandwidth (with the finite gain where `gain`, else 1e12)
  /// Input offsets: one standard deviation, signs drawn from `seed`; a gain of 1e12 where `gain` is
  /// not set.
  bool offset = false;
  bool losses = false;  ///< of coils and capacitors; output resistances of transconductors
  /// Thermal noise of resistors at the profile's temperature, input noise of op-amps, current noise
  /// of transconductors, all white and `own`. It asks for `bandwidth`: an ideal op-amp passes white
  /// noise on unfiltered, and the variance of its output is not finite. An op-amp's output
  /// resistance is left out, which would pass it on too, where the amplifier no longer amplifies.
  bool part_noise = false;
  std::uint64_t seed = 1;
};

/// A step of an error budget.
struct ImperfectionStage {
  enum class Cost {
    shift,   ///< moves where the circuit comes to rest
    spread,  ///< moves each board elsewhere: `alone.seed` counts the boards
    noise,   ///< makes it fluctuate
  };
  std::string name;
  Cost cost = Cost::shift;
  Imperfections alone;
  Imperfections together;  ///< with all that shift it before
};

/// Finite gain, finite bandwidth and offset (of op-amps), losses, noise: in this order.
std::vector<ImperfectionStage> list_stages(Topology topology, std::uint64_t seed);

/// All of them but noise, which no deck of DC values shows.
Imperfections all_shifts(std::uint64_t seed);

/// The mapped circuit with these imperfections. With none it is the mapped design.
/// @throws RealizationError for a figure that is needed and unspecified (its key)
netlist::Design make_real(const Mapping& mapping, const Profile& profile,
                          const Imperfections& imperfections);

/// The mapped circuit with the vendor's model for each op-amp, by `.include`; other parts as the
/// imperfections say (gain, bandwidth, offset and noise of op-amps are the model's own). No matrix
/// stands for it: it is for a simulator.
/// @throws RealizationError for a circuit without op-amps, or one without the nodes vcc and vee
/// that a model with five pins needs
netlist::Design make_with_vendor_model(const Mapping& mapping, const VendorModel& model,
                                       const Profile& profile, const Imperfections& imperfections);
/// The same with all other parts ideal.
netlist::Design make_with_vendor_model(const Mapping& mapping, const VendorModel& model);

}  // namespace springspice::hw
