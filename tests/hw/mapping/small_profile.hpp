// A board, a chip and coils, without a file: what mapping needs of a profile.
#pragma once

#include <string>
#include <utility>

#include "hw/mapping/profile.hpp"

namespace springspice::test {

inline hw::Figure figure(double value, const std::string& key) {
  return {value, "of this test", key};
}

inline hw::PartClass part_class(const std::string& key, const hw::Series& series, double low,
                                double high, bool pairs = true) {
  hw::PartClass parts;
  parts.series = series;
  parts.low = figure(low, key + ".low");
  parts.high = figure(high, key + ".high");
  parts.tolerance = figure(0.01, key + ".tolerance");
  parts.pairs = pairs;
  return parts;
}

/// E96 resistors of 1 kohm to 1 Mohm, E24 capacitors of 100 pF to 1 uF, swing of 10 V.
inline hw::Profile board_profile() {
  hw::Profile profile;
  profile.name = "test-board";
  profile.topologies = {hw::Topology::opamp};
  profile.resistor = part_class("resistor", hw::Series::preferred("E96"), 1e3, 1e6);
  profile.capacitor = part_class("capacitor", hw::Series::preferred("E24"), 100e-12, 1e-6);
  profile.temperature_K = figure(300.0, "temperature_K");
  profile.supply_v = figure(15.0, "supply_v");
  profile.swing_v = figure(10.0, "swing_v");
  profile.reference_v = figure(10.0, "reference_v");
  return profile;
}

/// Banks of capacitors, transconductors and current sources; all a chip's.
inline hw::Profile chip_profile() {
  hw::Profile profile = board_profile();
  profile.name = "test-chip";
  profile.topologies = {hw::Topology::gmc};
  profile.resistor = part_class("resistor", hw::Series::preferred("E192"), 1e3, 1e9);
  profile.capacitor = part_class("capacitor", hw::Series::bank(10e-15, 12), 10e-15, 40e-12);
  profile.transconductor =
      part_class("transconductor", hw::Series::bank(1e-9, 14), 1e-9, 16e-6, false);
  profile.current_source =
      part_class("current_source", hw::Series::bank(10e-12, 16), 10e-12, 600e-9, false);
  profile.swing_v = figure(0.5, "swing_v");
  return profile;
}

/// Wound coils of any value up to 1 H.
inline hw::Profile coil_profile() {
  hw::Profile profile = board_profile();
  profile.name = "test-coils";
  profile.topologies = {hw::Topology::rlc};
  profile.inductor = part_class("inductor", hw::Series::preferred("E24"), 1e-6, 1.0);
  profile.current_source =
      part_class("current_source", hw::Series::preferred("E96"), 1e-6, 10e-3, false);
  return profile;
}

}  // namespace springspice::test
