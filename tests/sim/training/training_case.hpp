// Small trainings, and the plain dense formulas beside them: K and f of a batch come from
// core::make_system() of its rows alone.
#pragma once

#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include "core/data_springs.hpp"
#include "core/initial_state.hpp"
#include "core/lagrangian.hpp"
#include "core/moments.hpp"
#include "sim/training/input_groups.hpp"
#include "sim/training/train.hpp"

namespace springspice::test {

/// Scattered points in the unit square, two targets.
inline core::DataRows scattered_rows(int count) {
  core::DataRows rows;
  rows.path = "rows.csv";
  rows.input_names = {"a", "b"};
  rows.target_names = {"y", "z"};
  rows.inputs.resize(count, 2);
  rows.targets.resize(count, 2);
  for (int j = 0; j < count; ++j) {
    const double a = std::fmod(0.3 + j * 0.7548776662466927, 1.0);
    const double b = std::fmod(0.7 + j * 0.5698402909980532, 1.0);
    rows.inputs.row(j) << a, b;
    rows.targets.row(j) << a * a + a * b * b, std::sin(3.0 * a) - b;
  }
  return rows;
}

inline std::vector<int> all_rows(const core::DataRows& rows) {
  std::vector<int> all(static_cast<std::size_t>(rows.size()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

struct TrainingCase {
  core::DataRows data;
  std::vector<core::Axis> axes;
  core::Parameters parameters;
  training::TrainingPlan plan;

  std::vector<training::InputGroup> groups() const { return training::make_groups({{0, 1}}, axes); }
  training::LearningSystem system() const {
    return training::make_learning_system(groups(), data, all_rows(data), parameters);
  }
  training::SpringRows rows() const {
    return training::make_spring_rows(groups(), data, all_rows(data));
  }
  core::State start() const {
    return core::make_random_state(system().rest, std::vector<double>{1.0, 0.5}, 5);
  }
  training::Training training() const {
    return training::Training({system()}, {rows()}, plan, {start()});
  }

  /// M, D, K_b, f_b with the springs of these rows alone.
  core::SecondOrderSystem batch_system(std::span<const int> rows) const {
    core::DataSprings springs(core::Grid(axes), 2);
    for (const int j : rows) springs.add(data.input(j), data.target(j));
    return core::make_system(springs, parameters);
  }
};

/// 16 rows of 2x2 sticks would be all modes; 3x2 sticks, 12 nodes and batches of 5 are not.
inline TrainingCase make_case(int rows = 18, std::size_t batch = 5) {
  TrainingCase out{scattered_rows(rows), {{"a", 3, 0.0, 1.0}, {"b", 2, 0.0, 1.0}}, {}, {}};
  out.parameters.mass = 0.3;
  out.parameters.spring = 2.0;
  out.parameters.friction = 4.0;
  out.parameters.pin_level = 0.2;
  out.plan.batch = batch;
  out.plan.batch_time = 0.25;
  out.plan.steps = 50;
  out.plan.seed = 9;
  return out;
}

/// theta = (x, v) or x, column by column of the outputs.
inline Eigen::MatrixXd stack(const core::State& state) {
  Eigen::MatrixXd theta(state.x.rows() + state.v.rows(), state.x.cols());
  theta << state.x, state.v;
  return theta;
}

/// Exact moments of a system over a time, all dense.
inline core::Moments dense_moments(const core::SecondOrderSystem& system, double friction,
                                   double time) {
  const Eigen::Index n = system.size();
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const Eigen::MatrixXd inverse =
      Eigen::MatrixXd(overdamped ? system.D : system.M).fullPivLu().inverse();
  const Eigen::Index total = overdamped ? n : 2 * n;
  Eigen::MatrixXd A = Eigen::MatrixXd::Zero(total, total), Q = A;
  Eigen::MatrixXd b = Eigen::MatrixXd::Zero(total, system.outputs());
  A.bottomLeftCorner(n, n) = -inverse * Eigen::MatrixXd(system.K);
  b.bottomRows(n) = inverse * system.f;
  if (!overdamped) {
    A.topRightCorner(n, n).setIdentity();
    A.bottomRightCorner(n, n) -= friction * Eigen::MatrixXd::Identity(n, n);
  }
  if (!overdamped && system.noise_model == core::NoiseModel::diagonal) {
    Q.bottomRightCorner(n, n).diagonal().setConstant(2.0 * friction * system.kT /
                                                     *system.stick_mass);
  } else {
    Q.bottomRightCorner(n, n) = 2.0 * system.kT * inverse * Eigen::MatrixXd(system.D) * inverse;
  }
  return core::propagate_moments(A, b, Q, time);
}

}  // namespace springspice::test
