// How far each part of a mapped circuit may be from its value.
#pragma once

#include <string>
#include <vector>

#include "hw/mapping/mapping.hpp"

namespace springspice::hw {

struct PartTolerance {
  std::string element;
  double fraction = 0.0;  ///< relative, 0 to below 1
  Distribution distribution = Distribution::uniform;
};

/// Of every part by its class, of joined parts each half by itself, and of the references where the
/// profile has their tolerance.
/// @throws RealizationError for a tolerance that is unspecified (its key)
std::vector<PartTolerance> list_tolerances(const Mapping& mapping, const Profile& profile);

}  // namespace springspice::hw
