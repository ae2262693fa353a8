// `opamp`: a board of summing amplifiers. For each coordinate, Kirchhoff's current law at the
// summing node s of the velocity amplifier, held at 0 V by it, is the equation of motion:
//
//     sum_j C_ij V_vj' + G_ij V_vj + Gamma_ij V_xj = I_fi
//
// with a capacitor M_ij and a resistor 1/D_ij from the output v_j, a resistor 1/K_ij from the
// output x_j, and I_f drawn out of s by a resistor to the negative reference (f > 0) or to the
// positive one (f < 0). An integrator gives -x from v, an inverter x from -x. A negative K_ij is a
// resistor from -x_j, which is there; a negative M_ij or D_ij takes one more inverter for the
// column.
//
// A literal spring is a residual amplifier e = l . x - a, its anchor a resistor to a reference, and
// resistors 1 / (kappa l_i) from e into the summing nodes; read-outs are such amplifiers alone.
//
// Overdamped: the one amplifier's feedback capacitor is the friction, C V_x' + Gamma V_x = I_f, so
// its output is +x; columns with negative K_ij, and nodes that residuals and read-outs add, take an
// inverter.
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "hw/opamp_board.hpp"
#include "hw/spring_parts.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using netlist::Probe;
using Role = netlist::Part::Role;

void add_mean(const SparseMatrix& matrix, LogMean& mean) {
  for (const double entry : matrix.coeffs()) mean.add(entry);
}

// Columns that drive a negative entry of the matrix.
std::set<Eigen::Index> negative_columns(const SparseMatrix& matrix) {
  std::set<Eigen::Index> columns;
  for (Eigen::Index j = 0; j < matrix.outerSize(); ++j) {
    for (SparseMatrix::InnerIterator it(matrix, j); it; ++it) {
      if (it.value() < 0.0) columns.insert(j);
    }
  }
  return columns;
}

void choose_scales(Builder& builder, const SparseMatrix& capacitances,
                   const SparseMatrix* conductances) {
  const PartRanges ranges = builder.request().ranges();
  const double ratio =
      conductances != nullptr ? builder.velocity_scale() / builder.position_scale() : 1.0;
  LogMean capacitance;
  add_mean(capacitances, capacitance);
  LogMean conductance;
  if (conductances != nullptr) add_mean(*conductances, conductance);
  for_each_conductance(builder, [&](double k) { conductance.add(k * ratio); });
  std::vector<ScaleGroup> groups;
  if (capacitance.mean()) groups.push_back({*capacitance.mean(), 1, -1, ranges.capacitance_f});
  if (conductance.mean()) groups.push_back({-*conductance.mean(), 0, 1, ranges.resistance_ohm});
  builder.set_scales(centre_groups(groups, builder.request().scales));
}

// R_x C_x = s_v tau / s_x, both parts equally far from the centres of their ranges.
struct Integrator {
  double ohm = 0.0;
  double farad = 0.0;
};
Integrator choose_integrator(const Builder& builder) {
  const PartRanges ranges = builder.request().ranges();
  const double product = builder.velocity_scale() * builder.tau() / builder.position_scale();
  if (const auto& ohm = builder.request().surroundings.integrator_ohm)
    return {*ohm, product / *ohm};
  const double ratio =
      std::sqrt(product / (ranges.resistance_ohm.centre() * ranges.capacitance_f.centre()));
  return {ranges.resistance_ohm.centre() * ratio, ranges.capacitance_f.centre() * ratio};
}

void add_velocity_stage(Builder& builder, Board& board, Eigen::Index i, Eigen::Index p) {
  const core::SecondOrderSystem& system = builder.system();
  const std::string label = builder.label(i, p);
  const std::string summing = "s" + label;
  const double Z0 = builder.impedance();
  const double Zk = Z0 * builder.position_scale() / builder.velocity_scale();
  board.add_opamp("xv" + label, summing, "v" + label, "velocity, summing amplifier");
  board.add_row(system.M, i, [&](Eigen::Index j, double m) {
    builder.add(netlist::capacitor("cm" + builder.label(i, j, p),
                                   (m > 0.0 ? "v" : "vn") + builder.label(j, p), summing,
                                   std::abs(m) * builder.tau() / Z0),
                builder.entry("M", i, j, m) + ", grid", make_entry(Role::mass, i, j, p, m));
  });
  board.add_row(system.D, i, [&](Eigen::Index j, double d) {
    builder.add(
        netlist::resistor("rd" + builder.label(i, j, p),
                          (d > 0.0 ? "v" : "vn") + builder.label(j, p), summing, Z0 / std::abs(d)),
        builder.entry("D", i, j, d) + ", grid", make_entry(Role::damping, i, j, p, d));
  });
  if (!builder.request().literal) board.add_stiffness(i, p, Zk);
  board.add_force(i, p, summing);
  builder.add_port(summing, i, p, -1.0 / builder.current_scale());
}

void add_position_stage(Builder& builder, Board& board, const Integrator& integrator,
                        Eigen::Index i, Eigen::Index p) {
  const std::string label = builder.label(i, p);
  board.add_opamp("xx" + label, "sx" + label, "xn" + label, "integrator, gives -x");
  builder.add(netlist::resistor("rx" + label, "v" + label, "sx" + label, integrator.ohm),
              "integrator, with cx: x' = v", make_entry(Role::rate, i, i, p, 1.0));
  builder.add(netlist::capacitor("cx" + label, "xn" + label, "sx" + label, integrator.farad),
              "integrator", make_entry(Role::rate, i, i, p, 1.0));
  board.add_inverter("n", label, "xn" + label, "x" + label, "inverter, gives +x");
}

void add_state(Builder& builder, Eigen::Index i, Eigen::Index p) {
  const std::string label = builder.label(i, p);
  const double v = builder.request().initial.v(i, p) * builder.velocity_scale();
  const double x = builder.initial_position()(i, p) * builder.position_scale();
  builder.add_initial("v" + label, v);
  builder.add_initial("x" + label, x);
  builder.add_initial("xn" + label, -x);
  builder.add_velocity_probe("v" + label, i, p, 1.0 / builder.velocity_scale());
  builder.add_position_probe("x" + label, Probe::Quantity::voltage, i, p,
                             1.0 / builder.position_scale());
}

// Nodes that residuals and read-outs add with a positive sign: from -x, which an overdamped board
// has of these alone.
std::set<Eigen::Index> find_summed(const Request& request) {
  std::set<Eigen::Index> nodes;
  for (const core::Spring& spring : request.springs) {
    for (const auto& [i, turns] : turns_of(spring)) {
      if (request.literal && turns > 0.0) nodes.insert(i);
    }
  }
  for (const Query& query : request.queries) {
    for (const auto& [i, weight] : query.weights) {
      if (weight > 0.0) nodes.insert(i);
    }
  }
  return nodes;
}

void add_springs_and_readouts(Builder& builder, Board& board, double ohm) {
  const Request& request = builder.request();
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    for (const core::Spring& spring : request.springs) {
      if (request.literal) board.add_literal_spring(spring, p, ohm);
    }
    board.add_readouts(p);
  }
}

}  // namespace

netlist::Design realize_opamp(const core::SecondOrderSystem& system, const Request& request) {
  Builder builder(system, request);
  choose_scales(builder, system.M, &system.D);
  const Integrator integrator = choose_integrator(builder);
  std::set<Eigen::Index> inverted = negative_columns(system.M);
  inverted.merge(negative_columns(system.D));
  Board board(builder);
  board.add_supplies();
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    for (Eigen::Index i = 0; i < system.size(); ++i) {
      const std::string label = builder.label(i, p);
      builder.section("coordinate " + label);
      add_velocity_stage(builder, board, i, p);
      add_position_stage(builder, board, integrator, i, p);
      add_state(builder, i, p);
      if (!inverted.contains(i)) continue;
      board.add_inverter("m", label, "v" + label, "vn" + label, "inverter, gives -v");
      builder.add_initial("vn" + label, -request.initial.v(i, p) * builder.velocity_scale());
    }
  }
  const double Zk = builder.impedance() * builder.position_scale() / builder.velocity_scale();
  add_springs_and_readouts(builder, board, Zk);
  board.add_noise();
  return builder.finish("opamp", "op-amp board: summing amplifier, integrator, inverter a node");
}

netlist::Design realize_overdamped_opamp(const core::SecondOrderSystem& system,
                                         const Request& request) {
  Builder builder(system, request);
  choose_scales(builder, system.D, nullptr);
  std::set<Eigen::Index> inverted = negative_columns(system.D);
  inverted.merge(find_summed(request));
  if (!request.literal) inverted.merge(negative_columns(system.K));
  Board board(builder);
  board.add_supplies();
  const double Z0 = builder.impedance();
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    for (Eigen::Index i = 0; i < system.size(); ++i) {
      const std::string label = builder.label(i, p);
      const std::string summing = "s" + label;
      builder.section("coordinate " + label);
      board.add_opamp("xx" + label, summing, "x" + label, "position, integrating amplifier");
      board.add_row(system.D, i, [&](Eigen::Index j, double d) {
        builder.add(netlist::capacitor("cd" + builder.label(i, j, p),
                                       (d > 0.0 ? "x" : "xn") + builder.label(j, p), summing,
                                       std::abs(d) * builder.tau() / Z0),
                    builder.entry("D", i, j, d) + ", grid", make_entry(Role::damping, i, j, p, d));
      });
      if (!request.literal) board.add_stiffness(i, p, Z0);
      board.add_force(i, p, summing);
      builder.add_port(summing, i, p, -1.0 / builder.current_scale());
      const double x = builder.initial_position()(i, p) * builder.position_scale();
      builder.add_initial("x" + label, x);
      builder.add_position_probe("x" + label, Probe::Quantity::voltage, i, p,
                                 1.0 / builder.position_scale());
      if (!inverted.contains(i)) continue;
      board.add_inverter("n", label, "x" + label, "xn" + label, "inverter, gives -x");
      builder.add_initial("xn" + label, -x);
    }
  }
  add_springs_and_readouts(builder, board, Z0);
  board.add_noise();
  return builder.finish("opamp", "op-amp board, overdamped: one integrating amplifier a node");
}

}  // namespace springspice::hw
