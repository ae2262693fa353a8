#include "sim/trajectory.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <unsupported/Eigen/MatrixFunctions>

#include "core/langevin.hpp"

namespace springspice::sim {
namespace {

using core::Dynamics;
using core::State;

// (1 - e^(-z)) / z, 1 at z = 0.
double phi(double z) { return z == 0.0 ? 1.0 : -std::expm1(-z) / z; }

// P(t) for gamma t and omega t below one: the power series of P'' + gamma P' + omega^2 P = 1.
double force_series(double gamma, double omega2, double t) {
  double previous = 0.0;  // coefficient of t^(n-1), times t^(n-1)
  double current = 0.0;   // of t^n
  double sum = 0.0;
  for (int n = 2; n < 40; ++n) {
    // n (n-1) c_n = [n == 2] - gamma (n-1) c_(n-1) - omega^2 c_(n-2)
    const double drive = n == 2 ? t * t : 0.0;
    const double next =
        (drive - gamma * t * (n - 1) * current - omega2 * t * t * previous) / (n * (n - 1.0));
    sum += next;
    previous = current;
    current = next;
    if (n > 3 && std::abs(next) + std::abs(previous) < 1e-18 * std::abs(sum)) break;
  }
  return sum;
}

double force_response(double gamma, double omega2, double t, double hold) {
  const double omega_t = std::sqrt(std::abs(omega2)) * t;
  if (omega_t < 0.5 && gamma * t < 1.0) return force_series(gamma, omega2, t);
  const double root = std::sqrt(std::max(0.0, gamma * gamma / 4.0 - omega2));
  if (root * t >= 0.25) {
    // Overdamped: two real rates that are well apart, the slow one as omega^2 / fast.
    const double fast = gamma / 2.0 + root;
    const double slow = omega2 / fast;
    return t * (phi(slow * t) - phi(fast * t)) / (fast - slow);
  }
  // Half a radian on, and no slow rate that would leave C at 1: nothing cancels to speak of.
  return (1.0 - hold) / omega2;
}

}  // namespace

ModeResponse compute_mode_response(double gamma, double omega2, double t) {
  const double half = gamma / 2.0;
  const double under_root = half * half - omega2;
  const double root = std::sqrt(std::abs(under_root));
  const double y = root * t;
  ModeResponse r;
  double even = 0.0;  // e^(-gamma t / 2) cos or cosh(y)
  if (under_root < 0.0) {
    const double decay = std::exp(-half * t);
    even = decay * std::cos(y);
    r.kick = decay * t * (y < 1e-8 ? 1.0 : std::sin(y) / y);
  } else {
    // e^(-half t) sinh(y) and cosh(y) through the two decays, so that nothing overflows.
    const double fast = half + root;
    const double slow_decay = std::exp(-(fast > 0.0 ? omega2 / fast : 0.0) * t);
    const double fast_decay = std::exp(-fast * t);
    even = 0.5 * (slow_decay + fast_decay);
    r.kick = slow_decay * t * phi(2.0 * y);
  }
  r.hold = even + half * r.kick;
  r.kick_rate = even - half * r.kick;
  if (half > 0.0 && under_root >= 0.0 && y > 1.0) {
    // S' = (fast e^(-fast t) - slow e^(-slow t)) / (fast - slow): no difference of near-equals.
    const double fast = half + root;
    const double slow = omega2 / fast;
    r.kick_rate = (fast * std::exp(-fast * t) - slow * std::exp(-slow * t)) / (2.0 * root);
  }
  r.force = force_response(gamma, omega2, t, r.hold);
  return r;
}

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
  generator_.topRightCorner(n, m) = langevin.b;
}

State ExactTrajectory::at(double t) const { return modes_ ? at_by_modes(t) : at_by_exponential(t); }

State ExactTrajectory::at_by_modes(double t) const {
  const bool overdamped = system_.dynamics == Dynamics::overdamped;
  Eigen::MatrixXd q(q_.rows(), q_.cols());
  Eigen::MatrixXd rate(overdamped ? 0 : q_.rows(), q_.cols());
  for (Eigen::Index k = 0; k < q_.rows(); ++k) {
    const double stiffness = modes_->stiffness(k);
    if (overdamped) {
      q.row(k) = std::exp(-stiffness * t) * q_.row(k) + t * phi(stiffness * t) * p_.row(k);
      continue;
    }
    const ModeResponse r = compute_mode_response(modes_->friction, stiffness, t);
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
  theta = propagator.topLeftCorner(n, n) * theta + propagator.topRightCorner(n, m);
  State state;
  state.x = theta.topRows(nu);
  state.v = theta.bottomRows(n - nu);
  return state;
}

}  // namespace springspice::sim
