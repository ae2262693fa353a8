// Random data on a grid, and what other formulas than core's make of them.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include <Eigen/Dense>

#include "core/data_springs.hpp"
#include "core/grid.hpp"
#include "core/system.hpp"

namespace sample {

using springspice::core::Axis;
using springspice::core::DataSprings;
using springspice::core::Grid;
using springspice::core::SparseMatrix;

inline constexpr double kEps = std::numeric_limits<double>::epsilon();

/// Uniform in [0, 1), the same with every standard library.
inline double unit(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

inline Grid make_grid(const std::vector<int>& sticks) {
  std::vector<Axis> axes;
  for (const int along : sticks) axes.push_back({"u" + std::to_string(axes.size()), along, -1, 2});
  return Grid(axes);
}

/// W by another formula: products of hat functions around the nodes' positions.
inline Eigen::MatrixXd hat_weights(const Grid& grid, const Eigen::MatrixXd& u) {
  Eigen::MatrixXd W(u.rows(), grid.node_count());
  for (int i = 0; i < grid.node_count(); ++i) {
    const std::vector<double> at = grid.node_position(i);
    for (Eigen::Index j = 0; j < u.rows(); ++j) {
      double weight = 1.0;
      for (std::size_t b = 0; b < at.size(); ++b) {
        const Axis& axis = grid.axes()[b];
        const double stick = (axis.upper - axis.lower) / axis.sticks;
        const double distance = std::abs(u(j, static_cast<Eigen::Index>(b)) - at[b]);
        weight *= std::max(0.0, 1.0 - distance / stick);
      }
      W(j, i) = weight;
    }
  }
  return W;
}

/// The distances are off by eps |u| and divided by the length of a stick: with |u| <= 2, a range of
/// 3 and up to 8 sticks that is 8 eps an axis, in up to 5 axes.
inline constexpr double kWeightError = 5 * 8 * kEps;

struct Sample {
  Grid grid;
  DataSprings data;
  Eigen::MatrixXd u, y, W;
};

inline DataSprings fill(const Grid& grid, const Eigen::MatrixXd& u, const Eigen::MatrixXd& y) {
  DataSprings data(grid, static_cast<std::size_t>(y.cols()));
  for (Eigen::Index j = 0; j < u.rows(); ++j) {
    const Eigen::VectorXd point = u.row(j);
    const Eigen::VectorXd target = y.row(j);
    data.add({point.data(), static_cast<std::size_t>(point.size())},
             {target.data(), static_cast<std::size_t>(target.size())});
  }
  return data;
}

inline Sample make_sample(const std::vector<int>& sticks, Eigen::Index outputs, Eigen::Index points,
                          std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const Grid grid = make_grid(sticks);
  Eigen::MatrixXd u(points, static_cast<Eigen::Index>(sticks.size()));
  Eigen::MatrixXd y(points, outputs);
  for (double& value : u.reshaped()) value = -1.0 + 3.0 * unit(random);
  for (double& value : y.reshaped()) value = 4.0 * unit(random) - 1.0;
  return {grid, fill(grid, u, y), u, y, hat_weights(grid, u)};
}

/// Sixty (or fewer) points that the reference program in Python has too: multiples of irrational
/// numbers, modulo 1, on the unit square; y = (sin 3 u0 + u1, u0 u1 - 1/2).
inline Sample make_reference_sample(Eigen::Index points) {
  const Grid grid({{"u0", 2, 0.0, 1.0}, {"u1", 3, 0.0, 1.0}});
  Eigen::MatrixXd u(points, 2);
  Eigen::MatrixXd y(points, 2);
  for (Eigen::Index j = 0; j < points; ++j) {
    u(j, 0) = std::fmod(0.6180339887498949 * static_cast<double>(j + 1), 1.0);
    u(j, 1) = std::fmod(0.41421356237309515 * static_cast<double>(j + 1), 1.0);
    y(j, 0) = std::sin(3.0 * u(j, 0)) + u(j, 1);
    y(j, 1) = u(j, 0) * u(j, 1) - 0.5;
  }
  return {grid, fill(grid, u, y), u, y, hat_weights(grid, u)};
}

inline double largest(const Eigen::MatrixXd& matrix) {
  return matrix.size() == 0 ? 0.0 : matrix.cwiseAbs().maxCoeff();
}

}  // namespace sample
