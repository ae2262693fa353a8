#include "sim/audit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/moments.hpp"
#include "core/stationary.hpp"

namespace springspice::sim {
namespace {

using core::SecondOrderSystem;
using core::SparseMatrix;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// The largest circuit whose Lyapunov equation is solved without modes (its matrix has twice the
// order).
constexpr Eigen::Index kDenseLimit = 300;

// The stamped system of one output, its rounding made symmetric, and its sources.
struct Copy {
  SecondOrderSystem system;
  SparseMatrix H, T;
  VectorXd density;
};

SparseMatrix symmetric(const SparseMatrix& matrix) {
  return 0.5 * (matrix + SparseMatrix(matrix.transpose()));
}

Copy take_copy(const StampedDeck& deck, Eigen::Index output, Eigen::Index nu) {
  Copy copy{deck.system(output), deck.noise().H.middleRows(output * nu, nu),
            deck.noise().T.middleRows(output * nu, nu), deck.noise().density};
  copy.system.K = symmetric(copy.system.K);
  copy.system.D = symmetric(copy.system.D);
  if (copy.system.dynamics == core::Dynamics::underdamped) {
    copy.system.M = symmetric(copy.system.M);
  }
  return copy;
}

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

OutputAudit audit_by_modes(const Copy& copy, const core::Modes& modes,
                           const core::StationaryMoments& moments) {
  const bool overdamped = copy.system.dynamics == core::Dynamics::overdamped;
  const Eigen::Index nu = modes.stiffness.size();
  OutputAudit audit;
  for (Eigen::Index k = 0; k < nu; ++k) {
    ModeTemperature mode;
    const double stiffness = modes.stiffness(k);
    mode.frequency = overdamped ? stiffness : std::sqrt(stiffness);
    if (!overdamped) mode.temperature.kinetic = moments.vv(k, k);
    if (k >= modes.free) mode.temperature.potential = stiffness * moments.qq(k, k);
    audit.modes.push_back(mode);
  }
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
  for (Eigen::Index i = 0; i < nu; ++i) {
    Temperature node;
    if (!overdamped) node.kinetic = v2(i) / inverse_mass(i);
    if (modes.free == 0) node.potential = x2(i) / compliance(i);
    audit.nodes.push_back(node);
  }
  double sum = 0.0;
  for (const ModeTemperature& mode : audit.modes) sum += mode.temperature.value();
  audit.mean = sum / static_cast<double>(nu);
  if (!overdamped) {
    const VectorXd friction = VectorXd::Constant(nu, modes.friction);
    audit.entropy_production = modal_entropy(friction, moments.noise, moments.vv);
  } else if (modes.free == 0) {
    audit.entropy_production = modal_entropy(modes.stiffness, moments.noise, moments.qq);
  }
  return audit;
}

// For D that is not gamma M, and for noise that enters positions.
OutputAudit audit_by_lyapunov(const Copy& copy, const std::optional<core::Modes>& modes) {
  const SecondOrderSystem& system = copy.system;
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const Eigen::Index nu = system.size();
  SecondOrderSystem quiet = system;
  quiet.kT = 0.0;
  const core::LangevinSystem langevin = core::make_langevin(quiet);
  const MatrixXd A = langevin.A;
  const MatrixXd inertia = overdamped ? system.D : system.M;
  const Eigen::LLT<MatrixXd> solver(inertia);
  MatrixXd B = MatrixXd::Zero(A.rows(), copy.H.cols());
  B.bottomRows(nu) = solver.solve(MatrixXd(copy.H));
  if (!overdamped) B.topRows(nu) = MatrixXd(copy.T);
  const MatrixXd Q = B * copy.density.asDiagonal() * B.transpose();
  const MatrixXd covariance = core::solve_lyapunov(A, Q);

  OutputAudit audit;
  const MatrixXd xx = covariance.topLeftCorner(nu, nu);
  const MatrixXd K = system.K;
  const VectorXd compliance = K.llt().solve(MatrixXd::Identity(nu, nu)).diagonal();
  const VectorXd inverse_mass = solver.solve(MatrixXd::Identity(nu, nu)).diagonal();
  for (Eigen::Index i = 0; i < nu; ++i) {
    Temperature node;
    if (!overdamped) node.kinetic = covariance(nu + i, nu + i) / inverse_mass(i);
    node.potential = xx(i, i) / compliance(i);
    audit.nodes.push_back(node);
  }
  for (Eigen::Index k = 0; modes && k < nu; ++k) {
    const VectorXd left = inertia * modes->shapes.col(k);
    ModeTemperature mode;
    const double stiffness = modes->stiffness(k);
    mode.frequency = overdamped ? stiffness : std::sqrt(stiffness);
    mode.temperature.potential = stiffness * left.dot(xx * left);
    if (!overdamped) {
      mode.temperature.kinetic = left.dot(covariance.bottomRightCorner(nu, nu) * left);
    }
    audit.modes.push_back(mode);
  }
  const MatrixXd energy =
      overdamped ? MatrixXd(K * xx) : MatrixXd(inertia * covariance.bottomRightCorner(nu, nu));
  audit.mean = energy.trace() / static_cast<double>(nu);
  MatrixXd irreversible = A;
  if (!overdamped) irreversible.leftCols(nu).setZero();
  if (!overdamped) irreversible.topRows(nu).setZero();
  audit.entropy_production = core::entropy_production(irreversible, Q, covariance);
  return audit;
}

OutputAudit audit_copy(const Copy& copy, const core::NullSpace& null_space) {
  const std::optional<core::Modes> modes = core::compute_modes(copy.system, null_space);
  const bool enters_positions = copy.T.nonZeros() > 0;
  if (modes && !enters_positions) {
    const SparseMatrix S = copy.H * copy.density.asDiagonal() * SparseMatrix(copy.H.transpose());
    const auto moments = core::solve_stationary(*modes, copy.system.dynamics, S);
    if (moments) return audit_by_modes(copy, *modes, *moments);
    throw core::ParameterError("there is no friction, so no steady state");
  }
  if (null_space.dimension() > 0) {
    throw core::ParameterError("K is singular and the circuit has no modes of its own");
  }
  if (copy.system.size() > kDenseLimit) {
    throw core::ParameterError(fmt::format(
        "{} coordinates without modes (D is not gamma M, or noise enters positions; limit: {})",
        copy.system.size(), kDenseLimit));
  }
  return audit_by_lyapunov(copy, modes);
}

void find_extremes(Audit& audit) {
  audit.coldest = std::numeric_limits<double>::infinity();
  audit.hottest = 0.0;
  const auto see = [&](const Temperature& temperature) {
    for (const std::optional<double>& value : {temperature.kinetic, temperature.potential}) {
      if (!value) continue;
      audit.coldest = std::min(audit.coldest, *value);
      audit.hottest = std::max(audit.hottest, *value);
    }
  };
  for (const OutputAudit& output : audit.outputs) {
    for (const ModeTemperature& mode : output.modes) see(mode.temperature);
    if (!output.modes.empty()) continue;
    for (const Temperature& node : output.nodes) see(node);
  }
}

}  // namespace

Audit make_audit(const Problem& problem, const Analysis& analysis, const StampedDeck& deck) {
  Audit audit;
  audit.kT = problem.system.kT;
  audit.overdamped = problem.system.dynamics == core::Dynamics::overdamped;
  const CircuitNoise& noise = deck.noise();
  audit.with_own_noise = std::find(noise.own.begin(), noise.own.end(), true) != noise.own.end();
  audit.obstacle = deck.obstacle().empty() ? noise.obstacle : deck.obstacle();
  const Eigen::Index nu = problem.system.size();
  if (audit.obstacle.empty() && nu > kAuditLimit) {
    audit.obstacle = fmt::format("{} coordinates (limit: {})", nu, kAuditLimit);
  }
  if (!audit.obstacle.empty()) return audit;
  try {
    for (Eigen::Index p = 0; p < problem.system.outputs(); ++p) {
      audit.outputs.push_back(audit_copy(take_copy(deck, p, nu), analysis.null_space));
    }
    find_extremes(audit);
  } catch (const core::ParameterError& error) {
    audit.outputs.clear();
    audit.obstacle = error.what();
  } catch (const core::InputError& error) {
    audit.outputs.clear();
    audit.obstacle = error.what();
  }
  return audit;
}

}  // namespace springspice::sim
