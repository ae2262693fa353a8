#include "hw/opamp_board.hpp"

#include <cmath>

#include <fmt/format.h>

#include "hw/generators.hpp"
#include "hw/spring_parts.hpp"
#include "netlist/ideal.hpp"

namespace springspice::hw {

using Role = netlist::Part::Role;
Board::Board(Builder& builder) : builder_(builder) {
  const Request& request = builder.request();
  ohm_ = request.surroundings.unity_ohm.value_or(request.ranges().resistance_ohm.centre());
  builder.define(netlist::ideal_opamp());
  builder.design().has_operating_point = true;
}

void Board::add_supplies() {
  const Surroundings& s = builder_.request().surroundings;
  builder_.section("supplies, for the real op-amps that replace opamp_ideal, and references of f");
  builder_.add(netlist::voltage_source("vcc", "vcc", "0", s.supply_v), "positive supply");
  builder_.add(netlist::voltage_source("vee", "vee", "0", -s.supply_v), "negative supply");
  builder_.add(netlist::voltage_source("vrefp", "refp", "0", s.reference_v), "positive reference");
  builder_.add(netlist::voltage_source("vrefn", "refn", "0", -s.reference_v), "negative reference");
}

void Board::add_opamp(const std::string& name, const std::string& summing,
                      const std::string& output, const std::string& what) {
  builder_.add(netlist::instance(name, {"0", summing, output}, "opamp_ideal"), what);
}

void Board::add_inverter(const std::string& prefix, const std::string& label,
                         const std::string& input, const std::string& output,
                         const std::string& what) {
  const std::string summing = "s" + prefix + label;
  add_opamp("x" + prefix + label, summing, output, what);
  builder_.add(netlist::resistor("ra" + prefix + label, input, summing, ohm_), "inverter, input",
               {.role = Role::unity});
  builder_.add(netlist::resistor("rb" + prefix + label, output, summing, ohm_),
               "inverter, feedback", {.role = Role::unity});
}

void Board::add_stiffness(Eigen::Index i, Eigen::Index p, double ohm) {
  add_row(builder_.system().K, i, [&](Eigen::Index j, double k) {
    builder_.add(netlist::resistor("rk" + builder_.label(i, j, p),
                                   (k > 0.0 ? "x" : "xn") + builder_.label(j, p),
                                   "s" + builder_.label(i, p), ohm / std::abs(k)),
                 builder_.entry("K", i, j, k) + ", inputs",
                 make_entry(Role::stiffness, i, j, p, k));
  });
}

void Board::add_force(Eigen::Index i, Eigen::Index p, const std::string& summing) {
  const double f = builder_.force()(i, p);
  if (f == 0.0) return;
  const double ohm =
      builder_.request().surroundings.reference_v / (builder_.current_scale() * std::abs(f));
  builder_.add(
      netlist::resistor("rf" + builder_.label(i, p), f > 0.0 ? "refn" : "refp", summing, ohm),
      fmt::format("f({}) = {:.6g}, targets", builder_.system().label(i), f),
      make_entry(Role::force, i, i, p, f));
}

void Board::add_sum(const std::string& label, const std::string& output,
                    const std::vector<std::pair<int, double>>& weights, Eigen::Index p,
                    const std::string& what, int query) {
  const std::string summing = "s" + label;
  add_opamp("x" + label, summing, output, what);
  builder_.add(netlist::resistor("rb" + label, output, summing, ohm_), "sum, feedback",
               {.role = Role::unity});
  for (const auto& [i, weight] : weights) {
    if (weight == 0.0) continue;
    builder_.add(netlist::resistor(fmt::format("r{}__{}", label, builder_.system().label(i)),
                                   (weight > 0.0 ? "xn" : "x") + builder_.label(i, p), summing,
                                   ohm_ / std::abs(weight)),
                 fmt::format("weight({}) = {:.6g}, inputs", builder_.system().label(i), weight),
                 make_entry(Role::weight, query, i, p, weight));
  }
}

void Board::add_literal_spring(const core::Spring& spring, Eigen::Index p, double ohm) {
  const std::string label = spring_label(builder_, spring, p);
  const std::vector<std::pair<int, double>> turns = turns_of(spring);
  const double anchor = anchor_of(builder_, spring, p);
  builder_.section(describe(spring) + "; v(e) is its residual");
  add_sum("e" + label, "e" + label, turns, p, "residual", -1);
  if (anchor != 0.0) {
    builder_.add(netlist::resistor("rae" + label, anchor > 0.0 ? "refp" : "refn", "se" + label,
                                   ohm_ * builder_.request().surroundings.reference_v /
                                       (std::abs(anchor) * builder_.position_scale())),
                 fmt::format("anchor, less its offset {:.6g}, targets", anchor));
  }
  double residual = -anchor;
  bool inverted = false;
  for (const auto& [i, turn] : turns) {
    residual += turn * builder_.initial_position()(i, p);
    inverted = inverted || turn < 0.0;
    builder_.add(netlist::resistor(fmt::format("rk{}__{}", label, builder_.system().label(i)),
                                   (turn > 0.0 ? "e" : "en") + label, "s" + builder_.label(i, p),
                                   ohm / (spring.stiffness * std::abs(turn))),
                 fmt::format("l({}) = {:.6g}, inputs", builder_.system().label(i), turn));
  }
  builder_.add_initial("e" + label, residual * builder_.position_scale());
  if (!inverted) return;
  add_inverter("en", label, "e" + label, "en" + label, "inverter, gives the residual's inverse");
  builder_.add_initial("en" + label, -residual * builder_.position_scale());
}

void Board::add_readouts(Eigen::Index p) {
  builder_.section_of_readouts("a summing amplifier");
  for (std::size_t q = 0; q < builder_.request().queries.size(); ++q) {
    const std::string name = "q" + builder_.query_label(q, p);
    add_sum(name, name, builder_.request().queries[q].weights, p, "read-out", static_cast<int>(q));
    builder_.add_readout(q, p);
  }
}

void Board::add_noise() {
  add_generators(
      builder_, [&](const Generator& generator, Eigen::Index i, Eigen::Index p, double y) {
        const std::string inverse = "gn" + generator.tag;
        if (y < 0.0 && inverted_.insert(generator.tag).second) {
          add_inverter("g", generator.tag, generator.node, inverse, "inverter, gives the inverse");
        }
        builder_.add(
            netlist::resistor(fmt::format("rg{}__{}", generator.tag, builder_.system().label(i)),
                              y < 0.0 ? inverse : generator.node, "s" + builder_.label(i, p),
                              1.0 / std::abs(y)),
            "noise into " + builder_.system().label(i), make_entry(Role::noise, i, i, p, y));
      });
}

}  // namespace springspice::hw
