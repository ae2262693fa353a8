#include "hw/realization.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "hw/builder.hpp"
#include "hw/error.hpp"

namespace springspice::hw {

const char* to_string(Topology topology) {
  switch (topology) {
    case Topology::opamp:
      return "opamp";
    case Topology::gmc:
      return "gmc";
    case Topology::rlc:
      return "rlc";
    case Topology::charge:
      return "charge";
  }
  return "";
}

bool keeps_springs(Topology topology) {
  return topology == Topology::rlc || topology == Topology::charge;
}

netlist::Design realize(const core::SecondOrderSystem& system, const Request& request) {
  if (system.dynamics == core::Dynamics::overdamped) {
    if (request.topology != Topology::opamp) {
      throw RealizationError(fmt::format(
          "--realization {} has no overdamped form here; take --realization opamp, which needs one "
          "op-amp a node, or --dynamics underdamped",
          to_string(request.topology)));
    }
    return realize_overdamped_opamp(system, request);
  }
  switch (request.topology) {
    case Topology::opamp:
      return realize_opamp(system, request);
    case Topology::gmc:
      return realize_gmc(system, request);
    case Topology::rlc:
      return realize_rlc(system, request);
    case Topology::charge:
      return realize_charge(system, request);
  }
  throw RealizationError("unknown realization");
}

std::string describe_range_violations(const netlist::Design& design, Range range) {
  const PartRanges ranges = part_ranges(range);
  std::string text;
  struct Group {
    netlist::Kind kind;
    const char* unit;
    Interval interval;
  };
  const Group groups[] = {{netlist::Kind::resistor, "ohm", ranges.resistance_ohm},
                          {netlist::Kind::capacitor, "F", ranges.capacitance_f},
                          {netlist::Kind::inductor, "H", ranges.inductance_h}};
  for (const auto& [kind, unit, interval] : groups) {
    std::size_t outside = 0;
    std::size_t count = 0;
    double low = std::numeric_limits<double>::infinity();
    double high = 0.0;
    for (const netlist::Element& element : design.circuit.elements()) {
      if (element.kind != kind) continue;
      ++count;
      low = std::min(low, element.value);
      high = std::max(high, element.value);
      if (element.value < interval.low || element.value > interval.high) ++outside;
    }
    if (outside == 0) continue;
    text += fmt::format("{}{} of {} values from {} to {} lie outside {} to {}",
                        text.empty() ? "" : "; ", outside, count, format_si(low, unit),
                        format_si(high, unit), format_si(interval.low, unit),
                        format_si(interval.high, unit));
  }
  return text;
}

}  // namespace springspice::hw
