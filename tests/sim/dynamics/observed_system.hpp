// Exact draws of a path, and the dense joint Gaussian of what is seen of it: O((T r)^3), by
// formulas that share nothing with the filter but A, b, Q and their moments.
#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Cholesky>

#include "core/moments.hpp"
#include "core/random.hpp"
#include "sim/dynamics/kalman_filter.hpp"
#include "sim/dynamics/stationary_state.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

namespace small {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Stationary : Prepared {
  springspice::dynamics::StationaryState state;
  springspice::dynamics::DenseDrift drift;

  explicit Stationary(SecondOrderSystem given)
      : Prepared(std::move(given)),
        state(springspice::dynamics::solve_stationary_state(system, null_space, modes)),
        drift(springspice::dynamics::make_dense_drift(system)) {}

  springspice::core::Moments moments(double gap) const {
    return springspice::core::propagate_moments(drift.A, drift.b, drift.Q, gap);
  }
  springspice::dynamics::GaussianStart start() const {
    return springspice::dynamics::make_start(state);
  }
};

inline VectorXd draw(Index n, std::uint64_t seed, std::uint64_t index) {
  return VectorXd::NullaryExpr(n, [&](Index i) {
    return springspice::core::normal(
        seed, 77, index * static_cast<std::uint64_t>(n) + static_cast<std::uint64_t>(i));
  });
}

/// States of one output, a column a time, from the stationary state on.
inline MatrixXd draw_path(const Stationary& p, Index output, double gap, Index times,
                          std::uint64_t seed) {
  const springspice::core::Moments step = p.moments(gap);
  const MatrixXd L = step.covariance.llt().matrixL();
  const Index n = step.covariance.rows();
  MatrixXd path(n, times);
  const MatrixXd start = p.state.covariance().llt().matrixL();
  path.col(0) = p.start().mean.col(output) + start * draw(n, seed, 0);
  for (Index k = 1; k < times; ++k) {
    path.col(k) = step.propagator * path.col(k - 1) + step.drift.col(output) +
                  L * draw(n, seed, static_cast<std::uint64_t>(k));
  }
  return path;
}

/// All that is seen of one output, missing numbers left out, beside the last state: the joint
/// Gaussian when the first state is the stationary one.
struct Joint {
  VectorXd y;            // minus its mean
  MatrixXd yy, y_theta;  // covariances; of y with the state at the last time

  Joint(const Stationary& p, const springspice::dynamics::ObservedPath& path, Index output) {
    const auto& seen = path.outputs[static_cast<std::size_t>(output)];
    std::vector<std::pair<Index, Index>> places;
    for (Index k = 0; k < seen.y.cols(); ++k) {
      for (Index i = 0; i < seen.y.rows(); ++i) {
        if (!std::isnan(seen.y(i, k))) places.emplace_back(i, k);
      }
    }
    const auto count = static_cast<Index>(places.size());
    y.resize(count);
    yy.resize(count, count);
    y_theta.resize(count, p.drift.A.rows());
    const auto time = [&](Index k) { return path.times[static_cast<std::size_t>(k)]; };
    const MatrixXd Theta = p.state.covariance();
    // <theta(t) theta(s)^T>
    const auto correlate = [&](double t, double s) -> MatrixXd {
      const MatrixXd F = p.moments(std::abs(t - s)).propagator;
      return t >= s ? MatrixXd(F * Theta) : MatrixXd(Theta * F.transpose());
    };
    for (Index a = 0; a < count; ++a) {
      const auto [i, k] = places[static_cast<std::size_t>(a)];
      y(a) = seen.y(i, k) - seen.C.row(i).dot(p.start().mean.col(output));
      y_theta.row(a) = seen.C.row(i) * correlate(time(k), path.times.back());
      for (Index b = 0; b < count; ++b) {
        const auto [j, l] = places[static_cast<std::size_t>(b)];
        yy(a, b) = seen.C.row(i) * correlate(time(k), time(l)) * seen.C.row(j).transpose();
      }
      yy(a, a) += seen.sigma(i) * seen.sigma(i);
    }
  }

  double log_likelihood() const {
    const Eigen::LLT<MatrixXd> factor(yy);
    return -0.5 * y.dot(factor.solve(y)) -
           MatrixXd(factor.matrixL()).diagonal().array().log().sum() -
           0.5 * static_cast<double>(y.size()) * std::log(2.0 * std::numbers::pi);
  }
};

}  // namespace small
