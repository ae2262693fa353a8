// Random circuits that use every feature of the format. Same seed, same circuit, on any machine.
#pragma once

#include <cstdint>
#include <random>

#include "netlist/circuit.hpp"

namespace springspice::netlist::testing {

class RandomCircuit {
 public:
  explicit RandomCircuit(std::uint64_t seed) : engine_(seed) {}

  Circuit make();

 private:
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  bool chance(std::uint64_t one_in) { return below(one_in) == 0; }
  double any_double();
  double signed_value();
  double positive_value();
  std::string node();
  std::string text();
  std::string fresh_name(char letter);

  Waveform waveform();
  Element primitive(const std::vector<std::string>& voltages);
  std::vector<Element> elements(int count, const std::vector<Subcircuit>& known,
                                const std::vector<Parameter>& parameters);
  void add_coupling(std::vector<Element>& out);
  Subcircuit definition(const std::vector<Subcircuit>& known);
  Element random_instance(const Subcircuit& of);

  std::mt19937_64 engine_;
  int count_ = 0;
};

/// Equal in everything that a deck says: names, order, every number to the bit.
bool same_meaning(const Circuit& a, const Circuit& b);

}  // namespace springspice::netlist::testing
