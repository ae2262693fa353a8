// How fast the amplifiers' outputs must move: what a slew rate has to hold.
//
// The noise-free path starts with the acceleration M^-1 (f - K x0 - D v0), which is as a rule its
// largest; positions move at the velocities, up to those of the request's swing. In volts,
//
//     |dV_v / dt| <= s_v / tau max |x''|,      |dV_x / dt| <= s_x / tau max |x'|
//
// A linear circuit knows no slew rate: an amplifier that is too slow takes longer than it says.
#pragma once

#include "hw/mapping/mapping.hpp"

namespace springspice::hw {

/// The steepest output at the start, or at the largest velocity, volt a second.
double steepest_output(const Mapping& mapping);

/// What that is of the amplifier's slew rate, for people; empty where the circuit has no op-amps or
/// the profile no slew rate.
std::string describe_slew(const Mapping& mapping, const Profile& profile);

}  // namespace springspice::hw
