// A circuit with its instances replaced by their definitions' elements.
#pragma once

#include <string>
#include <vector>

#include "netlist/circuit.hpp"

namespace springspice::netlist {

/// Elements only; an element of instance `xk1` is called `xk1.g1`, an inner node `xk1.mid`.
/// Ideal op-amps (is_ideal_opamp) stand as one Kind::nullor named after the instance, with nodes
/// inp inn out: no result that is computed from a flattened circuit depends on their gain.
struct FlatCircuit {
  std::vector<Element> elements;
  std::vector<InitialVoltage> initial_voltages;
};

/// @throws NetlistError for an unknown definition, a wrong number of pins, an unknown parameter,
/// an F, H or K that refers to what is not there, and definitions that contain themselves.
FlatCircuit flatten(const Circuit& circuit);

}  // namespace springspice::netlist
