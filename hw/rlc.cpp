// `rlc`: the passive network, in the force-current analogy: flux is position, voltage velocity,
// current force, C mass, 1/R friction, 1/L stiffness; with the signs of signs.hpp.
//
// Springs, `direct`: an inductor for each off-diagonal of S K S, which must be <= 0, and one to
// ground for each row sum, which must be >= 0 (1-D with spread-out data, as a rule).
// Springs, `gyrator`: for each spring kappa (l . x)^2 / 2 a capacitor C behind ideal gyrators of
// g_i = l_i sqrt(kappa C): its voltage w integrates C w' = sum g_i V_i, and it drives -g_i w into
// node i, so C w = sum g_i phi_i and the force is -kappa l_i (l . phi).
//
// Positions are the nodes' fluxes, so no node shows them; the currents of the springs do.
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hw/error.hpp"
#include "hw/network.hpp"
#include "hw/signs.hpp"
#include "netlist/ideal.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using core::Spring;
using netlist::Probe;

// Why S K S is no network of positive inductors; empty if it is one. Off-diagonals and row sums
// within rounding of zero count as zero.
std::string find_negative_inductor(const core::SecondOrderSystem& system, const SparseMatrix& K) {
  for (Eigen::Index i = 0; i < K.outerSize(); ++i) {
    double sum = 0.0;
    double scale = 0.0;
    for (SparseMatrix::InnerIterator it(K, i); it; ++it) {
      sum += it.value();
      scale += std::abs(it.value());
      if (it.row() != i && it.value() > 0.0) {
        return fmt::format("the entry ({},{}) of S K S is {} and needs to be at most 0",
                           system.label(it.row()), system.label(i), it.value());
      }
    }
    if (sum < -1e-14 * scale) {
      return fmt::format("row {} of S K S sums to {} and needs to be at least 0", system.label(i),
                         sum);
    }
  }
  return {};
}

Coupling choose_coupling(const core::SecondOrderSystem& system, const SparseMatrix& K,
                         Coupling wanted) {
  if (wanted == Coupling::gyrator) return wanted;
  const std::string obstacle = find_negative_inductor(system, K);
  if (obstacle.empty()) return Coupling::direct;
  if (wanted == Coupling::automatic) return Coupling::gyrator;
  throw RealizationError("--coupling direct needs positive inductors, but " + obstacle +
                         "; take --coupling gyrator");
}

// Both forms fill the flux probes alike: x - offset = sign * flux / (s_v tau).
void add_flux_probes(Builder& builder, const std::vector<int>& signs) {
  const double unit = builder.velocity_scale() * builder.tau();
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    for (Eigen::Index i = 0; i < builder.size(); ++i) {
      builder.add_position_probe("v" + builder.label(i, p), Probe::Quantity::flux, i, p,
                                 signs[static_cast<std::size_t>(i)] / unit);
    }
  }
}

// The node's flux at the start, weber.
double initial_flux(const Builder& builder, const std::vector<int>& signs, Eigen::Index i,
                    Eigen::Index p) {
  return signs[static_cast<std::size_t>(i)] * builder.initial_position()(i, p) *
         builder.velocity_scale() * builder.tau();
}

void add_inductors(Builder& builder, const SparseMatrix& K, const std::vector<int>& signs,
                   Eigen::Index p) {
  for_each_branch(K, [&](Eigen::Index i, Eigen::Index j, double k) {
    const double henry = builder.impedance() * builder.tau() / k;
    const double flux =
        initial_flux(builder, signs, i, p) - (i == j ? 0.0 : initial_flux(builder, signs, j, p));
    netlist::Element inductor =
        netlist::inductor("lk" + builder.label(i, j, p), "v" + builder.label(i, p),
                          i == j ? "0" : "v" + builder.label(j, p), henry);
    inductor.initial = flux / henry + 0.0;  // no -0
    const std::string model = builder.entry("K", i, j, builder.system().K.coeff(i, j));
    builder.add(std::move(inductor), (i == j ? "rest of " + model : model) + ", inputs");
  });
}

// data: the cell's indices and r1, r2...; literal: d and the data row; neighbour: its two nodes;
// pin: the node and p; factors of a given K: the node and f.
std::string spring_label(const Builder& builder, const Spring& spring, Eigen::Index p) {
  const core::SecondOrderSystem& system = builder.system();
  std::string label;
  switch (spring.kind) {
    case Spring::Kind::data: {
      std::vector<int> cell(system.shape.size());
      int rest = spring.origin;
      for (std::size_t b = cell.size(); b-- > 0;) {
        cell[b] = rest % (system.shape[b] - 1);
        rest /= system.shape[b] - 1;
      }
      label = fmt::format("{}r{}", fmt::join(cell, "_"), spring.number + 1);
      break;
    }
    case Spring::Kind::literal:
      label = fmt::format("d{}", spring.origin + 1);
      break;
    case Spring::Kind::neighbor:
      label = system.label(spring.nodes[0]) + "__" + system.label(spring.nodes[1]);
      break;
    case Spring::Kind::pin:
      label = system.label(spring.origin) + "p";
      break;
    case Spring::Kind::given:
      label = system.label(spring.origin) + "f";
      break;
  }
  return builder.outputs() == 1 ? label : fmt::format("{}y{}", label, p + 1);
}

const char* describe(Spring::Kind kind) {
  switch (kind) {
    case Spring::Kind::data:
      return "condensed spring of the data in one cell";
    case Spring::Kind::literal:
      return "spring of one data point";
    case Spring::Kind::neighbor:
      return "neighbour spring along one stick";
    case Spring::Kind::pin:
      return "pin spring of one node";
    case Spring::Kind::given:
      return "one factor of K";
  }
  return "";
}

void add_gyrator_spring(Builder& builder, const Spring& spring, const std::vector<int>& signs,
                        double farad, Eigen::Index p) {
  const std::string label = spring_label(builder, spring, p);
  const std::string node = "w" + label;
  const double kappa = spring.stiffness / (builder.impedance() * builder.tau());
  const double unit = std::sqrt(kappa * farad);
  builder.section(
      fmt::format("{}: kappa = {:.6g}, inputs", describe(spring.kind), spring.stiffness));
  builder.add(netlist::capacitor("ck" + label, node, "0", farad), "spring");
  double initial = 0.0;
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

void choose_scales(Builder& builder, const SparseMatrix& M, const SparseMatrix& D,
                   const SparseMatrix& K, Coupling coupling) {
  const Range range = builder.request().range;
  std::vector<ScaleGroup> groups = network_scale_groups(M, D, range);
  LogMean stiffness;
  if (coupling == Coupling::direct) {
    for_each_branch(K, [&](Eigen::Index, Eigen::Index, double k) { stiffness.add(k); });
  }
  if (stiffness.mean()) {
    groups.push_back({-*stiffness.mean(), 1, 1, part_ranges(range).inductance_h});
  }
  builder.set_scales(centre_groups(groups, builder.request().scales));
}

}  // namespace

netlist::Design realize_rlc(const core::SecondOrderSystem& system, const Request& request) {
  Builder builder(system, request);
  const std::vector<int> signs = find_signs(system, "rlc");
  const SparseMatrix K = apply_signs(system.K, signs);
  const Coupling coupling = choose_coupling(system, K, request.coupling);
  choose_scales(builder, apply_signs(system.M, signs), apply_signs(system.D, signs), K, coupling);
  builder.design().circuit.options = {"noopac"};
  add_network(builder, signs);
  add_flux_probes(builder, signs);
  if (coupling == Coupling::direct) {
    for (Eigen::Index p = 0; p < system.outputs(); ++p) {
      builder.section("stiffness K: inductors; start currents are those of one set of fluxes");
      add_inductors(builder, K, signs, p);
    }
    return builder.finish("rlc",
                          "passive network, inductors as springs (coupling direct)\n"
                          "position i is the flux of node v<i>, the time integral of its voltage;\n"
                          "the inductors' currents show differences of positions");
  }
  std::vector<Spring> factored;
  std::span<const Spring> springs = request.springs;
  if (springs.empty()) springs = factored = core::factor_springs(system.K, system.outputs());
  builder.design().circuit.define(netlist::ideal_gyrator());
  const double farad = part_ranges(request.range).capacitance_f.centre();
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    for (const Spring& spring : springs) add_gyrator_spring(builder, spring, signs, farad, p);
  }
  return builder.finish("rlc",
                        "passive network, springs behind gyrators (coupling gyrator)\n"
                        "position i is the flux of node v<i>, the time integral of its voltage;\n"
                        "nodes w show the stretch of each spring");
}

}  // namespace springspice::hw
