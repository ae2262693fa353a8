#include "hw/mapping/mapped_design.hpp"

#include <cmath>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "hw/mapping/scaled_parts.hpp"
#include "netlist/si.hpp"

namespace springspice::hw {
namespace {

using netlist::Element;
using netlist::Kind;
using Role = netlist::Part::Role;

void set_value(Element& element, double magnitude) {
  double& value = element.kind == Kind::instance ? element.parameters.front().value : element.value;
  value = std::copysign(magnitude, value);
}

bool is_split(const MappedPart& part) { return part.chosen.how != Joined::How::single; }

// What of the whole's current, or of its Johnson noise's density, is half `h`'s.
double share_of(const MappedPart& part, std::size_t h) {
  const double half = part.chosen.values[h];
  return is_proportional(part.kind) ? half / part.chosen.value : part.chosen.value / half;
}

// "10.25 kohm, K(0,1) = 0.5" of the whole becomes
// "10 kohm, in series with rk0_1b for 10.25 kohm, K(0,1) = 0.5".
std::string comment_of_half(const MappedPart& part, const Element& whole, std::size_t h) {
  const std::string unit = unit_of_part(part.kind);
  return fmt::format("{}, in {} with {}{} for {}",
                     netlist::format_si(part.chosen.values[h], unit.c_str()),
                     part.chosen.how == Joined::How::series ? "series" : "parallel", whole.name,
                     h == 0 ? 'b' : 'a', whole.comment);
}

Element make_half(const MappedPart& part, const Element& whole, std::size_t h) {
  Element half = whole;
  half.name += h == 0 ? 'a' : 'b';
  half.comment = comment_of_half(part, whole, h);
  if (h > 0) half.heading.clear();
  set_value(half, part.chosen.values[h]);
  if (part.chosen.how == Joined::How::series) {
    half.nodes[h == 0 ? 1 : 0] = "j" + whole.name;
  } else if (half.initial && part.kind == Kind::inductor) {
    *half.initial *= share_of(part, h);
  }
  return half;
}

using PartOf = std::unordered_map<std::string, const MappedPart*>;

netlist::Circuit rebuild(netlist::Circuit circuit, const PartOf& part_of) {
  netlist::Circuit rebuilt = circuit.without_elements();
  rebuilt.reserve(circuit.elements().size());
  for (Element& element : std::move(circuit).take_elements()) {
    const auto found = part_of.find(element.name);
    if (found == part_of.end()) {
      rebuilt.add(std::move(element));
    } else if (const MappedPart& part = *found->second; is_split(part)) {
      for (std::size_t h = 0; h < 2; ++h) rebuilt.add(make_half(part, element, h));
    } else {
      set_value(element, part.chosen.value);
      rebuilt.add(std::move(element));
    }
  }
  return rebuilt;
}

std::vector<netlist::NoiseSource> split_noise(const std::vector<netlist::NoiseSource>& sources,
                                              const PartOf& part_of) {
  std::vector<netlist::NoiseSource> split;
  for (const netlist::NoiseSource& source : sources) {
    const auto found =
        source.incidence.size() == 1 ? part_of.find(source.incidence[0].where) : part_of.end();
    if (found == part_of.end() || !is_split(*found->second)) {
      split.push_back(source);
      continue;
    }
    for (std::size_t h = 0; h < 2; ++h) {
      netlist::NoiseSource half = source;
      half.name += h == 0 ? 'a' : 'b';
      half.incidence[0].where += h == 0 ? 'a' : 'b';
      half.density *= share_of(*found->second, h);
      split.push_back(std::move(half));
    }
  }
  return split;
}

std::vector<netlist::Part> split_parts(const std::vector<netlist::Part>& parts,
                                       const PartOf& part_of) {
  std::vector<netlist::Part> split;
  for (const netlist::Part& part : parts) {
    const auto found = part_of.find(part.element);
    if (found == part_of.end() || !is_split(*found->second)) {
      split.push_back(part);
      continue;
    }
    if (found->second->chosen.how == Joined::How::series) continue;
    for (std::size_t h = 0; h < 2; ++h) {
      netlist::Part half = part;
      half.element += h == 0 ? 'a' : 'b';
      half.coefficient *= share_of(*found->second, h);
      split.push_back(std::move(half));
    }
  }
  return split;
}

// Rounding of a computed value against the chosen one: logarithms of scales, and of a part to
// ground the whole row of which it is what the others leave.
constexpr double kSameValue = 1e-11;
double tolerance_of(const netlist::Part& part, const core::SecondOrderSystem& mapped) {
  if (part.combination.size() != 1) return kSameValue;
  const core::SparseMatrix& matrix = part.role == Role::mass      ? mapped.M
                                     : part.role == Role::damping ? mapped.D
                                                                  : mapped.K;
  const double row = matrix.col(part.row).cwiseAbs().sum();
  return kSameValue * std::max(1.0, row / std::abs(part.coefficient));
}

// Parts that the noise brings: what injects it, and inverters of generators. Their values are given
// by the request, and lie in the series.
void add_noise_parts(const netlist::Design& design, const Profile& profile,
                     std::vector<MappedPart>& parts) {
  std::unordered_set<std::string> known;
  for (const MappedPart& part : parts) known.insert(part.part.element);
  for (const netlist::Part& part : design.parts) {
    if (known.contains(part.element)) continue;
    const Element& element = *design.circuit.find(part.element);
    const PartClass& values = class_of(profile, element.kind);
    const double value = values.series.nearest(value_of(element), values.range());
    parts.push_back({part, element.kind, value, {Joined::How::single, value, {value}}, value});
  }
}

void put_offsets_back(netlist::Design& design, const Eigen::VectorXd& offset) {
  for (netlist::Probe& probe : design.probes) {
    if (probe.kind == netlist::Probe::Kind::position) probe.offset = offset(probe.output);
  }
  for (netlist::Readout& readout : design.readouts) {
    if (readout.kind != netlist::Probe::Kind::position) continue;
    double sum = 0.0;
    for (const auto& [i, weight] : readout.weights) sum += weight;
    readout.offset = sum * offset(readout.output);
  }
}

void put_chosen_values(netlist::Design& design, const core::SecondOrderSystem& mapped,
                       const std::vector<MappedPart>& parts) {
  PartOf part_of;
  for (const MappedPart& part : parts) {
    const Element* element = design.circuit.find(part.part.element);
    const double value = element == nullptr ? 0.0 : value_of(*element);
    if (std::abs(value / part.chosen.value - 1.0) > tolerance_of(part.part, mapped)) {
      throw std::logic_error(
          fmt::format("{} of the mapped system is {:.17g}, and {:.17g} was chosen",
                      part.part.element, value, part.chosen.value));
    }
    part_of.emplace(part.part.element, &part);
  }
  design.circuit = rebuild(std::move(design.circuit), part_of);
  design.noise = split_noise(design.noise, part_of);
  design.parts = split_parts(design.parts, part_of);
}

}  // namespace

netlist::Design make_mapped_design(const core::SecondOrderSystem& mapped,
                                   const std::vector<Query>& queries, const Request& asked,
                                   const Request& at, const Profile& profile,
                                   std::vector<MappedPart>& parts) {
  Request request = at;
  request.queries = queries;
  netlist::Design design = realize(mapped, request);
  add_noise_parts(design, profile, parts);
  put_chosen_values(design, mapped, parts);
  put_offsets_back(design, asked.swing.offset);
  return design;
}

std::size_t count_real_parts(const std::vector<MappedPart>& parts) {
  std::size_t count = 0;
  for (const MappedPart& part : parts) count += part.chosen.values.size();
  return count;
}

}  // namespace springspice::hw
