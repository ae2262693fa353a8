// `rlc`: the passive network, in the force-current analogy: flux is position, voltage velocity,
// current force, C mass, 1/R friction, 1/L stiffness; with the signs of signs.hpp.
//
// Springs, `direct`: an inductor for each off-diagonal of S K S, which must be <= 0, and one to
// ground for each row sum, which must be >= 0 (1-D with spread-out data, as a rule).
// Springs as parts of their own: behind `gyrator`s or ideal `transformer`s, or as coupled coils
// (rlc_springs.hpp).
//
// Positions are the nodes' fluxes, so no node shows them; the currents of the springs do.
#include <cmath>

#include <fmt/format.h>

#include "hw/error.hpp"
#include "hw/network.hpp"
#include "hw/ota_sum.hpp"
#include "hw/rlc_springs.hpp"
#include "hw/signs.hpp"
#include "hw/spring_parts.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using core::Spring;
using netlist::Probe;

// How the springs are written.
struct Plan {
  Coupling coupling = Coupling::direct;
  std::vector<Spring> springs;   // all but direct
  std::vector<CoilGroup> coils;  // with a coupling factor
};

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
                         Coupling wanted, bool literal) {
  if (wanted == Coupling::gyrator || wanted == Coupling::transformer) return wanted;
  if (literal && wanted == Coupling::automatic) return Coupling::gyrator;
  if (literal) {
    throw RealizationError(
        "--springs literal: --coupling direct sums the springs of all data into one inductor for "
        "each pair of nodes; take --coupling gyrator or transformer, where each is a part");
  }
  const std::string obstacle = find_negative_inductor(system, K);
  if (obstacle.empty()) return Coupling::direct;
  if (wanted == Coupling::automatic) return Coupling::gyrator;
  throw RealizationError("--coupling direct needs positive inductors, but " + obstacle +
                         "; take --coupling gyrator, or transformer for a board");
}

// C q' = sum of weights times velocities, g / C = s_x / (s_v tau): positions are fluxes, so the sum
// is integrated.
void add_readouts(Builder& builder, const std::vector<int>& signs) {
  const PartRanges ranges = builder.request().ranges();
  const double farad = ranges.capacitance_f.centre();
  const double siemens =
      farad * builder.position_scale() / (builder.velocity_scale() * builder.tau());
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    builder.section_of_readouts("a capacitor integrates the sum of the velocities");
    for (std::size_t q = 0; q < builder.request().queries.size(); ++q) {
      const std::string name = "q" + builder.query_label(q, p);
      builder.add(netlist::capacitor("c" + name, name, "0", farad), "read-out, integrator");
      add_ota_sum(builder, "x" + name, "v", name, builder.request().queries[q].weights, signs,
                  siemens, p, static_cast<int>(q));
      builder.add_readout(q, p);
    }
  }
}

// Inductances at tau = Z0 = 1, where the springs are inductors.
LogMean mean_inductance(const SparseMatrix& K, const Plan& plan) {
  LogMean mean;
  if (plan.coupling == Coupling::direct) {
    for_each_branch(K, [&](Eigen::Index, Eigen::Index, double k) { mean.add(1.0 / k); });
  } else if (!plan.coils.empty()) {
    for (const CoilGroup& group : plan.coils) {
      for (const double henry : group.inductance.diagonal()) mean.add(henry);
    }
  } else if (plan.coupling == Coupling::transformer) {
    for (const Spring& spring : plan.springs) mean.add(1.0 / spring.stiffness);
  }
  return mean;
}

void choose_scales(Builder& builder, const std::vector<int>& signs, const SparseMatrix& K,
                   const Plan& plan) {
  const core::SecondOrderSystem& system = builder.system();
  const PartRanges ranges = builder.request().ranges();
  std::vector<ScaleGroup> groups =
      network_scale_groups(apply_signs(system.M, signs), apply_signs(system.D, signs), ranges);
  if (const std::optional<double> mean = mean_inductance(K, plan).mean()) {
    groups.push_back({*mean, 1, 1, ranges.inductance_h});
  }
  builder.set_scales(centre_groups(groups, builder.request().scales));
}

Plan make_plan(const Builder& builder, const std::vector<int>& signs, const SparseMatrix& K) {
  const Request& request = builder.request();
  Plan plan;
  plan.coupling = choose_coupling(builder.system(), K, request.coupling, request.literal);
  if (plan.coupling == Coupling::direct) return plan;
  plan.springs = choose_springs(builder);
  if (plan.coupling == Coupling::transformer && request.coupling_factor) {
    if (request.literal) {
      throw RealizationError(
          "--springs literal: coupled coils sum the springs of a cell; leave --coupling-factor "
          "out, "
          "so that each spring has transformers of its own");
    }
    plan.coils = make_coil_groups(builder.system(), plan.springs, signs, *request.coupling_factor);
  }
  return plan;
}

std::string add_springs(Builder& builder, const std::vector<int>& signs, const SparseMatrix& K,
                        const Plan& plan) {
  if (plan.coupling == Coupling::direct) {
    for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
      builder.section("stiffness K: inductors; start currents are those of one set of fluxes");
      add_direct_inductors(builder, K, signs, p);
    }
    return "passive network, inductors as springs (coupling direct)\n"
           "position i is the flux of node v<i>, the time integral of its voltage;\n"
           "the inductors' currents show differences of positions";
  }
  if (!plan.coils.empty()) {
    add_coils(builder, plan.coils, signs);
    return "passive network, coupled coils as springs (coupling transformer, a coupling factor)\n"
           "position i is the flux of node v<i>, the time integral of its voltage;\n"
           "the coils' currents show the springs' forces on each node";
  }
  if (plan.coupling == Coupling::transformer) {
    add_transformer_springs(builder, plan.springs, signs);
    return "passive network, springs behind transformers (coupling transformer)\n"
           "position i is the flux of node v<i>, the time integral of its voltage;\n"
           "the inductors' currents show the stretch of each spring";
  }
  add_gyrator_springs(builder, plan.springs, signs);
  return "passive network, springs behind gyrators (coupling gyrator)\n"
         "position i is the flux of node v<i>, the time integral of its voltage;\n"
         "nodes w show the stretch of each spring";
}

}  // namespace

// The node's flux at the start, weber.
double initial_flux(const Builder& builder, const std::vector<int>& signs, Eigen::Index i,
                    Eigen::Index p) {
  return signs[static_cast<std::size_t>(i)] * builder.initial_position()(i, p) *
         builder.velocity_scale() * builder.tau();
}

void add_flux_probes(Builder& builder, const std::vector<int>& signs) {
  const double unit = builder.velocity_scale() * builder.tau();
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    for (Eigen::Index i = 0; i < builder.size(); ++i) {
      builder.add_position_probe("v" + builder.label(i, p), Probe::Quantity::flux, i, p,
                                 signs[static_cast<std::size_t>(i)] / unit);
    }
  }
}

void add_direct_inductors(Builder& builder, const SparseMatrix& K, const std::vector<int>& signs,
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
    builder.add(std::move(inductor), (i == j ? "rest of " + model : model) + ", inputs",
                make_branch(netlist::Part::Role::stiffness, i, j, p, k, signs));
  });
}

netlist::Design realize_rlc(const core::SecondOrderSystem& system, const Request& request) {
  Builder builder(system, request);
  const std::vector<int> signs = find_signs(system, "rlc");
  const SparseMatrix K = apply_signs(system.K, signs);
  const Plan plan = make_plan(builder, signs, K);
  choose_scales(builder, signs, K, plan);
  builder.design().circuit.options = {"noopac"};
  add_network(builder, signs);
  add_flux_probes(builder, signs);
  const std::string what = add_springs(builder, signs, K, plan);
  add_readouts(builder, signs);
  return builder.finish("rlc", what);
}

}  // namespace springspice::hw
