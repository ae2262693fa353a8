// For each spring kappa (l . x)^2 / 2 an inductor L = 1/kappa across the series connection of the
// secondaries of ideal transformers, one a node, with l_i turns: L j' = sum l_i V_i, and each
// primary draws l_i j out of its node, so j = kappa (l . phi) and the force is -kappa l_i (l .
// phi). The inductors' currents are what a board reads of the springs. A literal spring has a
// current source kappa a beside its inductor, so the primaries draw that of the residual.
//
// This form is for boards, where transformers are wound. ngspice pivots badly through chains of E
// and F: it takes seconds beyond some 5x5 nodes and does not end at 12x12; the gyrator form is the
// same circuit from the nodes' side, and runs.
#include <cmath>

#include <fmt/format.h>

#include "hw/rlc_springs.hpp"
#include "hw/spring_parts.hpp"
#include "netlist/ideal.hpp"

namespace springspice::hw {
namespace {

void add_spring(Builder& builder, const core::Spring& spring, const std::vector<int>& signs,
                Eigen::Index p) {
  const std::string label = spring_label(builder, spring, p);
  const double henry = builder.impedance() * builder.tau() / spring.stiffness;
  builder.section(describe(spring));
  std::string end = "0";  // of the secondaries connected so far
  double flux = 0.0;
  for (std::size_t t = 0; t < spring.nodes.size(); ++t) {
    const Eigen::Index i = spring.nodes[t];
    const double turns = signs[static_cast<std::size_t>(i)] * spring.turns[t];
    if (turns == 0.0) continue;
    const std::string at = fmt::format("{}__{}", label, builder.system().label(i));
    std::vector<std::string> pins = {"v" + builder.label(i, p), "0", "w" + at, end};
    if (turns < 0.0) std::swap(pins[0], pins[1]);
    end = "w" + at;
    builder.add(netlist::instance("xk" + at, pins, "transformer_ideal", {{"n", std::abs(turns)}}),
                fmt::format("l({}) = {:.6g}, inputs", builder.system().label(i), spring.turns[t]));
    flux += turns * initial_flux(builder, signs, i, p);
  }
  netlist::Element inductor = netlist::inductor("lk" + label, end, "0", henry);
  inductor.initial = flux / henry + 0.0;  // no -0
  builder.add(std::move(inductor), "spring");
  if (const double anchor = anchor_of(builder, spring, p); anchor != 0.0) {
    builder.add(netlist::current_source("ia" + label, "0", end,
                                        anchor * builder.velocity_scale() * builder.tau() / henry),
                fmt::format("anchor, less its offset {:.6g}, targets", anchor));
  }
}

}  // namespace

void add_transformer_springs(Builder& builder, std::span<const core::Spring> springs,
                             const std::vector<int>& signs) {
  builder.define(netlist::ideal_transformer());
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    for (const core::Spring& spring : springs) add_spring(builder, spring, signs, p);
  }
}

}  // namespace springspice::hw
