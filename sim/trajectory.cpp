#include "sim/trajectory.hpp"

#include <cassert>
#include <cmath>

#include <unsupported/Eigen/MatrixFunctions>

#include "core/langevin.hpp"
#include "sim/dynamics/mode_response.hpp"

namespace springspice::sim {
namespace {

using core::Dynamics;
using core::State;

}  // namespace

ExactTrajectory::ExactTrajectory(const core::SecondOrderSystem& system,
                                 const std::optional<core::Modes>& modes, const State& start)
    : system_(system), modes_(modes), start_(start) {
  assert(available(system, modes));
  const bool overdamped = system.dynamics == Dynamics::overdamped;
  if (modes_) {
    const core::SparseMatrix& inertia = overdamped ? system.D : system.M;
    q_ = modes_->shapes.transpose() * (inertia * start.x);
    p_ = modes_->shapes.transpose() * system.f;
    if (!overdamped) q_rate_ = modes_->shapes.transpose() * (inertia * start.v);
    return;
  }
  core::SecondOrderSystem quiet = system;
  quiet.kT = 0.0;
  quiet.noise_model = core::NoiseModel::fdt;
  const core::LangevinSystem langevin = core::make_langevin(quiet);
  const Eigen::Index n = langevin.A.rows();
  const Eigen::Index m = system.outputs();
  generator_ = Eigen::MatrixXd::Zero(n + m, n + m);
  generator_.topLeftCorner(n, n) = Eigen::MatrixXd(langevin.A);
  // A large force would be squared as often as a fast motion, and cost as many digits.
  force_unit_ = Eigen::MatrixXd(langevin.b).cwiseAbs().colwise().maxCoeff();
  for (double& unit : force_unit_) unit = unit > 0.0 ? unit : 1.0;
  generator_.topRightCorner(n, m) =
      Eigen::MatrixXd(langevin.b) * force_unit_.cwiseInverse().asDiagonal();
}

State ExactTrajectory::at(double t) const { return modes_ ? at_by_modes(t) : at_by_exponential(t); }

State ExactTrajectory::at_by_modes(double t) const {
  const bool overdamped = system_.dynamics == Dynamics::overdamped;
  Eigen::MatrixXd q(q_.rows(), q_.cols());
  Eigen::MatrixXd rate(overdamped ? 0 : q_.rows(), q_.cols());
  for (Eigen::Index k = 0; k < q_.rows(); ++k) {
    const double stiffness = modes_->stiffness(k);
    if (overdamped) {
      q.row(k) = std::exp(-stiffness * t) * q_.row(k) +
                 t * dynamics::decay_mean(stiffness * t) * p_.row(k);
      continue;
    }
    const dynamics::ModeResponse r =
        dynamics::compute_mode_response(modes_->friction, stiffness, t);
    q.row(k) = r.hold * q_.row(k) + r.kick * q_rate_.row(k) + r.force * p_.row(k);
    // C' = -omega^2 S and P' = S.
    rate.row(k) = r.kick * (p_.row(k) - stiffness * q_.row(k)) + r.kick_rate * q_rate_.row(k);
  }
  State state;
  state.x = modes_->shapes * q;
  state.v = overdamped ? rate : Eigen::MatrixXd(modes_->shapes * rate);
  return state;
}

State ExactTrajectory::at_by_exponential(double t) const {
  const Eigen::Index nu = system_.size();
  const Eigen::Index m = system_.outputs();
  const Eigen::Index n = generator_.rows() - m;
  const Eigen::MatrixXd propagator = (generator_ * t).exp();
  Eigen::MatrixXd theta(n, m);
  theta.topRows(nu) = start_.x;
  if (n > nu) theta.bottomRows(nu) = start_.v;
  theta = propagator.topLeftCorner(n, n) * theta +
          propagator.topRightCorner(n, m) * force_unit_.asDiagonal();
  State state;
  state.x = theta.topRows(nu);
  state.v = theta.bottomRows(n - nu);
  return state;
}

}  // namespace springspice::sim
