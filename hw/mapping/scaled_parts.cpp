#include "hw/mapping/scaled_parts.hpp"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "hw/error.hpp"
#include "netlist/si.hpp"

namespace springspice::hw {
namespace {

using netlist::Kind;
using Role = netlist::Part::Role;

// Powers are whole numbers; two circuits' values are exact to some 1e-15.
constexpr double kWholePower = 1e-9;

// Ranges that the circuit does not need may be unspecified.
std::optional<Interval> find_range(const std::optional<PartClass>& parts) {
  if (!parts || !parts->low.specified() || !parts->high.specified()) return std::nullopt;
  return parts->range();
}

PartRanges ranges_of(const Profile& profile, const Request& request) {
  PartRanges ranges = request.ranges();
  if (const auto siemens = find_range(profile.transconductor)) {
    ranges.resistance_ohm = {1.0 / siemens->high, 1.0 / siemens->low};
  }
  if (const auto ohm = find_range(profile.resistor)) ranges.resistance_ohm = *ohm;
  if (const auto farad = find_range(profile.capacitor)) ranges.capacitance_f = *farad;
  if (const auto henry = find_range(profile.inductor)) ranges.inductance_h = *henry;
  return ranges;
}

Surroundings surroundings_of(const Profile& profile, const Request& request) {
  Surroundings surroundings = request.surroundings;
  if (request.topology == Topology::opamp) {
    surroundings.reference_v = profile.reference_v.get();
    surroundings.supply_v = profile.supply_v.get();
  }
  return surroundings;
}

// Where the automatic choice (scaling.hpp) puts the scales; those of the request where it gives
// them. Scales that nothing depends on keep any value.
ScaleLogs choose_base(const netlist::Design& design, const Request& request) {
  const netlist::Scales& scales = design.scales;
  const double centre = request.ranges().resistance_ohm.centre();
  ScaleLogs y;
  y << scales.time_s, scales.impedance_ohm, scales.position_v, scales.voltage_v,
      request.surroundings.integrator_ohm.value_or(centre),
      request.surroundings.unity_ohm.value_or(centre);
  return y.array().log();
}

std::vector<Scale> find_given(const Request& request) {
  std::vector<Scale> given;
  if (request.scales.time_s) given.push_back(kTime);
  if (request.scales.impedance_ohm) given.push_back(kImpedance);
  if (request.scales.position_v) given.push_back(kPosition);
  if (request.scales.velocity_v) given.push_back(kVelocity);
  return given;
}

std::vector<double> log_values(const netlist::Design& design) {
  std::vector<double> logs;
  for (const netlist::Part& part : design.parts) {
    logs.push_back(std::log(value_of(*design.circuit.find(part.element))));
  }
  return logs;
}

Request without_offset(Request request) {
  request.initial.x.rowwise() -= request.swing.offset.transpose();
  request.swing.offset.setZero();
  return request;
}

}  // namespace

double ScaledParts::value(const ScaledPart& part, const ScaleLogs& y) const {
  return std::exp(part.log_value + part.powers.dot(y - base));
}

core::SecondOrderSystem shift_system(const core::SecondOrderSystem& system,
                                     const Request& request) {
  Request plain = request;
  plain.list_parts = true;
  plain.queries = {};
  const netlist::Design design = realize(system, plain);
  core::SecondOrderSystem shifted = system;
  shifted.f.setZero();
  for (const netlist::Part& part : design.parts) {
    if (part.role == Role::force) shifted.f(part.row, part.output) = part.coefficient;
  }
  return shifted;
}

Request request_at(const ScaleLogs& y, const core::SecondOrderSystem& system,
                   const Request& request, const Profile& profile) {
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  Request at = without_offset(request);
  const ScaleLogs scales = y.array().exp();
  at.scales = {scales(kTime), scales(kImpedance), scales(kPosition), scales(kVelocity)};
  if (overdamped) at.scales.velocity_v.reset();
  at.own_ranges = ranges_of(profile, request);
  at.surroundings = surroundings_of(profile, request);
  at.surroundings.integrator_ohm = scales(kIntegrator);
  at.surroundings.unity_ohm = scales(kUnity);
  // In the series, as are the resistors of inverters that only generators need.
  if (request.topology == Topology::opamp && system.kT > 0.0) {
    const PartClass& parts = class_of(profile, Kind::resistor);
    at.surroundings.noise_ohm = parts.series.nearest(parts.range().centre(), parts.range());
    at.surroundings.unity_ohm = parts.series.nearest(scales(kUnity), parts.range());
  }
  at.list_parts = true;
  return at;
}

ScaledParts find_scaled_parts(const core::SecondOrderSystem& shifted, const Request& request,
                              const Profile& profile) {
  Request automatic = without_offset(request);
  automatic.own_ranges = ranges_of(profile, request);
  automatic.surroundings = surroundings_of(profile, request);
  automatic.queries = {};
  ScaledParts scaled;
  scaled.base = choose_base(realize(shifted, automatic), automatic);
  scaled.given = find_given(request);
  const netlist::Design design =
      realize(shifted, request_at(scaled.base, shifted, request, profile));
  const std::vector<double> at_base = log_values(design);
  for (std::size_t q = 0; q < design.parts.size(); ++q) {
    const netlist::Element& element = *design.circuit.find(design.parts[q].element);
    scaled.parts.push_back({design.parts[q], element.kind, at_base[q], ScaleLogs::Zero()});
  }
  for (int s = 0; s < kScaleCount; ++s) {
    ScaleLogs doubled = scaled.base;
    doubled(s) += std::log(2.0);
    const std::vector<double> logs =
        log_values(realize(shifted, request_at(doubled, shifted, request, profile)));
    for (std::size_t q = 0; q < logs.size(); ++q) {
      const double power = (logs[q] - at_base[q]) / std::log(2.0);
      if (std::abs(power - std::round(power)) > kWholePower) {
        throw std::logic_error(design.parts[q].element + " is no power of the scales");
      }
      scaled.parts[q].powers(s) = std::round(power);
    }
  }
  scaled.positions_are_voltages = std::ranges::any_of(design.probes, [](const auto& probe) {
    return probe.kind == netlist::Probe::Kind::position &&
           probe.quantity == netlist::Probe::Quantity::voltage;
  });
  return scaled;
}

double value_of(const netlist::Element& element) {
  return std::abs(element.kind == Kind::instance ? element.parameters.front().value
                                                 : element.value);
}

const char* unit_of_part(Kind kind) {
  return kind == Kind::instance ? "S" : netlist::unit_of(kind);
}

bool is_proportional(Kind kind) { return kind != Kind::resistor && kind != Kind::inductor; }

const char* class_key(Kind kind) {
  switch (kind) {
    case Kind::resistor:
      return "resistor";
    case Kind::capacitor:
      return "capacitor";
    case Kind::inductor:
      return "inductor";
    case Kind::instance:
      return "transconductor";
    default:
      return "current_source";
  }
}

const PartClass& class_of(const Profile& profile, Kind kind) {
  const std::optional<PartClass>* found = nullptr;
  switch (kind) {
    case Kind::resistor:
      found = &profile.resistor;
      break;
    case Kind::capacitor:
      found = &profile.capacitor;
      break;
    case Kind::inductor:
      found = &profile.inductor;
      break;
    case Kind::instance:
      found = &profile.transconductor;
      break;
    case Kind::current:
      found = &profile.current_source;
      break;
    default:
      throw std::logic_error("a part of a kind that no profile has");
  }
  if (*found) return **found;
  throw RealizationError(
      fmt::format("profile {} has no {}: this circuit needs one; add it to the profile, or take "
                  "another --realization",
                  profile.name, class_key(kind)));
}

std::string describe_part(const core::SecondOrderSystem& system, const netlist::Part& part) {
  const auto entry = [&](const char* matrix) {
    return fmt::format("{}({},{}) = {:.6g}", matrix, system.label(part.row),
                       system.label(part.column), part.coefficient);
  };
  const auto branch = [&](const char* matrix) {
    if (part.combination.size() != 1) return entry(matrix);
    return fmt::format("row sum {} of {} with its signs = {:.6g}", system.label(part.row), matrix,
                       part.coefficient);
  };
  switch (part.role) {
    case Role::mass:
      return branch("M");
    case Role::damping:
      return branch("D");
    case Role::stiffness:
      return branch("K");
    case Role::force:
      return fmt::format("f({}) = {:.6g}", system.label(part.row), part.coefficient);
    case Role::rate:
      return "integrator";
    case Role::unity:
      return "equal values, of which the ratio counts";
    case Role::weight:
      return fmt::format("read-out {}, weight {:.6g}", part.row + 1, part.coefficient);
    case Role::noise:
      return "noise";
    case Role::turns:
      return fmt::format("spring {}, turns {:.6g}", part.row, part.coefficient);
  }
  return "";
}

}  // namespace springspice::hw
