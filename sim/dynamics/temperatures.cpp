#include "sim/dynamics/temperatures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>

#include "core/moments.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Matrix = Eigen::Ref<const MatrixXd>;

// tr(A_irr^T (N/2)^-1 A_irr Theta) + tr(A_irr) in the modes, where A_irr is -gamma or -lambda_k.
double modal_entropy(const VectorXd& friction, const MatrixXd& noise, const MatrixXd& covariance) {
  // Friction that no noise balances in some direction: a current that never ends.
  const Eigen::LDLT<MatrixXd> factor(noise / 2.0);
  const VectorXd pivots = factor.vectorD();
  if (factor.info() != Eigen::Success || !factor.isPositive() ||
      pivots.minCoeff() <= 1e-13 * pivots.maxCoeff()) {
    return std::numeric_limits<double>::infinity();
  }
  const MatrixXd current = friction.asDiagonal() * covariance * friction.asDiagonal();
  return factor.solve(current).trace() - friction.sum();
}

double frequency_of(const core::Modes& modes, bool overdamped, Index k) {
  return overdamped ? modes.stiffness(k) : std::sqrt(modes.stiffness(k));
}

void add_nodes(const core::Modes& modes, bool overdamped, const core::StationaryMoments& moments,
               Temperatures& out) {
  // diag(Phi C Phi^T) without the product: row i of Phi C, times row i of Phi.
  const MatrixXd& shapes = modes.shapes;
  const auto node_moments = [&](const MatrixXd& moment) -> VectorXd {
    return (shapes * moment).cwiseProduct(shapes).rowwise().sum();
  };
  const VectorXd v2 = overdamped ? VectorXd() : node_moments(moments.vv);
  const VectorXd inverse_mass = shapes.rowwise().squaredNorm();
  VectorXd x2;
  VectorXd compliance;
  if (modes.free == 0) {
    x2 = node_moments(moments.qq);
    compliance =
        (shapes * modes.stiffness.cwiseInverse().asDiagonal()).cwiseProduct(shapes).rowwise().sum();
  }
  for (Index i = 0; i < shapes.rows(); ++i) {
    Temperature node;
    if (!overdamped) node.kinetic = v2(i) / inverse_mass(i);
    if (modes.free == 0) node.potential = x2(i) / compliance(i);
    out.nodes.push_back(node);
  }
}

double produce_entropy(bool overdamped, const Matrix& A, const Matrix& diffusion,
                       const Matrix& covariance) {
  MatrixXd irreversible = A;
  if (!overdamped) irreversible.leftCols(A.cols() / 2).setZero();
  if (!overdamped) irreversible.topRows(A.rows() / 2).setZero();
  return core::entropy_production(irreversible, diffusion, covariance);
}

}  // namespace

Temperatures compute_temperatures(const core::Modes& modes, core::Dynamics dynamics,
                                  const core::StationaryMoments& moments) {
  const bool overdamped = dynamics == core::Dynamics::overdamped;
  const Index nu = modes.stiffness.size();
  Temperatures out;
  for (Index k = 0; k < nu; ++k) {
    ModeTemperature mode;
    mode.frequency = frequency_of(modes, overdamped, k);
    if (!overdamped) mode.temperature.kinetic = moments.vv(k, k);
    if (k >= modes.free) mode.temperature.potential = modes.stiffness(k) * moments.qq(k, k);
    out.modes.push_back(mode);
  }
  add_nodes(modes, overdamped, moments, out);
  double sum = 0.0;
  for (const ModeTemperature& mode : out.modes) sum += mode.temperature.value();
  out.mean = sum / static_cast<double>(nu);
  if (!overdamped) {
    const VectorXd friction = VectorXd::Constant(nu, modes.friction);
    out.entropy_production = modal_entropy(friction, moments.noise, moments.vv);
  } else if (modes.free == 0) {
    out.entropy_production = modal_entropy(modes.stiffness, moments.noise, moments.qq);
  }
  return out;
}

Temperatures compute_temperatures(const core::SecondOrderSystem& system,
                                  const std::optional<core::Modes>& modes, const Matrix& A,
                                  const Matrix& diffusion, const Matrix& covariance) {
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const Index nu = system.size();
  const MatrixXd inertia = overdamped ? system.D : system.M;
  const MatrixXd K = system.K;
  const MatrixXd xx = covariance.topLeftCorner(nu, nu);
  const MatrixXd vv = overdamped ? MatrixXd() : MatrixXd(covariance.bottomRightCorner(nu, nu));
  const VectorXd compliance = K.llt().solve(MatrixXd::Identity(nu, nu)).diagonal();
  const VectorXd inverse_mass = inertia.llt().solve(MatrixXd::Identity(nu, nu)).diagonal();
  Temperatures out;
  for (Index i = 0; i < nu; ++i) {
    Temperature node;
    if (!overdamped) node.kinetic = vv(i, i) / inverse_mass(i);
    node.potential = xx(i, i) / compliance(i);
    out.nodes.push_back(node);
  }
  for (Index k = 0; modes && k < nu; ++k) {
    const VectorXd left = inertia * modes->shapes.col(k);
    ModeTemperature mode;
    mode.frequency = frequency_of(*modes, overdamped, k);
    mode.temperature.potential = modes->stiffness(k) * left.dot(xx * left);
    if (!overdamped) mode.temperature.kinetic = left.dot(vv * left);
    out.modes.push_back(mode);
  }
  const MatrixXd energy = overdamped ? MatrixXd(K * xx) : MatrixXd(inertia * vv);
  out.mean = energy.trace() / static_cast<double>(nu);
  out.entropy_production = produce_entropy(overdamped, A, diffusion, covariance);
  return out;
}

TemperatureRange find_range(const std::vector<Temperatures>& copies) {
  TemperatureRange range{std::numeric_limits<double>::infinity(), 0.0};
  const auto see = [&](const Temperature& temperature) {
    for (const std::optional<double>& value : {temperature.kinetic, temperature.potential}) {
      if (!value) continue;
      range.coldest = std::min(range.coldest, *value);
      range.hottest = std::max(range.hottest, *value);
    }
  };
  for (const Temperatures& copy : copies) {
    for (const ModeTemperature& mode : copy.modes) see(mode.temperature);
    if (!copy.modes.empty()) continue;
    for (const Temperature& node : copy.nodes) see(node);
  }
  return range;
}

}  // namespace springspice::dynamics
