// A circuit with its instances replaced by their definitions' elements.
#pragma once

#include <cstddef>
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

/// What one circuit may become; a few lines of nested definitions can stand for more than memory
/// holds.
struct FlattenLimits {
  std::size_t elements = 10'000'000;  ///< instances, parameters, long expressions too
  std::size_t name_bytes = std::size_t(1) << 32;
};

/// Ground is called "0" everywhere. Expressions have become values (scopes: see Parameter).
/// @throws NetlistError for an unknown definition, a wrong number of pins, an unknown parameter, an
/// expression without a finite value or with an unknown name, parameters in a circle, an F, H or K
/// that refers to what is not there (names inside a definition mean its own elements), two K of the
/// same pair, definitions that contain themselves or lie more than 100 deep, and for more than the
/// limits.
FlatCircuit flatten(const Circuit& circuit, const FlattenLimits& limits = {});
/// The same of a circuit that is done with: its elements are taken, not copied, where they are flat
/// already.
FlatCircuit flatten(Circuit&& circuit, const FlattenLimits& limits = {});

}  // namespace springspice::netlist
