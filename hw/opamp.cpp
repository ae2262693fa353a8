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
// Overdamped: the one amplifier's feedback capacitor is the friction, C V_x' + Gamma V_x = I_f, so
// its output is +x; columns with negative K_ij take an inverter.
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "hw/generators.hpp"
#include "netlist/ideal.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using netlist::Probe;

constexpr double kReference_v = 1.0;
constexpr double kSupply_v = 5.0;

void add_mean(const SparseMatrix& matrix, LogMean& mean, double offset = 0.0) {
  for (Eigen::Index j = 0; j < matrix.outerSize(); ++j) {
    for (SparseMatrix::InnerIterator it(matrix, j); it; ++it) {
      mean.add(it.value() * std::exp(offset));
    }
  }
}

// One board: shared by the two forms, which differ in what feeds the summing nodes.
class Board {
 public:
  explicit Board(Builder& builder) : builder_(builder) {
    const Interval range = part_ranges(builder.request().range).resistance_ohm;
    inverter_ohm_ = range.centre();
    builder.design().circuit.define(netlist::ideal_opamp());
    builder.design().has_operating_point = true;
  }

  void add_supplies() {
    builder_.section(
        "supplies, for the real op-amps that replace opamp_ideal, and references of f");
    builder_.add(netlist::voltage_source("vcc", "vcc", "0", kSupply_v), "positive supply");
    builder_.add(netlist::voltage_source("vee", "vee", "0", -kSupply_v), "negative supply");
    builder_.add(netlist::voltage_source("vrefp", "refp", "0", kReference_v), "positive reference");
    builder_.add(netlist::voltage_source("vrefn", "refn", "0", -kReference_v),
                 "negative reference");
  }

  void add_opamp(const std::string& name, const std::string& summing, const std::string& output,
                 const std::string& what) {
    builder_.add(netlist::instance(name, {"0", summing, output}, "opamp_ideal"), what);
  }

  // output = -input, through the summing node `summing`.
  void add_inverter(const std::string& prefix, const std::string& label, const std::string& input,
                    const std::string& output, const std::string& what) {
    const std::string summing = "s" + prefix + label;
    add_opamp("x" + prefix + label, summing, output, what);
    builder_.add(netlist::resistor("ra" + prefix + label, input, summing, inverter_ohm_),
                 "inverter, input");
    builder_.add(netlist::resistor("rb" + prefix + label, output, summing, inverter_ohm_),
                 "inverter, feedback");
  }

  // The entries of row i of a symmetric matrix, as parts from each column's node into s_i. A
  // negative entry comes from the column's negated node.
  template <typename Part>
  void add_row(const SparseMatrix& matrix, Eigen::Index i, const Part& part) {
    for (SparseMatrix::InnerIterator it(matrix, i); it; ++it) {
      if (it.value() != 0.0) part(it.row(), it.value());
    }
  }

  // Resistors from the generators into the summing nodes, which draw force -V/R; the sign of a
  // whole source is free, so only sources that act with both signs need their inverse.
  void add_noise() {
    add_generators(builder_, [&](const Generator& generator, Eigen::Index i, Eigen::Index p,
                                 double y) {
      const std::string inverse = "gn" + generator.tag;
      if (y < 0.0 && inverted_.insert(generator.tag).second) {
        add_inverter("g", generator.tag, generator.node, inverse, "inverter, gives the inverse");
      }
      builder_.add(
          netlist::resistor(fmt::format("rg{}__{}", generator.tag, builder_.system().label(i)),
                            y < 0.0 ? inverse : generator.node, "s" + builder_.label(i, p),
                            1.0 / std::abs(y)),
          "noise into " + builder_.system().label(i));
    });
  }

  void add_force(Eigen::Index i, Eigen::Index p, const std::string& summing) {
    const double f = builder_.force()(i, p);
    if (f == 0.0) return;
    const double ohm = kReference_v / (builder_.current_scale() * std::abs(f));
    builder_.add(
        netlist::resistor("rf" + builder_.label(i, p), f > 0.0 ? "refn" : "refp", summing, ohm),
        fmt::format("f({}) = {:.6g}, targets", builder_.system().label(i), f));
  }

 private:
  Builder& builder_;
  double inverter_ohm_;
  std::set<std::string> inverted_;  // generators that have an inverter
};

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
  const PartRanges ranges = part_ranges(builder.request().range);
  const double ratio =
      conductances != nullptr ? std::log(builder.position_scale() / builder.velocity_scale()) : 0.0;
  LogMean capacitance;
  add_mean(capacitances, capacitance);
  LogMean conductance;
  if (conductances != nullptr) add_mean(*conductances, conductance);
  add_mean(builder.system().K, conductance, -ratio);
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
  const PartRanges ranges = part_ranges(builder.request().range);
  const double product = builder.velocity_scale() * builder.tau() / builder.position_scale();
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
                builder.entry("M", i, j, m) + ", grid");
  });
  board.add_row(system.D, i, [&](Eigen::Index j, double d) {
    builder.add(
        netlist::resistor("rd" + builder.label(i, j, p),
                          (d > 0.0 ? "v" : "vn") + builder.label(j, p), summing, Z0 / std::abs(d)),
        builder.entry("D", i, j, d) + ", grid");
  });
  board.add_row(system.K, i, [&](Eigen::Index j, double k) {
    builder.add(
        netlist::resistor("rk" + builder.label(i, j, p),
                          (k > 0.0 ? "x" : "xn") + builder.label(j, p), summing, Zk / std::abs(k)),
        builder.entry("K", i, j, k) + ", inputs");
  });
  board.add_force(i, p, summing);
  builder.add_port(summing, i, p, -1.0 / builder.current_scale());
}

void add_position_stage(Builder& builder, Board& board, const Integrator& integrator,
                        Eigen::Index i, Eigen::Index p) {
  const std::string label = builder.label(i, p);
  board.add_opamp("xx" + label, "sx" + label, "xn" + label, "integrator, gives -x");
  builder.add(netlist::resistor("rx" + label, "v" + label, "sx" + label, integrator.ohm),
              "integrator, with cx: x' = v");
  builder.add(netlist::capacitor("cx" + label, "xn" + label, "sx" + label, integrator.farad),
              "integrator");
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
  board.add_noise();
  return builder.finish("opamp", "op-amp board: summing amplifier, integrator, inverter a node");
}

netlist::Design realize_overdamped_opamp(const core::SecondOrderSystem& system,
                                         const Request& request) {
  Builder builder(system, request);
  choose_scales(builder, system.D, nullptr);
  std::set<Eigen::Index> inverted = negative_columns(system.K);
  inverted.merge(negative_columns(system.D));
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
                    builder.entry("D", i, j, d) + ", grid");
      });
      board.add_row(system.K, i, [&](Eigen::Index j, double k) {
        builder.add(netlist::resistor("rk" + builder.label(i, j, p),
                                      (k > 0.0 ? "x" : "xn") + builder.label(j, p), summing,
                                      Z0 / std::abs(k)),
                    builder.entry("K", i, j, k) + ", inputs");
      });
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
  board.add_noise();
  return builder.finish("opamp", "op-amp board, overdamped: one integrating amplifier a node");
}

}  // namespace springspice::hw
