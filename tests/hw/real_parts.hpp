// A mapping by hand, and figures of parts to make it real with.
#pragma once

#include <string>

#include "hw/mapping/real_parts.hpp"
#include "tests/hw/small_system.hpp"

namespace springspice::test {

inline hw::Mapping make_mapping(const core::SecondOrderSystem& system, const hw::Request& request) {
  hw::Mapping mapping;
  mapping.request = request;
  mapping.ideal = system;
  mapping.system = system;
  mapping.design = hw::realize(system, request);
  return mapping;
}

inline hw::Figure figure(const std::string& key, double value) { return {value, "a test", key}; }

/// Gain 1e4, 100 kHz, 50 ohm, 1 mV, 20 nV/rtHz; A = 200, excess noise 1.5; Q = 100 at 10 kHz; tan
/// delta 0.01 at 1 kHz; 300 K.
inline hw::Profile make_profile() {
  hw::Profile profile;
  profile.name = "test";
  profile.temperature_K = figure("temperature_K", 300.0);
  profile.opamp.emplace();
  profile.opamp->name = "OP1";
  profile.opamp->gain = figure("opamp.gain", 1e4);
  profile.opamp->gain_bandwidth_hz = figure("opamp.gain_bandwidth_hz", 1e5);
  profile.opamp->offset_v = figure("opamp.offset_v", 1e-3);
  profile.opamp->noise_v_per_rthz = figure("opamp.noise_v_per_rthz", 20e-9);
  profile.opamp->output_ohm = figure("opamp.output_ohm", 50.0);
  profile.ota.emplace();
  profile.ota->output_ohm_times_gm = figure("ota.output_ohm_times_gm", 200.0);
  profile.ota->excess_noise = figure("ota.excess_noise", 1.5);
  profile.loss.inductor_q = figure("loss.inductor_q", 100.0);
  profile.loss.inductor_q_hz = figure("loss.inductor_q_hz", 1e4);
  profile.loss.capacitor_tan_delta = figure("loss.capacitor_tan_delta", 0.01);
  profile.loss.capacitor_tan_delta_hz = figure("loss.capacitor_tan_delta_hz", 1e3);
  return profile;
}

}  // namespace springspice::test
