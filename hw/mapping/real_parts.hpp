// Real parts in place of ideal ones: the deck that a designer simulates before ordering.
//
//   opamp_real inp inn out   one pole: gain A0 / (1 + s A0 / (2 pi GBW)), output resistance, offset
//   ota_real inp inn out gm  a transconductor with its output resistance A / gm
//   coil                     series resistance 2 pi f L / Q
//   capacitor                parallel conductance 2 pi f C tan(delta)
//
// The instances and element names stay, so that probes, manifest and bill of materials fit.
#pragma once

#include <optional>
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
/// pins
VendorModel find_vendor_model(const std::string& text, const std::string& file,
                              const std::string& name);

struct Imperfections {
  bool gain = false;       ///< finite gain at DC
  bool bandwidth = false;  ///< finite gain-bandwidth (with the finite gain where `gain`, else 1e12)
  bool offset = false;     ///< input offsets: one standard deviation, signs drawn from `seed`
  bool losses = false;     ///< of coils and capacitors; output resistances of transconductors
  bool part_noise = false;  ///< thermal noise of resistors, amplifiers' input noise, as `own`
  std::uint64_t seed = 1;
};

/// The mapped circuit with these imperfections. With none it is the mapped design.
netlist::Design make_real(const Mapping& mapping, const Profile& profile,
                          const Imperfections& imperfections);

/// The mapped circuit with all imperfections, op-amps being the vendor's model.
netlist::Design make_with_vendor_model(const Mapping& mapping, const VendorModel& model);

}  // namespace springspice::hw
