# cmake -DOUTPUT=FILE.cpp -DPROFILES="a.json;b.json" -P embed.cmake: the files' texts as a source.
set(list "")
foreach(profile ${PROFILES})
  get_filename_component(name ${profile} NAME_WE)
  file(READ ${profile} text)
  string(APPEND list "    {\"${name}\", R\"json(${text})json\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by hw/profiles/embed.cmake.
#include <array>

#include \"hw/mapping/shipped_profiles.hpp\"

namespace springspice::hw {

std::span<const ShippedProfile> shipped_profile_texts() {
  static constexpr auto kProfiles = std::to_array<ShippedProfile>({
${list}  });
  return kProfiles;
}

}  // namespace springspice::hw
")
