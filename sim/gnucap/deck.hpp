// A circuit in gnucap's words: the plain subset R C L K V I E F G H, flattened.
//
// What gnucap 0.36 does otherwise than ngspice, and what is written here for it (all measured, and
// tested in tests/sim/gnucap_deck.test.cpp):
//
//   gnucap                                       | here
//   ---------------------------------------------|----------------------------------------------
//   reads lines of 4095 characters               | short names (n1, r1), several `.print` lines
//   takes a dot in a node's name for a path      | the same
//   has no `.ic`                                 | every capacitor gets ic= v(a) - v(b) of its own
//   takes `ic=` of an inductor for its flux L i, | the mutual flux is in it: i1 + (M / L1) i2
//     leaving a coupling (K) out                 |
//   adds 1e-12 S to nodes (gmin)                 | gmin=1e-30
//   solves increments, which sums their rounding | noincmode
//   makes a V, E or H a current beside a         | short, as below
//     conductance 1/short                        |
//
// A source with a grounded end only adds 1/short to a diagonal: `short` is 1e-12 ohm, and rounding
// is all that is seen. One that floats (and an F or H, which read the current of a V) takes small
// differences of large voltages: the conductance errs by eps V / short, the source by short I, and
// the best `short`, 1e-8 of the circuit's impedance, leaves about 1e-7 of the voltages;
// has_floating_source() says which holds.
//
// The ideal op-amp stands as the deck has it, a transconductor of 1e12 S: settled circuits then
// agree with the fit to 1e-15, paths with their replay to 1e-14 (1e9 S: 5e-13 and 3e-12).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "netlist/circuit.hpp"

namespace springspice::sim {

/// A transient from the initial values, on a fixed grid: the first step is step_s / 100 by backward
/// Euler, the second goes to the grid. Every point is printed.
struct GnucapTransient {
  enum class Method { trapezoidal, backward_euler };
  double step_s = 0.0;
  double stop_s = 0.0;
  Method method = Method::trapezoidal;
};

class GnucapDeck {
 public:
  /// @param impedance_ohm what resistors of the circuit are like
  /// @throws netlist::NetlistError for what gnucap has no word for: a waveform, an expression, a
  /// card of another kind; and as netlist::flatten()
  GnucapDeck(const netlist::Circuit& circuit, double impedance_ohm);

  /// gnucap's name of a node, "n3"; empty if there is no such node.
  std::string node(std::string_view name) const;

  /// The whole deck; without a transient, for an operating point.
  /// @param columns gnucap's names of nodes, each once
  std::string format(std::span<const std::string> columns,
                     const std::optional<GnucapTransient>& transient) const;

  /// True where `short` cannot be small.
  bool has_floating_source() const { return floating_; }

 private:
  std::string cards_;
  std::unordered_map<std::string, std::string> nodes_;  // lower-case name -> gnucap's
  bool floating_ = false;
  double short_ohm_ = 1e-12;
};

/// The first line of each deck, which gnucap repeats behind its banner.
inline constexpr std::string_view kGnucapTitle = "springspice";

}  // namespace springspice::sim
