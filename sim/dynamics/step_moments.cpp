#include "sim/dynamics/step_moments.hpp"

#include <cmath>

#include "sim/dynamics/exact_modal.hpp"
#include "sim/dynamics/mode_noise.hpp"
#include "sim/dynamics/mode_response.hpp"
#include "sim/dynamics/stationary_state.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Phi diag(values) Phi^T.
MatrixXd spread(const core::Modes& modes, const VectorXd& values) {
  const MatrixXd scaled = modes.shapes * values.asDiagonal();
  return scaled * modes.shapes.transpose();
}

core::Moments underdamped_step(const core::SecondOrderSystem& system, const core::Modes& modes,
                               double h) {
  const Index nu = system.size();
  VectorXd hold(nu), kick(nu), hold_rate(nu), kick_rate(nu), force(nu), qq(nu), qv(nu), vv(nu);
  const double density = 2.0 * modes.friction * system.kT;
  for (Index k = 0; k < nu; ++k) {
    const double omega2 = modes.stiffness(k);
    const ModeResponse r = compute_mode_response(modes.friction, omega2, h);
    const ModeCovariance c = compute_mode_covariance(modes.friction, omega2, density, h);
    hold(k) = r.hold;
    kick(k) = r.kick;
    hold_rate(k) = -omega2 * r.kick;
    kick_rate(k) = r.kick_rate;
    force(k) = r.force;
    qq(k) = c.qq;
    qv(k) = c.qv;
    vv(k) = c.vv;
  }
  core::Moments out;
  const MatrixXd from_momentum = spread(modes, kick), cross = spread(modes, qv);
  out.propagator.resize(2 * nu, 2 * nu);
  out.propagator << spread(modes, hold) * system.M, from_momentum * system.M,
      spread(modes, hold_rate) * system.M, spread(modes, kick_rate) * system.M;
  out.drift.resize(2 * nu, system.outputs());
  out.drift << spread(modes, force) * system.f, from_momentum * system.f;
  out.covariance.resize(2 * nu, 2 * nu);
  out.covariance << spread(modes, qq), cross, cross, spread(modes, vv);
  return out;
}

core::Moments overdamped_step(const core::SecondOrderSystem& system, const core::Modes& modes,
                              double h) {
  const auto decay = [h](double lambda) { return h * decay_mean(lambda * h); };
  const VectorXd hold = (-h * modes.stiffness.array()).exp();
  const VectorXd noise = 2.0 * system.kT * (2.0 * modes.stiffness).unaryExpr(decay);
  return {spread(modes, hold) * system.D,
          spread(modes, modes.stiffness.unaryExpr(decay)) * system.f, spread(modes, noise)};
}

}  // namespace

core::Moments compute_step_moments(const core::SecondOrderSystem& system,
                                   const std::optional<core::Modes>& modes, double h) {
  if (modes && ExactModal::separates(system)) {
    return system.dynamics == core::Dynamics::overdamped ? overdamped_step(system, *modes, h)
                                                         : underdamped_step(system, *modes, h);
  }
  const DenseDrift drift = make_dense_drift(system);
  return core::propagate_moments(drift.A, drift.b, drift.Q, h);
}

}  // namespace springspice::dynamics
