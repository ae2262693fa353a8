// From a stamped circuit back to a second-order system: which M, D, K, f does it have?
//
// Given E z' + A z = s (netlist/stamp.hpp) and, for each coordinate, the node whose voltage is its
// velocity and the node whose current law is its equation of motion, every other unknown is
// expressed through the velocities V, their rates V' and their time integrals phi,
//
//     z = sum d V' + sum b V + sum a phi + c + sum w u + sum r int u,
//
// one row after the other:
//
//   algebraic    a row with one unknown left, no derivative of it: solved for z; what stands in
//                the row as E z_j' brings rates (the voltage of an inductor whose current is V)
//   integrating  a row with one unknown left, only its derivative: the whole row is integrated in
//                time (an inductor's current, an integrator's output, a capacitive divider); the
//                constant is the one at which phi = 0 stands for a row of charge 0
//   block        several rows that share their unknowns, all algebraic (a chain of resistors) or
//                all integrating (coupled coils): solved together, up to 64 unknowns
//
// and the force rows become  M V' + D V + K phi = f. Ideal op-amps (nullors) are exact in this: no
// gain enters. What a row leaves over (currents of voltage sources and op-amp outputs) drives
// nothing. Each entry is accompanied by the sum of the absolute contributions to it, which is what
// rounding may do to it. For a first-order circuit the coordinates are the positions, and
// M V' + D V stand for D x' + K x.
//
// White inputs u_q (noise sources) are carried along, so noise that enters an integrator shows as r
// in its output and as g in the force rows  M V' + D V + K phi = f + sum h u + sum g int u.
//
// Not done: unknowns with a memory of their own besides the coordinates (an RC snubber, a leaking
// integrator), and blocks that mix resistive and reactive rows; they are reported as not reducible.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "netlist/stamp.hpp"

namespace springspice::sim {

/// An entry and the sum of the absolute contributions to it.
struct Summed {
  double value = 0.0;
  double absolute = 0.0;
  void add(double contribution, double absolute_contribution) {
    value += contribution;
    absolute += absolute_contribution;
  }
};

/// sum_j rate_j V_j' + sum_j direct_j V_j + sum_j integral_j phi_j + constant
///  + sum_q white_q u_q + sum_q walk_q int u_q.
struct Expression {
  std::unordered_map<int, Summed> rate;
  std::unordered_map<int, Summed> direct;
  std::unordered_map<int, Summed> integral;
  std::unordered_map<int, Summed> white;
  std::unordered_map<int, Summed> walk;
  Summed constant;

  bool is_constant() const {
    return rate.empty() && direct.empty() && integral.empty() && white.empty() && walk.empty();
  }
};

/// One white input: what it adds to the descriptor's s, row by row.
using WhiteInput = std::vector<std::pair<Eigen::Index, double>>;

struct ReducedCircuit {
  /// One map a force row: column -> entry, in circuit units.
  std::vector<std::unordered_map<int, Summed>> second;  ///< of V'
  std::vector<std::unordered_map<int, Summed>> first;   ///< of V
  std::vector<std::unordered_map<int, Summed>> zeroth;  ///< of phi
  std::vector<Summed> force;
  std::vector<std::unordered_map<int, Summed>> white;  ///< of u: column is the input's number
  std::vector<std::unordered_map<int, Summed>> walk;   ///< of int u
  /// Empty, or why the inputs make no finite noise: white noise across a capacitor, say.
  std::string noise_obstacle;
  /// Of each of the descriptor's unknowns; none for currents that drive nothing.
  std::vector<std::optional<Expression>> expressions;
  /// Empty, or why the circuit is no such system.
  std::string obstacle;
};

/// @param coordinates unknowns (node numbers) that are the coordinates
/// @param force_rows  for each coordinate the node whose current law is its equation
ReducedCircuit reduce(const netlist::Descriptor& circuit,
                      const std::vector<Eigen::Index>& coordinates,
                      const std::vector<Eigen::Index>& force_rows,
                      const std::vector<WhiteInput>& inputs = {});

}  // namespace springspice::sim
