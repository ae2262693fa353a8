// A mapping made by hand: each part rounded to its series, no range kept, nothing optimised.
#pragma once

#include <string>

#include "hw/mapping/mapping.hpp"
#include "tests/hw/small_system.hpp"

namespace springspice::test {

inline hw::Profile shipped_profile(const std::string& name) {
  return hw::parse_profile(hw::find_shipped_profile(name).value(), name);
}

/// Series of a kind of part; continuous where the profile has none.
inline hw::Series series_of(const hw::Profile& profile, netlist::Kind kind) {
  const auto& part = kind == netlist::Kind::resistor    ? profile.resistor
                     : kind == netlist::Kind::capacitor ? profile.capacitor
                                                        : profile.inductor;
  return part ? part->series : hw::Series::continuous();
}

/// The circuit keeps the values as computed; `parts` say what stands for them.
inline hw::Mapping round_each(const core::SecondOrderSystem& system, hw::Request request,
                              const hw::Profile& profile) {
  request.list_parts = true;
  hw::Mapping mapping;
  mapping.ideal = mapping.system = system;
  mapping.design = hw::realize(system, request);
  for (const netlist::Part& stands_for : mapping.design.parts) {
    const netlist::Element& element = part(mapping.design, stands_for.element);
    const bool instance = element.kind == netlist::Kind::instance;
    const double wanted = std::abs(instance ? element.parameters.at(0).value : element.value);
    const double value = series_of(profile, element.kind).nearest(wanted, {1e-15, 1e9});
    mapping.parts.push_back(
        {stands_for, element.kind, wanted, {hw::Joined::How::single, value, {value}}, value});
  }
  mapping.request = std::move(request);
  mapping.request.springs = {};
  mapping.request.queries = {};
  return mapping;
}

}  // namespace springspice::test
