// `charge`: the force-voltage analogy. Charge is position, current velocity, voltage force; L is
// mass, R friction, 1/C stiffness. Each coordinate is a loop of current i_i,
//
//     sum_j L_ij i_j' + rho_i i_i + sum_r l_ri w_r + sum_j (modal voltages) = f_i
//
// written as its Norton equivalent at a node u_i (u_i is the voltage across the loop's inductor):
//
//   lm, vs  from u_i through a 0 V source, which senses i_i, and an inductor M_ii to ground
//   km      coupling of two inductors, factor M_ij / sqrt(M_ii M_jj), of either sign
//   rd      rho_i = D_ii - sum_j |D_ij| from u_i to ground; each other part of the loop's voltage,
//           and f_i, becomes a current over rho_i into or out of u_i
//   rd i__j for each pair a modal resistor |D_ij| from a node y to ground: sources fd bring i_i and
//           +-i_j into it, sources gd its voltage back into the loops. So D = sum of all resistors,
//           and their Johnson noise is the fdt noise, 2 kT D, exactly
//   ck      for each spring a capacitor 1/kappa from a node w to ground: sources fk bring l_i i_i
//           into it, so w = kappa (l . x), and sources gk its force back into the loops; a
//           literal spring's stands on a voltage source -kappa a, so w is the residual's
//   hv      node v_i shows the velocity, Z0 i_i; position is that node's flux
//
// Couplings are F and G, never chains of E, which ngspice pivots badly. There is no operating point
// to rely on: at DC the capacitors carry no current, so the loops' currents are zero, and where
// there are more springs than coordinates nothing says how they share the force.
//
// Sources: Panuluh and Damanik 2017 (ref. 58 of arXiv 2508.19015); Norton form, this design.
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "hw/error.hpp"
#include "hw/generators.hpp"
#include "hw/spring_parts.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using core::Spring;
using netlist::Probe;

void check_inductances(const core::SecondOrderSystem& system) {
  for (Eigen::Index i = 0; i < system.size(); ++i) {
    for (SparseMatrix::InnerIterator it(system.M, i); it; ++it) {
      if (it.row() <= i) continue;
      const double limit = std::sqrt(system.M.coeff(i, i) * system.M.coeff(it.row(), it.row()));
      if (std::abs(it.value()) < limit) continue;
      throw RealizationError(
          fmt::format("charge needs coupling factors below 1, but M({0},{1}) = {2} is not below "
                      "sqrt(M({0},{0}) M({1},{1})) = {3}; take --realization opamp",
                      system.label(i), system.label(it.row()), it.value(), limit));
    }
  }
}

// rho_i, model units.
Eigen::VectorXd find_loop_resistances(const core::SecondOrderSystem& system) {
  Eigen::VectorXd rho(system.size());
  for (Eigen::Index i = 0; i < system.size(); ++i) {
    double others = 0.0;
    for (SparseMatrix::InnerIterator it(system.D, i); it; ++it) {
      if (it.row() != i) others += std::abs(it.value());
    }
    const double own = system.D.coeff(i, i);
    rho(i) = own - others;
    if (rho(i) > 1e-14 * (own + others)) continue;
    throw RealizationError(fmt::format(
        "charge needs a resistor of its own in every loop, D({0},{0}) above the sum of |D({0},j)|, "
        "but D({0},{0}) = {1} and that sum is {2}; take --realization opamp{3}",
        system.label(i), own, others, own == 0.0 ? ", or some --friction" : ""));
  }
  return rho;
}

class Loops {
 public:
  Loops(Builder& builder, Eigen::VectorXd rho) : builder_(builder), rho_(std::move(rho)) {}

  void add(Eigen::Index p) {
    builder_.section("mass M: coupled inductors; vs senses the current, v shows it");
    for (Eigen::Index i = 0; i < builder_.size(); ++i) add_inductor(i, p);
    add_couplings(p);
    builder_.section(johnson()
                         ? "friction D: resistors; their Johnson noise is the model's fdt noise"
                         : "friction D: resistors");
    for (Eigen::Index i = 0; i < builder_.size(); ++i) add_loop_resistor(i, p);
    for (Eigen::Index i = 0; i < builder_.size(); ++i) add_modal_resistors(i, p);
    builder_.section("force f: current sources f / rho");
    for (Eigen::Index i = 0; i < builder_.size(); ++i) add_force(i, p);
  }

  void add_spring(const Spring& spring, Eigen::Index p) {
    const std::string label = spring_label(builder_, spring, p);
    const std::string node = "w" + label;
    const double anchor = anchor_of(builder_, spring, p);
    const double volt = spring.stiffness * builder_.velocity_scale();  // a unit of stretch
    const std::string foot = anchor == 0.0 ? "0" : "a" + label;
    builder_.section(describe(spring));
    builder_.add(netlist::capacitor("ck" + label, node, foot,
                                    builder_.tau() / (builder_.impedance() * spring.stiffness)),
                 "spring");
    if (anchor != 0.0) {
      builder_.add(netlist::voltage_source("va" + label, foot, "0", -volt * anchor),
                   fmt::format("anchor, less its offset {:.6g}, targets", anchor));
      builder_.add_initial(foot, -volt * anchor);
    }
    double stretch = -anchor;
    for (std::size_t t = 0; t < spring.nodes.size(); ++t) {
      const int i = spring.nodes[t];
      if (spring.turns[t] == 0.0) continue;
      stretch += spring.turns[t] * builder_.initial_position()(i, p);
      couple("k", fmt::format("{}__{}", label, builder_.system().label(i)), node, i, p,
             spring.turns[t],
             fmt::format("l({}) = {:.6g}, inputs", builder_.system().label(i), spring.turns[t]));
    }
    builder_.add_initial(node, volt * stretch);
  }

  // C q' = sum of weights times currents: charges add up on one capacitor.
  void add_readout(std::size_t query, Eigen::Index p) {
    const double farad = part_ranges(builder_.request().range).capacitance_f.centre();
    const double gain = farad * builder_.impedance() * builder_.position_scale() /
                        (builder_.velocity_scale() * builder_.tau());
    const std::string label = builder_.query_label(query, p);
    builder_.add(netlist::capacitor("cq" + label, "q" + label, "0", farad), "read-out, inputs");
    for (const auto& [i, weight] : builder_.request().queries[query].weights) {
      std::pair<std::string, std::string> ends{"0", "q" + label};
      if (weight < 0.0) std::swap(ends.first, ends.second);
      builder_.add(
          netlist::cccs(fmt::format("fq{}__{}", label, builder_.system().label(i)), ends.first,
                        ends.second, "vs" + builder_.label(i, p), gain * std::abs(weight)),
          fmt::format("weight({}) = {:.6g}", builder_.system().label(i), weight));
    }
    builder_.add_readout(query, p);
  }

  void add_noise() {
    // The generators' current is that of a force over Z0; a loop takes it over its rho.
    add_generators(
        builder_, [&](const Generator& generator, Eigen::Index i, Eigen::Index p, double y) {
          std::string from = "0";
          std::string into = "u" + builder_.label(i, p);
          if (y < 0.0) std::swap(from, into);
          builder_.add(netlist::transconductor(
                           fmt::format("gg{}__{}", generator.tag, builder_.system().label(i)), from,
                           into, generator.node, "0", std::abs(y) / rho_(i)),
                       "noise into " + builder_.system().label(i));
        });
  }

 private:
  bool johnson() const { return builder_.system().noise_model == core::NoiseModel::fdt; }
  double loop_ohm(Eigen::Index i) const { return rho_(i) * builder_.impedance(); }

  void add_inductor(Eigen::Index i, Eigen::Index p) {
    const std::string label = builder_.label(i, p);
    const double m = builder_.system().M.coeff(i, i);
    const double start = builder_.request().initial.v(i, p) * builder_.velocity_scale();
    builder_.add(netlist::voltage_source("vs" + label, "u" + label, "b" + label, 0.0),
                 "senses the current");
    netlist::Element inductor = netlist::inductor("lm" + label, "b" + label, "0",
                                                  m * builder_.impedance() * builder_.tau());
    inductor.initial = start / builder_.impedance() + 0.0;  // no -0
    builder_.add(std::move(inductor), builder_.entry("M", i, i, m) + ", grid");
    builder_.add(netlist::ccvs("hv" + label, "v" + label, "0", "vs" + label, builder_.impedance()),
                 "velocity as a voltage");
    builder_.add_initial("v" + label, start);
    builder_.add_velocity_probe("v" + label, i, p, 1.0 / builder_.velocity_scale());
    builder_.add_position_probe("v" + label, Probe::Quantity::flux, i, p,
                                1.0 / (builder_.velocity_scale() * builder_.tau()));
    builder_.add_port("u" + label, i, p, loop_ohm(i) / builder_.velocity_scale());
  }

  void add_couplings(Eigen::Index p) {
    const SparseMatrix& M = builder_.system().M;
    for (Eigen::Index i = 0; i < builder_.size(); ++i) {
      for (SparseMatrix::InnerIterator it(M, i); it; ++it) {
        const Eigen::Index j = it.row();
        if (j <= i || it.value() == 0.0) continue;
        builder_.add(netlist::coupling("km" + builder_.label(i, j, p), "lm" + builder_.label(i, p),
                                       "lm" + builder_.label(j, p),
                                       it.value() / std::sqrt(M.coeff(i, i) * M.coeff(j, j))),
                     builder_.entry("M", i, j, it.value()) + ", grid");
      }
    }
  }

  void add_loop_resistor(Eigen::Index i, Eigen::Index p) {
    const std::string name = "rd" + builder_.label(i, p);
    builder_.add(
        netlist::resistor(name, "u" + builder_.label(i, p), "0", loop_ohm(i)),
        "rest of " + builder_.entry("D", i, i, builder_.system().D.coeff(i, i)) + ", grid");
    if (johnson()) builder_.add_johnson_noise(name, loop_ohm(i));
  }

  void add_modal_resistors(Eigen::Index i, Eigen::Index p) {
    for (SparseMatrix::InnerIterator it(builder_.system().D, i); it; ++it) {
      const Eigen::Index j = it.row();
      if (j <= i || it.value() == 0.0) continue;
      const std::string label = builder_.label(i, j, p);
      const std::string node = "y" + label;
      const double ohm = std::abs(it.value()) * builder_.impedance();
      builder_.add(netlist::resistor("rd" + label, node, "0", ohm),
                   builder_.entry("D", i, j, it.value()) + ", grid");
      if (johnson()) builder_.add_johnson_noise("rd" + label, ohm);
      for (const Eigen::Index at : {i, j}) {
        couple("d", fmt::format("{}__{}", label, builder_.system().label(at)), node, at, p,
               at == j && it.value() < 0.0 ? -1.0 : 1.0,
               "of loop " + builder_.system().label(at) + ", grid");
      }
    }
  }

  // A node that takes `turns` times the loop's current and gives its voltage back as many times.
  void couple(const std::string& prefix, const std::string& label, const std::string& node,
              Eigen::Index i, Eigen::Index p, double turns, const std::string& meaning) {
    const std::string loop = builder_.label(i, p);
    std::pair<std::string, std::string> in{"0", node};
    std::pair<std::string, std::string> back{"u" + loop, "0"};
    if (turns < 0.0) {
      std::swap(in.first, in.second);
      std::swap(back.first, back.second);
    }
    builder_.add(
        netlist::cccs("f" + prefix + label, in.first, in.second, "vs" + loop, std::abs(turns)),
        meaning);
    builder_.add(netlist::transconductor("g" + prefix + label, back.first, back.second, node, "0",
                                         std::abs(turns) / loop_ohm(i)),
                 meaning);
  }

  void add_force(Eigen::Index i, Eigen::Index p) {
    const double f = builder_.force()(i, p);
    if (f == 0.0) return;
    builder_.add(
        netlist::current_source("if" + builder_.label(i, p), "0", "u" + builder_.label(i, p),
                                f * builder_.velocity_scale() / loop_ohm(i)),
        fmt::format("f({}) = {:.6g}, targets", builder_.system().label(i), f));
  }

  Builder& builder_;
  Eigen::VectorXd rho_;
};

void choose_scales(Builder& builder, const Eigen::VectorXd& rho,
                   const std::vector<Spring>& springs) {
  const core::SecondOrderSystem& system = builder.system();
  const PartRanges ranges = builder.request().ranges();
  LogMean inductance;
  LogMean resistance;
  LogMean capacitance;
  for (Eigen::Index i = 0; i < system.size(); ++i) {
    inductance.add(system.M.coeff(i, i));
    resistance.add(rho(i));
    for (SparseMatrix::InnerIterator it(system.D, i); it; ++it) {
      if (it.row() > i) resistance.add(it.value());
    }
  }
  for (const Spring& spring : springs) capacitance.add(1.0 / spring.stiffness);
  std::vector<ScaleGroup> groups = {{*inductance.mean(), 1, 1, ranges.inductance_h},
                                    {*resistance.mean(), 0, 1, ranges.resistance_ohm}};
  if (capacitance.mean()) groups.push_back({*capacitance.mean(), 1, -1, ranges.capacitance_f});
  builder.set_scales(centre_groups(groups, builder.request().scales));
}

}  // namespace

netlist::Design realize_charge(const core::SecondOrderSystem& system, const Request& request) {
  Builder builder(system, request);
  check_inductances(system);
  Eigen::VectorXd rho = find_loop_resistances(system);
  const std::vector<Spring> springs = choose_springs(builder);
  choose_scales(builder, rho, springs);
  // With the usual 1e-3 ngspice picks pivots that cost an AC response of 6x6 sticks three digits.
  builder.design().circuit.options = {"noopac", "pivrel=0.1"};
  Loops loops(builder, std::move(rho));
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    loops.add(p);
    for (const Spring& spring : springs) loops.add_spring(spring, p);
  }
  if (system.noise_model == core::NoiseModel::diagonal) loops.add_noise();
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    builder.section_of_readouts("a capacitor sums the charges of the loops");
    for (std::size_t q = 0; q < request.queries.size(); ++q) loops.add_readout(q, p);
  }
  return builder.finish(
      "charge",
      "loops of coupled inductors (force-voltage analogy), as Norton equivalents\n"
      "velocity i is the current of lm<i>, position i its charge; node v<i> shows\n"
      "the current, so position is the time integral of v<i>\n"
      "nodes w show the force of each spring");
}

}  // namespace springspice::hw
