// For each spring kappa (l . x)^2 / 2 a capacitor C behind ideal gyrators of g_i = l_i sqrt(kappa
// C): its voltage w integrates C w' = sum g_i V_i, and it drives -g_i w into node i, so C w = sum
// g_i phi_i and the force is -kappa l_i (l . phi).
//
// A literal spring's capacitor stands on a voltage source of -sqrt(kappa / C) a, so w and the force
// are those of the residual l . phi - a.
#include <cmath>

#include <fmt/format.h>

#include "hw/rlc_springs.hpp"
#include "hw/spring_parts.hpp"
#include "netlist/ideal.hpp"

namespace springspice::hw {
namespace {

void add_spring(Builder& builder, const core::Spring& spring, const std::vector<int>& signs,
                double farad, Eigen::Index p) {
  const std::string label = spring_label(builder, spring, p);
  const std::string node = "w" + label;
  const double kappa = spring.stiffness / (builder.impedance() * builder.tau());
  const double unit = std::sqrt(kappa * farad);
  builder.section(describe(spring));
  const double anchor = anchor_of(builder, spring, p);
  const double foot = -unit / farad * anchor * builder.velocity_scale() * builder.tau();
  const std::string foot_node = anchor == 0.0 ? "0" : "a" + label;
  builder.add(netlist::capacitor("ck" + label, node, foot_node, farad), "spring");
  if (anchor != 0.0) {
    builder.add(netlist::voltage_source("va" + label, foot_node, "0", foot),
                fmt::format("anchor, less its offset {:.6g}, targets", anchor));
    builder.add_initial(foot_node, foot);
  }
  double initial = foot;
  for (std::size_t t = 0; t < spring.nodes.size(); ++t) {
    const Eigen::Index i = spring.nodes[t];
    const double turns = signs[static_cast<std::size_t>(i)] * spring.turns[t];
    if (turns == 0.0) continue;
    std::vector<std::string> pins = {"v" + builder.label(i, p), "0", node, "0"};
    if (turns < 0.0) std::swap(pins[0], pins[1]);
    builder.add(netlist::instance(fmt::format("xk{}__{}", label, builder.system().label(i)), pins,
                                  "gyrator_ideal", {{"g", unit * std::abs(turns)}}),
                fmt::format("l({}) = {:.6g}, inputs", builder.system().label(i), spring.turns[t]));
    initial += unit * turns * initial_flux(builder, signs, i, p) / farad;
  }
  builder.add_initial(node, initial);
}

}  // namespace

void add_gyrator_springs(Builder& builder, std::span<const core::Spring> springs,
                         const std::vector<int>& signs) {
  builder.define(netlist::ideal_gyrator());
  const double farad = builder.request().ranges().capacitance_f.centre();
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    for (const core::Spring& spring : springs) add_spring(builder, spring, signs, farad, p);
  }
}

}  // namespace springspice::hw
