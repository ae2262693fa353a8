// The exact motion under a force that is linear in time, one interval after the other.
//
//     M x'' + D x' + K x = f + F0 + (F1 - F0) t/h,   0 <= t <= h      (overdamped: D x' + K x =
//     ...)
//
// In the modes (core/modes.hpp), with time in units of h, (q, q', p, p') obeys a constant linear
// equation,
//
//     d/ds (q, h q', h^2 p0, h^2 dp) = [0 1 0 0; -(omega h)^2 -gamma h 1 0; 0 0 0 1; 0 0 0 0] (...)
//
// whose 4 x 4 exponential is taken once. Without modes (D not gamma M) the same is done with the
// matrices of the first-order form. Cost of a step: O(nu^2 m).
#pragma once

#include <optional>
#include <vector>

#include <Eigen/Core>

#include "core/modes.hpp"
#include "core/system.hpp"

namespace springspice::sim {

class ExactStep {
 public:
  /// The largest system without modes (its exponential is of four times that order).
  static constexpr Eigen::Index kLimit = 100;
  static bool available(const core::SecondOrderSystem& system,
                        const std::optional<core::Modes>& modes) {
    return modes.has_value() || system.size() <= kLimit;
  }

  /// @param h length of the intervals, model time. @pre available()
  ExactStep(const core::SecondOrderSystem& system, const std::optional<core::Modes>& modes,
            const core::State& start, double h);

  /// Passes one interval; F at both ends, nu x m.
  void step(const Eigen::MatrixXd& left, const Eigen::MatrixXd& right);

  core::State state() const;

 private:
  void make_modal_step(const core::State& start, double h);
  void make_dense_step(const core::State& start, double h);

  const core::SecondOrderSystem& system_;
  const std::optional<core::Modes>& modes_;
  bool overdamped_;
  double h_;
  /// In the modes: rows (q, h q'), one 2 x 4 matrix a mode. Else one matrix for all.
  std::vector<Eigen::Matrix<double, 2, 4>> modal_;
  Eigen::MatrixXd q_, rate_;
  Eigen::MatrixXd dense_, theta_;
};

}  // namespace springspice::sim
