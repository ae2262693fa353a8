#include "sim/dynamics/quadratic_loss.hpp"

#include <array>
#include <vector>

#include "core/fit.hpp"
#include "core/lagrangian.hpp"
#include "core/random.hpp"
#include "tests/catch.hpp"

using namespace springspice;
using Eigen::MatrixXd;

TEST_CASE("loss: the mean squared error of the predictions, run by run") {
  const core::Grid grid({{"a", 3, 0.0, 1.0}, {"b", 2, -1.0, 1.0}});
  core::DataSprings data(grid, 2);
  std::vector<std::array<double, 2>> inputs, targets;
  for (std::uint64_t i = 0; i < 60; ++i) {
    inputs.push_back({core::uniform(1, 0, i), 2.0 * core::uniform(1, 1, i) - 1.0});
    targets.push_back({1e3 + core::normal(1, 2, i), core::normal(1, 3, i)});
    data.add(inputs.back(), targets.back());
  }
  const core::SecondOrderSystem system = core::make_system(data, {});
  const MatrixXd fit = core::solve_fit(system, core::find_null_space(system.K));
  const dynamics::QuadraticLoss loss(data, fit);
  // Three runs of two outputs, with velocities below.
  MatrixXd theta = MatrixXd::Zero(2 * system.size(), 6);
  for (Eigen::Index c = 0; c < 6; ++c) {
    theta.col(c).head(system.size()) = fit.col(c % 2);
    for (Eigen::Index i = 0; i < system.size(); ++i) {
      const double away = c < 2 ? 0.0 : c < 4 ? 1e-6 : 1.0;
      theta(i, c) +=
          away * core::normal(2, static_cast<std::uint64_t>(c), static_cast<std::uint64_t>(i));
    }
  }
  const Eigen::VectorXd got = loss.compute(theta);
  REQUIRE(got.size() == 3);
  for (Eigen::Index run = 0; run < 3; ++run) {
    core::Predictor predict(grid, theta.topRows(system.size()).middleCols(2 * run, 2));
    double sum = 0.0;
    for (std::size_t j = 0; j < inputs.size(); ++j) {
      std::array<double, 2> y;
      predict.predict(inputs[j], y);
      for (std::size_t p = 0; p < 2; ++p) sum += (y[p] - targets[j][p]) * (y[p] - targets[j][p]);
    }
    // Predictions of 1e3 carry eps 1e3 each.
    CHECK(got(run) == Approx(sum / 120.0).epsilon(1e-10));
  }
}
