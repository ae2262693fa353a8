// Which nodes of a design are pins of its array, and what each is. Not installed.
#pragma once

#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "netlist/design.hpp"

namespace springspice::hw {

struct ArrayPin {
  std::string node;
  std::string meaning;  ///< with its unit, one line
};

/// Names of the voltage and current sources whose current no F or H reads.
std::unordered_set<std::string> find_bench_sources(const netlist::Circuit& circuit);

/// Every node that a probe, a port, a read-out, a noise source, a source of the bench or
/// `further` names, each once.
std::vector<ArrayPin> find_array_pins(const netlist::Design& design,
                                      std::span<const std::string> further);

}  // namespace springspice::hw
