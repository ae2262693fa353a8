// `gmc`: capacitors and transconductors, for a chip. The RC network of signs.hpp carries M and D;
// for each coordinate a flux node x integrates the velocity, C_x V_x' = g_x V_v, and
// transconductors drive the stiffness forces from the flux nodes into the velocity nodes: a current
// -K_ij x_j into node v_i, with the signs of signs.hpp. A K_ij of either sign is one transconductor
// with its inputs one way round or the other.
#include <cmath>

#include <fmt/format.h>

#include "hw/network.hpp"
#include "hw/signs.hpp"
#include "netlist/ideal.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using netlist::Probe;

void choose_scales(Builder& builder, const std::vector<int>& signs) {
  const core::SecondOrderSystem& system = builder.system();
  const Range range = builder.request().range;
  std::vector<ScaleGroup> groups =
      network_scale_groups(apply_signs(system.M, signs), apply_signs(system.D, signs), range);
  LogMean transconductance;
  for (Eigen::Index j = 0; j < system.size(); ++j) {
    for (SparseMatrix::InnerIterator it(system.K, j); it; ++it) {
      transconductance.add(it.value() * builder.velocity_scale() / builder.position_scale());
    }
  }
  if (transconductance.mean()) {
    groups.push_back({-*transconductance.mean(), 0, 1, part_ranges(range).resistance_ohm});
  }
  builder.set_scales(centre_groups(groups, builder.request().scales));
}

// g_x / C_x = s_x / (s_v tau), both equally far from the centres of their ranges.
void add_flux_node(Builder& builder, const std::vector<int>& signs, Eigen::Index i,
                   Eigen::Index p) {
  const PartRanges ranges = part_ranges(builder.request().range);
  const double rate = builder.position_scale() / (builder.velocity_scale() * builder.tau());
  const double centre_g = 1.0 / ranges.resistance_ohm.centre();
  const double centre_c = ranges.capacitance_f.centre();
  const double ratio = std::sqrt(rate * centre_c / centre_g);
  const std::string label = builder.label(i, p);
  const std::string node = "x" + label;
  const int sign = signs[static_cast<std::size_t>(i)];
  builder.add(netlist::instance("xx" + label, {"v" + label, "0", node}, "ota_ideal",
                                {{"gm", centre_g * ratio}}),
              "integrator, with cx: x' = v");
  builder.add(netlist::capacitor("cx" + label, node, "0", centre_c / ratio), "integrator");
  builder.add_initial(node, sign * builder.initial_position()(i, p) * builder.position_scale());
  builder.add_position_probe(node, Probe::Quantity::voltage, i, p, sign / builder.position_scale());
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
                builder.entry("K", i, j, builder.system().K.coeff(i, j)) + ", inputs");
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
    builder.section("stiffness K: transconductors from flux nodes into velocity nodes");
    for (Eigen::Index i = 0; i < system.size(); ++i) add_stiffness(builder, K, i, p);
  }
  return builder.finish("gmc", "capacitors and transconductors");
}

}  // namespace springspice::hw
