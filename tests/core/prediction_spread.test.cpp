// How far thermal motion spreads a prediction, against dense inverses.
#include "core/prediction_spread.hpp"

#include <cmath>

#include <Eigen/Dense>

#include "tests/catch.hpp"

using namespace springspice::core;

namespace {

SecondOrderSystem make_overdamped(const Eigen::MatrixXd& K, double kT) {
  SecondOrderSystem system;
  system.dynamics = Dynamics::overdamped;
  system.K = K.sparseView();
  system.D = Eigen::MatrixXd::Identity(K.rows(), K.rows()).sparseView();
  system.f = Eigen::MatrixXd::Zero(K.rows(), 1);
  system.kT = kT;
  system.shape = {static_cast<int>(K.rows())};
  return system;
}

// Springs of the points u on a grid of one axis.
Eigen::MatrixXd stiffness(const Grid& grid, const std::vector<double>& u) {
  Eigen::MatrixXd K = Eigen::MatrixXd::Zero(grid.node_count(), grid.node_count());
  Stencil stencil;
  for (const double at : u) {
    grid.locate({&at, 1}, stencil);
    Eigen::VectorXd w = Eigen::VectorXd::Zero(K.rows());
    for (std::size_t c = 0; c < 2; ++c) w(stencil.nodes[c]) += stencil.weights[c];
    K += w * w.transpose();
  }
  return K;
}

}  // namespace

TEST_CASE("a prediction spreads by kT w' K^-1 w") {
  const Grid grid({{"u", 3, 0.0, 3.0}});
  const Eigen::MatrixXd K = stiffness(grid, {0.1, 0.5, 0.9, 1.2, 1.7, 2.1, 2.4, 2.95});
  const SecondOrderSystem system = make_overdamped(K, 0.3);
  Eigen::MatrixXd points(50, 1);  // more than are solved for together
  for (Eigen::Index k = 0; k < points.rows(); ++k) {
    points(k, 0) = 3.0 * static_cast<double>(k) / 49.0;
  }
  const Eigen::VectorXd spread =
      compute_prediction_spread(system, find_null_space(system.K), grid, points).value();
  Stencil stencil;
  for (Eigen::Index k = 0; k < points.rows(); ++k) {
    grid.locate({&points(k, 0), 1}, stencil);
    Eigen::VectorXd w = Eigen::VectorXd::Zero(4);
    for (std::size_t c = 0; c < 2; ++c) w(stencil.nodes[c]) += stencil.weights[c];
    // K has a condition below 100: solutions keep all but two digits.
    CHECK(spread[k] == Approx(std::sqrt(0.3 * w.dot(K.inverse() * w))).epsilon(1e-12));
  }
  CHECK(compute_prediction_spread(make_overdamped(K, 0.0), find_null_space(system.K), grid, points)
            .value()
            .isZero());
}

TEST_CASE("what would take more products than allowed is not computed") {
  const Grid grid({{"u", 3, 0.0, 3.0}});
  const SecondOrderSystem system =
      make_overdamped(stiffness(grid, {0.1, 0.5, 0.9, 1.2, 1.7, 2.1, 2.4, 2.95}), 0.3);
  const NullSpace null_space = find_null_space(system.K);
  const Eigen::MatrixXd points = Eigen::VectorXd::LinSpaced(10, 0.0, 3.0);
  // K is a chain of 4 nodes: its factor has 4 entries on the diagonal, 3 beside it.
  constexpr double kNeeded = 2 * 7 * 10;
  CHECK(compute_prediction_spread(system, null_space, grid, points, kNeeded));
  CHECK_FALSE(compute_prediction_spread(system, null_space, grid, points, kNeeded - 1));
}

TEST_CASE("a free direction spreads without end, and only where it reaches") {
  // One point in the first of two sticks: it is held there, and nowhere else.
  const Grid grid({{"u", 2, 0.0, 2.0}});
  const SecondOrderSystem system = make_overdamped(stiffness(grid, {0.25}), 0.5);
  const Eigen::MatrixXd points = Eigen::Vector3d(0.25, 0.5, 1.5);
  const Eigen::VectorXd spread =
      compute_prediction_spread(system, find_null_space(system.K), grid, points).value();
  CHECK(spread[0] == Approx(std::sqrt(0.5)).epsilon(1e-12));  // one unit spring
  CHECK(std::isinf(spread[1]));
  CHECK(std::isinf(spread[2]));
}
