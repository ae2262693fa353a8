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

/// Ground is called "0" everywhere.
/// @throws NetlistError for an unknown definition, a wrong number of pins, an unknown parameter, a
/// parameter that makes a value impossible (a resistance of 0), an F, H or K that refers to what is
/// not there (names inside a definition mean its own elements), two K of the same pair, definitions
/// that contain themselves or lie more than 100 deep, and more than ten million elements.
FlatCircuit flatten(const Circuit& circuit);

}  // namespace springspice::netlist
