// The force noise that a circuit's parts bring in, told from the parts alone: sources, resistors,
// op-amp inverters and transconductors. No stamping, no reduction.
#pragma once

#include <map>
#include <string>

#include "tests/hw/small_system.hpp"

namespace springspice::test {

/// Ampere into each node for one volt at `node`, less what flows into ground and back into itself:
/// through resistors into virtual grounds, through transconductors, and through unity inverters
/// (an op-amp whose summing node has two equal resistors and nothing else).
inline void add_currents(const netlist::Design& design, const std::string& node, double volt,
                         std::map<std::string, double>& ampere) {
  using netlist::Kind;
  for (const netlist::Element& element : design.circuit.elements()) {
    if (element.kind == Kind::instance && element.references[0] == "ota_ideal") {
      const double gm = element.parameters.at(0).value;
      if (element.nodes[0] == node) ampere[element.nodes[2]] += gm * volt;
      if (element.nodes[1] == node) ampere[element.nodes[2]] -= gm * volt;
    }
    if (element.kind != Kind::resistor || element.nodes[0] != node) continue;
    const std::string& summing = element.nodes[1];
    // "rag<tag>" into "sg<tag>": the inverter of a generator; its output is "gn<tag>".
    if (element.name.starts_with("rag")) {
      const std::string tag = element.name.substr(3);
      const netlist::Element& feedback = part(design, "rbg" + tag);
      if (feedback.nodes != std::vector<std::string>{"gn" + tag, summing} ||
          part(design, "xg" + tag).nodes != std::vector<std::string>{"0", summing, "gn" + tag}) {
        throw std::runtime_error("no inverter: " + element.name);
      }
      add_currents(design, "gn" + tag, -volt * feedback.value / element.value, ampere);
    } else {
      ampere[summing] += volt / element.value;
    }
  }
}

/// sum over the sources of density h h^T of one output, in model units, nu x nu.
inline Eigen::MatrixXd noise_matrix(const core::SecondOrderSystem& system,
                                    const netlist::Design& design, int output) {
  using netlist::Kind;
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(system.size(), system.size());
  for (const netlist::NoiseSource& source : design.noise) {
    if (source.own) continue;
    std::map<std::string, double> ampere;
    for (const netlist::Incidence& entry : source.incidence) {
      const netlist::Element* element = design.circuit.find(entry.where);
      if (element == nullptr) {
        ampere[entry.where] += entry.weight;
      } else if (element->kind == Kind::voltage) {
        add_currents(design, element->nodes[0], entry.weight, ampere);
      } else if (element->kind == Kind::current) {
        ampere[element->nodes[1]] += entry.weight;
        ampere[element->nodes[0]] -= entry.weight;
      } else {
        ampere[element->nodes[0]] += entry.weight;
        ampere[element->nodes[1]] -= entry.weight;
      }
    }
    Eigen::VectorXd force = Eigen::VectorXd::Zero(system.size());
    for (const netlist::Port& port : design.ports) {
      if (port.output == output) force(port.coordinate) += port.gain * ampere[port.node];
    }
    sum += source.density / design.scales.time_s * force * force.transpose();
  }
  return sum;
}

}  // namespace springspice::test
