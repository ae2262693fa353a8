#include "hw/ota_sum.hpp"

#include <cmath>

#include <fmt/format.h>

#include "netlist/ideal.hpp"

namespace springspice::hw {

void add_ota_sum(Builder& builder, const std::string& name, const std::string& prefix,
                 const std::string& into, const std::vector<std::pair<int, double>>& weights,
                 const std::vector<int>& signs, double siemens, Eigen::Index output, int query) {
  builder.define(netlist::ideal_ota());
  for (const auto& [i, weight] : weights) {
    if (weight == 0.0) continue;
    std::vector<std::string> pins = {prefix + builder.label(i, output), "0", into};
    if (weight * signs[static_cast<std::size_t>(i)] < 0.0) std::swap(pins[0], pins[1]);
    builder.add(netlist::instance(name + "__" + builder.system().label(i), pins, "ota_ideal",
                                  {{"gm", siemens * std::abs(weight)}}),
                fmt::format("weight({}) = {:.6g}, inputs", builder.system().label(i), weight),
                netlist::Part{.role = netlist::Part::Role::weight,
                              .row = query,
                              .column = i,
                              .output = static_cast<int>(output),
                              .coefficient = weight});
  }
}

void add_ota_load(Builder& builder, const std::string& name, const std::string& node,
                  double siemens, const std::string& meaning) {
  builder.define(netlist::ideal_ota());
  builder.add(netlist::instance(name, {"0", node, node}, "ota_ideal", {{"gm", siemens}}), meaning,
              netlist::Part{.role = netlist::Part::Role::unity});
}

}  // namespace springspice::hw
