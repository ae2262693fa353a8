#include "hw/builder.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "hw/error.hpp"
#include "netlist/ideal.hpp"
#include "netlist/writer.hpp"

namespace springspice::hw {
namespace {

using netlist::Element;
using netlist::Kind;

// The largest excursion stands at this many volts: it was found on samples of the trajectory, and
// the model's own extreme may lie a little further out.
constexpr double kFullScale_v = 0.95;

std::string format_value(double value, const std::string& unit) {
  return unit.empty() ? fmt::format("{:.4g}", value) : format_si(value, unit.c_str());
}

// What the comment calls the element's SI value; an instance brings its first parameter.
std::string describe_value(const Element& element) {
  if (element.kind != Kind::instance) {
    return format_value(element.value, netlist::unit_of(element.kind));
  }
  if (element.parameters.empty()) return "";
  const bool turns = element.references[0] == "transformer_ideal";
  return format_value(element.parameters.front().value, turns ? "" : "S");
}

}  // namespace

Builder::Builder(const core::SecondOrderSystem& system, const Request& request)
    : system_(system), request_(request) {
  check_scale_choice(request.scales);
  const Eigen::VectorXd& offset = request.swing.offset;
  initial_position_ = request.initial.x.rowwise() - offset.transpose();
  // Literal springs bring f in their anchors.
  force_ = Eigen::MatrixXd::Zero(system.size(), system.outputs());
  for (Eigen::Index p = 0; p < (request.literal ? 0 : system.outputs()); ++p) {
    const Eigen::VectorXd shift = Eigen::VectorXd::Constant(system.size(), offset(p));
    force_.col(p) = system.f.col(p) - system.K * shift;
    // What cancels to rounding is no force: a resistor of 1e18 ohm would stand for it.
    const Eigen::VectorXd scale =
        system.f.col(p).cwiseAbs() + system.K.cwiseAbs() * shift.cwiseAbs();
    for (Eigen::Index i = 0; i < system.size(); ++i) {
      if (std::abs(force_(i, p)) <= 1e-15 * scale(i)) force_(i, p) = 0.0;
    }
  }
  const double position = request.swing.position > 0.0 ? request.swing.position : 1.0;
  const double velocity = request.swing.velocity > 0.0 ? request.swing.velocity : 1.0;
  position_scale_ = request.scales.position_v.value_or(kFullScale_v / position);
  velocity_scale_ = request.scales.velocity_v.value_or(kFullScale_v / velocity);
}

std::string Builder::label(Eigen::Index i, Eigen::Index output) const {
  return outputs() == 1 ? system_.label(i) : fmt::format("{}y{}", system_.label(i), output + 1);
}

std::string Builder::label(Eigen::Index i, Eigen::Index j, Eigen::Index output) const {
  return i == j ? label(i, output) : system_.label(i) + "__" + label(j, output);
}

std::string Builder::entry(const char* matrix, Eigen::Index i, Eigen::Index j, double value) const {
  return fmt::format("{}({},{}) = {:.6g}", matrix, system_.label(i), system_.label(j), value);
}

void Builder::set_scales(const TimeAndImpedance& chosen) {
  const bool overdamped = system_.dynamics == core::Dynamics::overdamped;
  netlist::Scales& scales = design_.scales;
  scales.time_s = chosen.time_s;
  scales.impedance_ohm = chosen.impedance_ohm;
  scales.voltage_v = overdamped ? position_scale_ : velocity_scale_;
  scales.position_v = position_scale_;
  scales.energy_j = scales.voltage_v * scales.voltage_v * scales.time_s / scales.impedance_ohm;
  for (const double scale : {scales.time_s, scales.impedance_ohm, scales.voltage_v,
                             scales.position_v, current_scale()}) {
    if (std::isfinite(scale) && scale > 0.0) continue;
    throw RealizationError(fmt::format(
        "no scales hold this model: the trajectory reaches positions of {:.3g} and velocities of "
        "{:.3g}, the largest stiffness is {:.3g}; choose units in which these are nearer to 1, or "
        "give --scale-time, --scale-impedance, --scale-position and --scale-velocity",
        request_.swing.position, request_.swing.velocity,
        system_.K.nonZeros() > 0 ? system_.K.coeffs().cwiseAbs().maxCoeff() : 0.0));
  }
}

void Builder::add(Element element, const std::string& meaning) {
  element.heading = std::exchange(heading_, {});
  const std::string value = describe_value(element);
  element.comment = value.empty() ? meaning : value + ", " + meaning;
  design_.circuit.add(std::move(element));
}

void Builder::add(Element element, const std::string& meaning, netlist::Part part) {
  if (request_.list_parts) {
    part.element = element.name;
    design_.parts.push_back(std::move(part));
  }
  add(std::move(element), meaning);
}

netlist::Part make_entry(netlist::Part::Role role, Eigen::Index row, Eigen::Index column,
                         Eigen::Index output, double coefficient) {
  return {.role = role,
          .row = static_cast<int>(row),
          .column = static_cast<int>(column),
          .output = static_cast<int>(output),
          .coefficient = coefficient};
}

netlist::Part make_branch(netlist::Part::Role role, Eigen::Index i, Eigen::Index j,
                          Eigen::Index output, double coefficient, const std::vector<int>& signs) {
  netlist::Part part = make_entry(role, i, j, output, coefficient);
  part.combination = {{part.row, signs[static_cast<std::size_t>(i)]}};
  if (i != j) part.combination.emplace_back(part.column, -signs[static_cast<std::size_t>(j)]);
  return part;
}

netlist::Part make_spring_part(const core::Spring& spring, Eigen::Index number,
                               Eigen::Index output) {
  netlist::Part part =
      make_entry(netlist::Part::Role::stiffness, number, number, output, spring.stiffness);
  for (std::size_t c = 0; c < spring.nodes.size(); ++c) {
    part.combination.emplace_back(spring.nodes[c], spring.turns[c]);
  }
  return part;
}

void Builder::define(netlist::Subcircuit definition) {
  if (design_.circuit.find_definition(definition.name) != nullptr) return;
  design_.circuit.define(std::move(definition));
}

void Builder::add_initial(const std::string& node, double volt) {
  // Adding 0 makes 0 of -0, which would stand in the deck.
  design_.circuit.initial_voltages.push_back({node, volt + 0.0});
}

void Builder::add_position_probe(const std::string& node, netlist::Probe::Quantity quantity,
                                 Eigen::Index i, Eigen::Index output, double gain) {
  design_.probes.push_back({node, netlist::Probe::Kind::position, quantity, system_.index(i),
                            static_cast<int>(i), static_cast<int>(output), gain,
                            request_.swing.offset(output)});
}

void Builder::add_velocity_probe(const std::string& node, Eigen::Index i, Eigen::Index output,
                                 double gain) {
  design_.probes.push_back({node, netlist::Probe::Kind::velocity, netlist::Probe::Quantity::voltage,
                            system_.index(i), static_cast<int>(i), static_cast<int>(output), gain,
                            0.0});
}

void Builder::add_port(const std::string& node, Eigen::Index i, Eigen::Index output, double gain) {
  design_.ports.push_back({node, static_cast<int>(i), static_cast<int>(output), gain});
}

std::string Builder::query_label(std::size_t query, Eigen::Index output) const {
  return outputs() == 1 ? fmt::format("{}", query + 1)
                        : fmt::format("{}y{}", query + 1, output + 1);
}

void Builder::section_of_readouts(const std::string& how) {
  if (request_.queries.empty()) return;
  section(
      fmt::format("read-outs: v(q<row>) is the prediction at that row of the queries, {} a unit\n"
                  "less its offset (see the manifest); {}",
                  format_si(position_scale(), "V"), how));
}

void Builder::add_readout(std::size_t query, Eigen::Index output, netlist::Probe::Kind kind) {
  const bool position = kind == netlist::Probe::Kind::position;
  const std::vector<std::pair<int, double>>& weights = request_.queries[query].weights;
  const Eigen::MatrixXd& state = position ? initial_position_ : request_.initial.v;
  const double scale = position ? position_scale_ : velocity_scale_;
  double sum = 0.0;
  double start = 0.0;
  for (const auto& [coordinate, weight] : weights) {
    sum += weight;
    start += weight * state(coordinate, output);
  }
  const std::string node = "q" + query_label(query, output);
  add_initial(node, start * scale);
  design_.readouts.push_back({node, static_cast<int>(query), static_cast<int>(output), 1.0 / scale,
                              position ? sum * request_.swing.offset(output) : 0.0, weights, kind});
}

void Builder::add_johnson_noise(const std::string& resistor, double ohm) {
  const double kT_circuit = system_.kT * design_.scales.energy_j;
  if (kT_circuit == 0.0) return;
  design_.noise.push_back({"johnson " + resistor, {{resistor, 1.0}}, 2.0 * kT_circuit / ohm});
}

netlist::Design Builder::finish(const std::string& realization, const std::string& what) {
  netlist::Circuit& circuit = design_.circuit;
  const netlist::Scales& scales = design_.scales;
  design_.realization = realization;
  // In the force-voltage analogy a force is a voltage.
  const std::string force =
      realization == "charge" ? format_si(scales.voltage_v, "V") : format_si(current_scale(), "A");
  circuit.title = request_.title;
  circuit.heading = fmt::format(
      "{}\n"
      "{} coordinates, {} output{}; {}; v<index> velocity, x<index> position, indices from 0\n"
      "one unit of model time is {}, of {} {}, of force {}\n"
      "comments give the SI value, then the model's value and what it depends on:\n"
      "grid (mass, friction, sticks), inputs (K), targets (f)",
      what, size(), outputs(), outputs() == 1 ? "" : "s", core::to_string(system_.dynamics),
      format_si(scales.time_s, "s"),
      system_.dynamics == core::Dynamics::overdamped ? "position" : "velocity",
      format_si(scales.voltage_v, "V"), force);
  if (request_.end > 0.0) {
    circuit.transient = netlist::Transient{request_.step * tau(), request_.end * tau(),
                                           request_.step * tau(), true};
  }
  return std::move(design_);
}

}  // namespace springspice::hw
