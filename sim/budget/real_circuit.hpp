// Any linear circuit in numbers: real amplifiers, lossy parts, poles of their own.
//
//     E z' + A z = s            (netlist/stamp.hpp)
//
// where sim/reduce.hpp needs ideal amplifiers. Positions are read by the design's probes; a flux is
// integrated along.
//
//   settled    A z = s where positions are voltages; a flux by time stepping to `read_at`
//   run        equal steps of a stiffly accurate, L-stable Runge-Kutta method of order 2
//   growth     finite poles (explicit_form.hpp): the slowest, and whether one grows
//   noise      stationary covariance of the positions: the Lyapunov equation of the finite motion
//
// The method is Alexander's SDIRK of two stages: one factorisation for both, and only E z of the
// step before enters, so initial values need not satisfy the circuit's constraints, and what the
// first step's constraints leave of them is what the capacitors and coils hold (as in ngspice with
// `uic`). Sums that the equations keep (the flux that a coil's current stands for) are kept exactly
// at any step.
//
// Source: Alexander, "Diagonally implicit Runge-Kutta methods for stiff O.D.E.'s", 1977.
#pragma once

#include <functional>
#include <memory>

#include <Eigen/Core>

#include "netlist/design.hpp"

namespace springspice::sim {

/// What largest_growth() and noise_covariance() take: both are O(n^3) and dense.
inline constexpr Eigen::Index kMostUnknowns = 1500;  ///< of the circuit
inline constexpr Eigen::Index kMostMemories = 600;   ///< of its finite poles, for the noise

class RealCircuit {
 public:
  /// @param coordinates nu, @param outputs m
  /// @param start positions at time 0, nu x m, of those that are fluxes, since no part of a circuit
  /// knows them; empty: a flux of 0
  /// @throws netlist::NetlistError for a circuit that cannot be stamped, a probe or noise source of
  /// what is not there, a coordinate without a probe of its position
  RealCircuit(const netlist::Design& design, Eigen::Index coordinates, Eigen::Index outputs,
              Eigen::MatrixXd start = {});
  ~RealCircuit();
  RealCircuit(RealCircuit&&) noexcept;
  RealCircuit& operator=(RealCircuit&&) noexcept;

  /// Positions nu x m at rest; where the design has no operating point, at model time `read_at`,
  /// from its initial values, with steps halved until nothing changes by more than 1e-6 of the
  /// largest position.
  /// @throws core::InputError for a circuit without a solution: says which node is free
  Eigen::MatrixXd settled(double read_at) const;

  /// From the design's initial values; told positions (nu x m) at each of `steps` equal steps.
  /// @throws core::InputError for a circuit whose equations do not determine it
  void run(double end, std::size_t steps,
           const std::function<void(double time, const Eigen::MatrixXd& x)>& on_point) const;

  /// Largest real part of the poles, per unit of model time: above 0 the circuit is unstable. The
  /// poles at 0 that a lossless circuit has (a current that goes round in coils) come out as
  /// rounding of either sign, some 1e-14 of its fastest pole. -infinity for a circuit without
  /// poles.
  /// @throws core::ParameterError above kMostUnknowns; core::InputError for a circuit whose
  /// equations do not determine its motion
  double largest_growth() const;

  /// nu m x nu m covariance of the positions, output by output, from the design's noise sources.
  /// @param own_only the parts' own noise without the model's
  /// @throws core::InputError where it is not finite, with the reason: the circuit is unstable,
  /// white noise passes to a position without a bandwidth to limit it, or a position diffuses;
  /// core::ParameterError above the limits
  Eigen::MatrixXd noise_covariance(bool own_only) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace springspice::sim
