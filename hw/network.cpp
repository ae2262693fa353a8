#include "hw/network.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "hw/generators.hpp"
#include "hw/signs.hpp"
#include "netlist/ideal.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using Role = netlist::Part::Role;

void add_capacitors(Builder& builder, const SparseMatrix& M, const std::vector<int>& signs,
                    Eigen::Index p) {
  for_each_branch(M, [&](Eigen::Index i, Eigen::Index j, double m) {
    const std::string other = i == j ? "0" : "v" + builder.label(j, p);
    const double model = builder.system().M.coeff(i, j);
    builder.add(netlist::capacitor("cm" + builder.label(i, j, p), "v" + builder.label(i, p), other,
                                   m * builder.tau() / builder.impedance()),
                i == j ? "rest of " + builder.entry("M", i, i, model) + ", grid"
                       : builder.entry("M", i, j, model) + ", grid",
                make_branch(Role::mass, i, j, p, m, signs));
  });
}

void add_resistors(Builder& builder, const SparseMatrix& D, const std::vector<int>& signs,
                   Eigen::Index p) {
  const bool johnson = builder.system().noise_model == core::NoiseModel::fdt;
  for_each_branch(D, [&](Eigen::Index i, Eigen::Index j, double d) {
    const std::string name = "rd" + builder.label(i, j, p);
    const std::string other = i == j ? "0" : "v" + builder.label(j, p);
    const double ohm = builder.impedance() / d;
    const double model = builder.system().D.coeff(i, j);
    builder.add(netlist::resistor(name, "v" + builder.label(i, p), other, ohm),
                i == j ? "rest of " + builder.entry("D", i, i, model) + ", grid"
                       : builder.entry("D", i, j, model) + ", grid",
                make_branch(Role::damping, i, j, p, d, signs));
    if (johnson) builder.add_johnson_noise(name, ohm);
  });
}

void add_node(Builder& builder, const std::vector<int>& signs, Eigen::Index i, Eigen::Index p) {
  const int sign = signs[static_cast<std::size_t>(i)];
  const std::string node = "v" + builder.label(i, p);
  if (const double f = builder.force()(i, p); f != 0.0) {
    builder.add(netlist::current_source("if" + builder.label(i, p), "0", node,
                                        sign * f * builder.current_scale()),
                fmt::format("f({}) = {:.6g}{}, targets", builder.system().label(i), f,
                            sign < 0 ? ", sign -1" : ""),
                make_entry(Role::force, i, i, p, f));
  }
  builder.add_initial(node, sign * builder.request().initial.v(i, p) * builder.velocity_scale());
  builder.add_velocity_probe(node, i, p, sign / builder.velocity_scale());
  builder.add_port(node, i, p, sign / builder.current_scale());
}

// A transconductor from the generator: current is force times the coordinate's sign.
void add_injection(Builder& builder, const std::vector<int>& signs, const Generator& generator,
                   Eigen::Index i, Eigen::Index p, double y) {
  builder.define(netlist::ideal_ota());
  std::vector<std::string> pins = {generator.node, "0", "v" + builder.label(i, p)};
  if (y * signs[static_cast<std::size_t>(i)] < 0.0) std::swap(pins[0], pins[1]);
  builder.add(netlist::instance(fmt::format("xg{}__{}", generator.tag, builder.system().label(i)),
                                pins, "ota_ideal", {{"gm", std::abs(y)}}),
              "noise into " + builder.system().label(i), make_entry(Role::noise, i, i, p, y));
}

}  // namespace

std::vector<ScaleGroup> network_scale_groups(const SparseMatrix& M, const SparseMatrix& D,
                                             const PartRanges& ranges) {
  LogMean capacitance;
  LogMean conductance;
  for_each_branch(M, [&](Eigen::Index, Eigen::Index, double m) { capacitance.add(m); });
  for_each_branch(D, [&](Eigen::Index, Eigen::Index, double d) { conductance.add(d); });
  std::vector<ScaleGroup> groups;
  if (capacitance.mean()) groups.push_back({*capacitance.mean(), 1, -1, ranges.capacitance_f});
  if (conductance.mean()) groups.push_back({-*conductance.mean(), 0, 1, ranges.resistance_ohm});
  return groups;
}

void for_each_branch(const SparseMatrix& matrix,
                     const std::function<void(Eigen::Index, Eigen::Index, double)>& visit) {
  for (Eigen::Index i = 0; i < matrix.outerSize(); ++i) {
    double sum = 0.0;
    double scale = 0.0;
    for (SparseMatrix::InnerIterator it(matrix, i); it; ++it) {
      sum += it.value();
      scale += std::abs(it.value());
    }
    if (sum > 1e-14 * scale) visit(i, i, sum);
    for (SparseMatrix::InnerIterator it(matrix, i); it; ++it) {
      if (it.row() > i && it.value() != 0.0) visit(i, it.row(), -it.value());
    }
  }
}

void add_network(Builder& builder, const std::vector<int>& signs) {
  const SparseMatrix M = apply_signs(builder.system().M, signs);
  const SparseMatrix D = apply_signs(builder.system().D, signs);
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    builder.section("mass M: capacitors");
    add_capacitors(builder, M, signs, p);
    builder.section("friction D: resistors; their Johnson noise is the model's fdt noise");
    add_resistors(builder, D, signs, p);
    builder.section("force f: current sources");
    for (Eigen::Index i = 0; i < builder.size(); ++i) add_node(builder, signs, i, p);
  }
  if (builder.system().noise_model == core::NoiseModel::diagonal) {
    add_generators(builder, [&](const Generator& generator, Eigen::Index i, Eigen::Index p,
                                double y) { add_injection(builder, signs, generator, i, p, y); });
  }
}

}  // namespace springspice::hw
