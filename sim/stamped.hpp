// The deck as the equations that it stands for: parsed, stamped, reduced, in model units.
//
//     x' = v + T u      M v' + D v + K x = f + H u      (overdamped: D x' + K x = f + H u)
//
//   symbol | shape        | meaning
//   -------|--------------|----------------------------------------------------------------------
//   M D K  | nu m x nu m  | of the circuit, nu coordinates of m outputs, output by output
//   H      | nu m x q     | force of noise source q; u_q is white, of two-sided density s_q
//   T      | nu m x q     | noise that enters an integrator, so a position (a part's own noise)
//   s      | q            | density, per unit of model time
//
// An ampere at a port is `gain` units of force, a volt at a probe `gain` units of velocity or
// position, a second 1/tau units of time; <u u> = S delta(t) in seconds is (S / tau) delta(t /
// tau).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <Eigen/SparseCore>

#include "netlist/flatten.hpp"
#include "netlist/stamp.hpp"
#include "sim/check.hpp"
#include "sim/reduce.hpp"

namespace springspice::sim {

struct CircuitNoise {
  core::SparseMatrix H, T;
  core::SparseMatrix H_abs;  ///< sums of absolute contributions to the entries of H
  Eigen::VectorXd density;
  std::vector<bool> own;  ///< not the model's: a part's thermal noise
  std::string obstacle;   ///< empty, or why the sources are no such noise

  /// H diag(s) H^T of the model's sources, or of all.
  core::SparseMatrix force_noise(bool with_own) const;
};

class StampedDeck {
 public:
  /// A node or an element that the design names and the deck lacks is an obstacle.
  /// @throws netlist::NetlistError for a deck that does not parse
  StampedDeck(const Problem& problem, const ProbeMap& probes);
  /// The same of a circuit that is already flat, such as flat() with a value changed.
  StampedDeck(const Problem& problem, const ProbeMap& probes, netlist::FlatCircuit flat);

  /// As written; empty where it was given flat.
  const netlist::Circuit& circuit() const { return circuit_; }
  /// Without hierarchy, without parts of value zero, without splits in series (simplify.hpp).
  const netlist::FlatCircuit& flat() const { return flat_; }
  /// The part of this name, in any case, in flat(); null if there is none.
  const netlist::Element* find(std::string_view name) const;
  const netlist::Descriptor& descriptor() const { return descriptor_; }
  const ReducedCircuit& reduced() const { return reduced_; }
  /// Empty, or why the circuit is no second-order system.
  const std::string& obstacle() const { return reduced_.obstacle; }

  /// What an entry of the reduced circuit is in model units: row r, column c, and the order of the
  /// derivative of c's coordinate in the equation of motion (2 for M, 1 for D, 0 for K).
  double unit(Eigen::Index r, Eigen::Index c, int derivative) const;
  /// M, D, K and f of one output as the circuit has them. @pre obstacle() is empty
  core::SecondOrderSystem system(Eigen::Index output) const;
  const CircuitNoise& noise() const { return noise_; }

  /// The probe in whose voltage the coordinate's equation is written: velocity, overdamped
  /// position.
  const netlist::Probe& coordinate_probe(Eigen::Index c) const;
  const netlist::Port& port(Eigen::Index c) const;

 private:
  void prepare();
  void reduce_with(const std::vector<WhiteInput>& inputs);
  void refuse_shared_sources() const;
  WhiteInput find_input(const netlist::NoiseSource& source) const;
  void collect_noise();

  const Problem& problem_;
  const ProbeMap& probes_;
  netlist::Circuit circuit_;
  netlist::FlatCircuit flat_;
  std::unordered_map<std::string, std::size_t> index_;  // of flat_'s elements, by lower-case name
  netlist::Descriptor descriptor_;
  ReducedCircuit reduced_;
  CircuitNoise noise_;
};

}  // namespace springspice::sim
