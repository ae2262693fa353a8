// Any linear circuit in numbers: real amplifiers, lossy parts, poles of their own.
//
//     E z' + A z = s            (netlist/stamp.hpp)
//
// where sim/reduce.hpp needs ideal amplifiers. Positions are read by the design's probes; a flux is
// integrated along.
//
//   settled    A z = s where positions are voltages; a flux by time stepping to `time`
//   path       L-stable steps (TR-BDF2), model time
//   poles      finite eigenvalues of the pencil: the slowest, and whether one grows
//   noise      covariance of the positions from white sources, by the pencil's modes
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "netlist/design.hpp"
#include "netlist/stamp.hpp"

namespace springspice::sim {

class RealCircuit {
 public:
  /// @param coordinates nu, @param outputs m
  RealCircuit(const netlist::Design& design, Eigen::Index coordinates, Eigen::Index outputs);

  /// Positions nu x m at rest; where the design has no operating point, at model time `read_at`.
  /// @throws core::InputError for a circuit without a solution: says which node is free
  Eigen::MatrixXd settled(double read_at) const;

  /// From the design's initial values; told positions (nu x m) at each of `steps` equal steps.
  void run(double end, std::size_t steps,
           const std::function<void(double time, const Eigen::MatrixXd& x)>& on_point) const;

  /// Largest real part of the poles, per unit of model time: above 0 the circuit is unstable.
  double largest_growth() const;

  /// nu m x nu m covariance of the positions from the design's noise sources.
  /// @param own_only the parts' own noise without the model's
  Eigen::MatrixXd noise_covariance(bool own_only) const;

 private:
  netlist::Descriptor circuit_;
  // ...
};

}  // namespace springspice::sim
