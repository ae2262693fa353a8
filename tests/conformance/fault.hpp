// Every single fault of a deck: what a slip of the hand, or of the program, makes of it.
//
//   kind          | what happens to one element that carries the model
//   --------------|------------------------------------------------------------------------------
//   changed       | its value (of an instance: each parameter) grows by 0.1 %, from 0 to 1 mV
//   removed       | it is gone, and with it the initial values of nodes that only it touched
//   reconnected   | one of its terminals goes to another node of the deck: every one to every one
//   reversed      | two of its terminals change places, every pair (not of R, C without `ic=`)
//   start changed | an initial value that is not 0 (.ic or ic=) grows by 0.1 %
//   start removed | it is gone
//
// All elements carry the model, except the op-amps' supplies and a reference that nothing uses; of
// an ideal op-amp its pins do, its gain does not.
//
// What leaves the circuit identical is no fault. Graph rules, each by structure alone:
//   inputs  a terminal that draws no current (the inputs of an ideal op-amp or transconductor) goes
//           to a node that ideal op-amps hold at the same voltage: their two inputs are joined into
//           one class, over all op-amps but the one that is touched itself.
//   start   an initial voltage of a node that no capacitor touches: under `uic` nothing starts from
//           it.
//   gyrator a gyrator (p1 n1 p2 n2) is the form g (p1 - n1) ^ (p2 - n2) on the nodes, ^
//           antisymmetric, so where the form stays, it stays: (v - 0) ^ (w - 0), the three-terminal
//           gyrator between v, w and ground, is (v - w) ^ (w - 0) too.
//   turn    the form changes its sign, it is the only gyrator of its spring, and the spring starts
//           at 0 V: the sign of its inner node is nobody's business.
//   copy    an ideal transformer of one to one with both windings at ground makes its two live ends
//           one node (or each the negative of the other: for a part from there to ground the same):
//           what is moved from one to the other stays. Itself it says p1 + n2 = p2 + n1, and stays
//           where these two sums stay.
//   held    the terminal of a current source moves between ground and a node that a voltage source
//           holds from there, whose own current nobody reads.
#pragma once

#include <functional>
#include <string>

#include "netlist/circuit.hpp"

namespace springspice::test {

struct Fault {
  enum class Kind { changed, removed, reconnected, reversed, start_changed, start_removed };
  Kind kind = Kind::changed;
  std::string what;  ///< "rk0__1: terminal 2, s0 -> x3"
  std::string rule;  ///< the graph rule by which nothing changed; empty for a true fault
  netlist::Circuit circuit;
};

inline constexpr int kFaultKinds = 6;
const char* to_string(Fault::Kind kind);

/// Visits the faults in a fixed order.
void for_each_fault(const netlist::Circuit& circuit,
                    const std::function<void(const Fault& fault)>& visit);

}  // namespace springspice::test
