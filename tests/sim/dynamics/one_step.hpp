// What an integrator does in one step, taken from outside: it is affine in the state and in the
// normals, and the normals' addresses are documented, so its matrices can be read off exactly.
//
//     theta1 = P theta0 + g + N n
#pragma once

#include <Eigen/Dense>

#include "core/random.hpp"
#include "sim/dynamics/integrator.hpp"

namespace springspice::test {

struct OneStep {
  Eigen::MatrixXd P, g, N;

  /// Of the stationary state that the scheme itself has: Theta = P Theta P^T + N N^T, by doubling.
  Eigen::MatrixXd stationary() const {
    Eigen::MatrixXd power = P, sum = N * N.transpose();
    for (int i = 0; i < 60; ++i) {
      sum = sum + power * sum * power.transpose();
      power = power * power;
    }
    return sum;
  }
  /// After `steps` steps from a state that is known.
  Eigen::MatrixXd covariance_after(int steps) const {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(P.rows(), P.rows());
    for (int i = 0; i < steps; ++i) sum = P * sum * P.transpose() + N * N.transpose();
    return sum;
  }
  double spectral_radius() const { return P.eigenvalues().cwiseAbs().maxCoeff(); }
};

/// theta of output p of one run after one step from theta0.
inline Eigen::VectorXd step_once(const dynamics::Integrator& integrator,
                                 const Eigen::VectorXd& theta0, std::uint64_t run,
                                 Eigen::Index outputs = 1, Eigen::Index output = 0) {
  dynamics::Columns columns(integrator, 5, run, 1, outputs);
  for (Eigen::Index p = 0; p < outputs; ++p) columns.set(p, theta0);
  integrator.advance(columns, 1);
  Eigen::MatrixXd theta;
  columns.read(theta);
  return theta.col(output);
}

inline OneStep read_off(const dynamics::Integrator& integrator, Eigen::Index outputs,
                        Eigen::Index output = 0) {
  const Eigen::Index n = integrator.model_rows(), q = integrator.sources();
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(n);
  const Eigen::VectorXd at_zero = step_once(integrator, zero, 0, outputs, output);
  OneStep out{Eigen::MatrixXd(n, n), at_zero, Eigen::MatrixXd::Zero(n, q)};
  for (Eigen::Index i = 0; i < n; ++i) {
    // The same run, so the same noise: it drops out.
    out.P.col(i) = step_once(integrator, Eigen::VectorXd::Unit(n, i), 0, outputs, output) - at_zero;
  }
  if (q == 0) return out;
  Eigen::MatrixXd moved(n, q), normals(q, q);
  const auto normals_of = [&](std::uint64_t run) {
    Eigen::VectorXd values(q);
    for (Eigen::Index k = 0; k < q; ++k) {
      const auto stream = static_cast<std::uint64_t>(output * q + k);
      values(k) = core::normals({5, run + 1, stream, 0})[0];
    }
    return values;
  };
  const Eigen::VectorXd first = normals_of(0);
  for (Eigen::Index r = 0; r < q; ++r) {
    const auto run = static_cast<std::uint64_t>(r + 1);
    moved.col(r) = step_once(integrator, zero, run, outputs, output) - at_zero;
    normals.col(r) = normals_of(run) - first;
  }
  out.N = normals.transpose().fullPivLu().solve(moved.transpose()).transpose();
  out.g = at_zero - out.N * first;
  return out;
}

}  // namespace springspice::test
