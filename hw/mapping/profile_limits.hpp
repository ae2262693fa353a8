// What a profile allows a circuit to be, before any value is chosen.
#pragma once

#include <cstddef>

#include "hw/mapping/profile.hpp"
#include "hw/realization.hpp"

namespace springspice::hw {

/// @throws RealizationError for a topology that is not the profile's or cannot be mapped, literal
/// springs, more coordinates than there may be, entries between coordinates that are not
/// neighbours where only neighbours are joined, and noise that no snapped parts have.
void check_profile_limits(const core::SecondOrderSystem& system, const Request& request,
                          const Profile& profile);

/// @throws RealizationError for more parts than there may be.
void check_most_parts(std::size_t parts, const Profile& profile);

}  // namespace springspice::hw
