// The profiles of hw/profiles, in the program itself: it needs no installed file. Not installed.
//
// The source is written by hw/profiles/embed.cmake when the program is built.
#pragma once

#include <span>
#include <string_view>

namespace springspice::hw {

struct ShippedProfile {
  std::string_view name;  ///< the file's, without ".json"
  std::string_view text;
};

std::span<const ShippedProfile> shipped_profile_texts();

}  // namespace springspice::hw
