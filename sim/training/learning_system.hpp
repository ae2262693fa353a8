// A system that learns from one data spring at a time, and where it comes to rest when all pull.
//
//     underdamped:  R x'' + gamma R x' + K_b x = f_b + F(t),   R = M
//     overdamped:                 R x' + K_b x = f_b + F(t),   R = eta I
//     K_b = K_0 + k W_b^T W_b,  f_b = f_0 + k W_b^T y_b        W_b: the rows of batch b
//
//   symbol   | shape         | unit         | meaning
//   ---------|---------------|--------------|------------------------------------------------
//   K_0, f_0 | nu x nu, nu x m | force/length, force | springs that act in every batch:
//            |               |              | neighbours, pins
//   k        | 1             | force/length | stiffness of one data spring
//   F        | nu            | force        | thermal noise, as in core/system.hpp
//
// Several groups of inputs in one system (divide and conquer, predictions added): x = (x_1, x_2,
// ...), W = [W_1 W_2 ...], M = diag(M_1, M_2, ...): each data point pulls with one spring at the
// sum of the groups' sticks. K then has free directions of its own, for a constant may go from one
// group to another. Default pin levels are the mean target over the number of groups.
//
// Source: arXiv 2508.19015, Sections 2.1 (groups) and 3.1 (batches).
#pragma once

#include <span>

#include "core/data_rows.hpp"
#include "core/lagrangian.hpp"
#include "core/system.hpp"
#include "sim/training/spring_rows.hpp"

namespace springspice::training {

struct LearningSystem {
  /// M, D, K_0, f_0, kT and the noise model: all but the data springs.
  core::SecondOrderSystem rest;
  double spring = 1.0;             ///< k
  double friction = 1.0;           ///< gamma; overdamped eta
  Eigen::VectorXd velocity_noise;  ///< nu: 2 gamma kT / M_s for `diagonal` noise; else empty

  bool underdamped() const { return rest.dynamics == core::Dynamics::underdamped; }
  /// R.
  const core::SparseMatrix& inertia() const { return underdamped() ? rest.M : rest.D; }
  bool always_sprung() const { return rest.K.nonZeros() > 0; }
};

/// @param rows those to learn from; spring_is_total divides k by their number
/// @throws core::ParameterError for parameters that cannot be
LearningSystem make_learning_system(std::span<const InputGroup> groups, const core::DataRows& data,
                                    std::span<const int> rows, const core::Parameters& parameters);

/// The system with all data springs at once.
core::SecondOrderSystem join_all_springs(const LearningSystem& system, const SpringRows& rows);

/// Where it comes to rest, nu x m: the least-squares fit (core/fit.hpp).
Eigen::MatrixXd solve_training_fit(const LearningSystem& system, const SpringRows& rows);

}  // namespace springspice::training
