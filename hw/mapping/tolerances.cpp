#include "hw/mapping/tolerances.hpp"

#include "hw/mapping/scaled_parts.hpp"

namespace springspice::hw {

std::vector<PartTolerance> list_tolerances(const Mapping& mapping, const Profile& profile) {
  std::vector<PartTolerance> tolerances;
  for (const MappedPart& part : mapping.parts) {
    const PartClass& parts = class_of(profile, part.kind);
    const std::string& element = part.part.element;
    const double fraction = parts.tolerance.get();
    if (part.chosen.how == Joined::How::single) {
      tolerances.push_back({element, fraction, parts.distribution});
      continue;
    }
    for (const char* half : {"a", "b"}) {
      tolerances.push_back({element + half, fraction, parts.distribution});
    }
  }
  for (const char* reference : {"vrefp", "vrefn"}) {
    if (!profile.reference_tolerance.specified()) continue;
    if (mapping.design.circuit.find(reference) == nullptr) continue;
    tolerances.push_back({reference, profile.reference_tolerance.get(), Distribution::uniform});
  }
  return tolerances;
}

}  // namespace springspice::hw
