#include "hw/realization.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "hw/builder.hpp"
#include "hw/error.hpp"

namespace springspice::hw {

namespace {

// Relative to the absolute contributions; far above the rounding of ten thousand of them.
constexpr double kSameSum = 1e-9;

// A spring that is missing, or counted twice, would be another model.
void check_literal(const core::SecondOrderSystem& system, const Request& request) {
  if (request.springs.size() > kMostLiteralSprings) {
    throw RealizationError(fmt::format(
        "--springs literal makes {} springs of their own, and at most {} can be built; take "
        "--springs condensed, which are the same forces, at most 2^d springs a cell",
        request.springs.size(), kMostLiteralSprings));
  }
  Eigen::MatrixXd force = Eigen::MatrixXd::Zero(system.size(), system.outputs());
  Eigen::MatrixXd absolute = system.f.cwiseAbs();
  for (const core::Spring& spring : request.springs) {
    for (std::size_t t = 0; t < spring.nodes.size(); ++t) {
      const Eigen::RowVectorXd part =
          spring.stiffness * spring.turns[t] * spring.anchor.transpose();
      force.row(spring.nodes[t]) += part;
      absolute.row(spring.nodes[t]) += part.cwiseAbs();
    }
  }
  const core::SparseMatrix K = core::sum_stiffness(request.springs, system.size()) - system.K;
  const double largest = system.K.coeffs().size() > 0 ? system.K.coeffs().cwiseAbs().maxCoeff() : 0;
  const bool same_K =
      K.coeffs().size() == 0 || K.coeffs().cwiseAbs().maxCoeff() <= kSameSum * largest;
  if (same_K && ((force - system.f).array().abs() <= kSameSum * absolute.array()).all()) return;
  throw RealizationError(
      "literal springs must sum to K and f of the system; take --springs condensed");
}

}  // namespace

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
    case Topology::spu:
      return "spu";
  }
  return "";
}

bool keeps_springs(Topology topology) {
  return topology == Topology::rlc || topology == Topology::charge;
}

netlist::Design realize(const core::SecondOrderSystem& system, const Request& request) {
  if (request.literal && request.topology != Topology::spu) check_literal(system, request);
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
    case Topology::spu:
      return realize_spu(system, request);
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
