// `gmc`: capacitors and transconductors, for a chip. The RC network of signs.hpp carries M and D;
// for each coordinate a flux node x integrates the velocity, C_x V_x' = g_x V_v, and
// transconductors drive the stiffness forces from the flux nodes into the velocity nodes: a current
// -K_ij x_j into node v_i, with the signs of signs.hpp. A K_ij of either sign is one transconductor
// with its inputs one way round or the other.
//
// A literal spring is a residual node e, loaded by a conductance g: transconductors g l_i bring
// positions in, a current source g a takes the anchor out, and transconductors kappa l_i bring
// -kappa l_i e into the velocity nodes. Read-outs are such nodes without the way back.
#include <cmath>

#include <fmt/format.h>

#include "hw/network.hpp"
#include "hw/ota_sum.hpp"
#include "hw/signs.hpp"
#include "hw/spring_parts.hpp"
#include "netlist/ideal.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using netlist::Probe;
using Role = netlist::Part::Role;

void choose_scales(Builder& builder, const std::vector<int>& signs) {
  const core::SecondOrderSystem& system = builder.system();
  const PartRanges ranges = builder.request().ranges();
  std::vector<ScaleGroup> groups =
      network_scale_groups(apply_signs(system.M, signs), apply_signs(system.D, signs), ranges);
  LogMean transconductance;
  const double ratio = builder.velocity_scale() / builder.position_scale();
  for_each_conductance(builder, [&](double k) { transconductance.add(k * ratio); });
  if (transconductance.mean()) {
    groups.push_back({-*transconductance.mean(), 0, 1, ranges.resistance_ohm});
  }
  builder.set_scales(centre_groups(groups, builder.request().scales));
}

// g_x / C_x = s_x / (s_v tau), both equally far from the centres of their ranges.
void add_flux_node(Builder& builder, const std::vector<int>& signs, Eigen::Index i,
                   Eigen::Index p) {
  const PartRanges ranges = builder.request().ranges();
  const double rate = builder.position_scale() / (builder.velocity_scale() * builder.tau());
  const double centred =
      std::sqrt(rate * ranges.capacitance_f.centre() / ranges.resistance_ohm.centre());
  const auto& ohm = builder.request().surroundings.integrator_ohm;
  const double siemens = ohm ? 1.0 / *ohm : centred;
  const std::string label = builder.label(i, p);
  const std::string node = "x" + label;
  const int sign = signs[static_cast<std::size_t>(i)];
  builder.add(
      netlist::instance("xx" + label, {"v" + label, "0", node}, "ota_ideal", {{"gm", siemens}}),
      "integrator, with cx: x' = v", make_entry(Role::rate, i, i, p, 1.0));
  builder.add(netlist::capacitor("cx" + label, node, "0", siemens / rate), "integrator",
              make_entry(Role::rate, i, i, p, 1.0));
  builder.add_initial(node, sign * builder.initial_position()(i, p) * builder.position_scale());
  builder.add_position_probe(node, Probe::Quantity::voltage, i, p, sign / builder.position_scale());
}

double centre_siemens(const Builder& builder) {
  const Request& request = builder.request();
  return 1.0 / request.surroundings.unity_ohm.value_or(request.ranges().resistance_ohm.centre());
}

void add_literal_spring(Builder& builder, const core::Spring& spring, const std::vector<int>& signs,
                        Eigen::Index p) {
  const std::string label = spring_label(builder, spring, p);
  const std::string node = "e" + label;
  const double g = centre_siemens(builder);
  const double anchor = anchor_of(builder, spring, p);
  const double scale = builder.current_scale() / builder.position_scale();
  builder.section(describe(spring) + "; v(e) is its residual");
  add_ota_sum(builder, "xe" + label, "x", node, turns_of(spring), signs, g, p, -1);
  add_ota_load(builder, "xe" + label, node, g, "residual");
  if (anchor != 0.0) {
    builder.add(
        netlist::current_source("ia" + label, node, "0", g * anchor * builder.position_scale()),
        fmt::format("anchor, less its offset {:.6g}, targets", anchor));
  }
  double residual = -anchor;
  for (const auto& [i, turns] : turns_of(spring)) {
    residual += turns * builder.initial_position()(i, p);
    std::vector<std::string> pins = {"0", node, "v" + builder.label(i, p)};
    if (turns * signs[static_cast<std::size_t>(i)] < 0.0) std::swap(pins[0], pins[1]);
    builder.add(
        netlist::instance(fmt::format("xk{}__{}", label, builder.system().label(i)), pins,
                          "ota_ideal", {{"gm", spring.stiffness * std::abs(turns) * scale}}),
        fmt::format("l({}) = {:.6g}, inputs", builder.system().label(i), turns));
  }
  builder.add_initial(node, residual * builder.position_scale());
}

void add_readouts(Builder& builder, const std::vector<int>& signs, Eigen::Index p) {
  builder.section_of_readouts("transconductors drive a conductance");
  for (std::size_t q = 0; q < builder.request().queries.size(); ++q) {
    const std::string name = "q" + builder.query_label(q, p);
    const double g = centre_siemens(builder);
    add_ota_sum(builder, "x" + name, "x", name, builder.request().queries[q].weights, signs, g, p,
                static_cast<int>(q));
    add_ota_load(builder, "x" + name, name, g, "read-out");
    builder.add_readout(q, p);
  }
}

void add_stiffness(Builder& builder, const SparseMatrix& K, Eigen::Index i, Eigen::Index p) {
  const double scale = builder.current_scale() / builder.position_scale();
  for (SparseMatrix::InnerIterator it(K, i); it; ++it) {
    if (it.value() == 0.0) continue;
    const Eigen::Index j = it.row();
    const std::string from = "x" + builder.label(j, p);
    // The force is -K x: a positive entry draws current out of the node.
    std::vector<std::string> pins = {"0", from, "v" + builder.label(i, p)};
    if (it.value() < 0.0) std::swap(pins[0], pins[1]);
    builder.add(netlist::instance("xk" + builder.label(i, j, p), pins, "ota_ideal",
                                  {{"gm", std::abs(it.value()) * scale}}),
                builder.entry("K", i, j, builder.system().K.coeff(i, j)) + ", inputs",
                make_entry(Role::stiffness, i, j, p, builder.system().K.coeff(i, j)));
  }
}

}  // namespace

netlist::Design realize_gmc(const core::SecondOrderSystem& system, const Request& request) {
  Builder builder(system, request);
  const std::vector<int> signs = find_signs(system, "gmc");
  choose_scales(builder, signs);
  builder.design().circuit.define(netlist::ideal_ota());
  builder.design().has_operating_point = true;
  add_network(builder, signs);
  const SparseMatrix K = apply_signs(system.K, signs);
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    builder.section("positions: flux nodes");
    for (Eigen::Index i = 0; i < system.size(); ++i) add_flux_node(builder, signs, i, p);
    if (request.literal) {
      for (const core::Spring& spring : request.springs) {
        add_literal_spring(builder, spring, signs, p);
      }
    } else {
      builder.section("stiffness K: transconductors from flux nodes into velocity nodes");
      for (Eigen::Index i = 0; i < system.size(); ++i) add_stiffness(builder, K, i, p);
    }
    add_readouts(builder, signs, p);
  }
  return builder.finish("gmc", "capacitors and transconductors");
}

}  // namespace springspice::hw
