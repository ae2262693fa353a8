// A mapping that maps nothing: the ideal circuit in the shape of a mapped one.
#pragma once

#include <string>

#include "hw/mapping/mapping.hpp"
#include "tests/hw/small_system.hpp"

namespace springspice::test {

/// A parabola on three nodes, at a temperature.
inline core::SecondOrderSystem make_noisy() {
  core::Parameters parameters;
  parameters.kT = 0.3;
  return core::make_system(parabola({2}, 40), parameters);
}

inline hw::Profile shipped_profile(const std::string& name) {
  return hw::parse_profile(hw::find_shipped_profile(name).value(), name);
}

/// The values as computed: every part is itself.
inline hw::Mapping map_as_computed(const core::SecondOrderSystem& system, hw::Request request) {
  request.list_parts = true;
  hw::Mapping mapping;
  mapping.ideal = mapping.system = system;
  mapping.design = hw::realize(system, request);
  for (const netlist::Part& stands_for : mapping.design.parts) {
    const netlist::Element& element = part(mapping.design, stands_for.element);
    const bool instance = element.kind == netlist::Kind::instance;
    const double value = std::abs(instance ? element.parameters.at(0).value : element.value);
    mapping.parts.push_back(
        {stands_for, element.kind, value, {hw::Joined::How::single, value, {value}}, value});
  }
  mapping.request = std::move(request);
  mapping.request.springs = {};
  mapping.request.queries = {};
  return mapping;
}

}  // namespace springspice::test
