// The engine's own integration rules, replayed on the model's matrices.
//
//     backward Euler   x1 = x0 + h v1             M (v1 - v0) = h (f - D v1 - K x1)
//     trapezoidal      x1 = x0 + h/2 (v0 + v1)    M (v1 - v0) = h (f - D (v0 + v1)/2 - K (x0 +
//     x1)/2)
//
// (overdamped: the same for D x' = f - K x). A force F(t) besides f enters as F(t1) in the first
// and as (F(t0) + F(t1))/2 in the second. One sparse Cholesky factorisation of M + a D + a^2 K, a =
// h or h/2, serves all steps of one length and rule.
//
// A circuit of linear capacitors and inductors that is integrated by one of these rules makes, at
// every accepted point, the same step as the equations of motion: the rules are linear, so they
// commute with the elimination of the circuit's other unknowns. What remains is rounding.
#pragma once

#include <memory>
#include <vector>

#include <Eigen/SparseCholesky>

#include "core/system.hpp"

namespace springspice::sim {

enum class Rule { backward_euler, trapezoidal };

class Replay {
 public:
  /// Starts at model time 0.
  Replay(const core::SecondOrderSystem& system, core::State start);

  /// Steps to model time t > time(). Lengths that differ by no more than the rounding of t count
  /// as one, so a uniform grid needs one factorisation.
  /// @param force F at t1 or the mean of both ends (see above), nu x m; empty: none
  void step_to(double t, Rule rule, const Eigen::MatrixXd& force = {});

  double time() const { return time_; }
  const core::State& state() const { return state_; }

 private:
  struct Factor {
    double h = 0.0;
    Rule rule = Rule::trapezoidal;
    Eigen::SimplicialLLT<core::SparseMatrix> solver;
  };
  const Factor& factor_for(double h, double rounding, Rule rule);

  const core::SecondOrderSystem& system_;
  core::State state_;
  double time_ = 0.0;
  std::vector<std::unique_ptr<Factor>> factors_;
};

/// Which rule ngspice uses for its steps, told from its rules alone: backward Euler for the first
/// two steps (order 1 is in force until the truncation error has been looked at once, which is not
/// done after the first step) and for a step that starts at a breakpoint; trapezoidal else, since
/// `trtol=1e12` lets the order rise at the first look. `uic` sets one breakpoint, at t = tstep.
class RuleBook {
 public:
  /// @param breakpoints the times of the transient's breakpoints
  explicit RuleBook(std::vector<double> breakpoints) : breakpoints_(std::move(breakpoints)) {}

  /// The rule of the next step, which starts at time `start`. Call once a step, in order.
  Rule next(double start);
  std::size_t backward_euler_steps() const { return backward_euler_; }
  std::size_t trapezoidal_steps() const { return trapezoidal_; }

 private:
  std::vector<double> breakpoints_;
  std::size_t backward_euler_ = 0;
  std::size_t trapezoidal_ = 0;
};

}  // namespace springspice::sim
