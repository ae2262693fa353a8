#include "sim/dynamics/autocorrelation.hpp"

#include <cmath>
#include <utility>

#include <Eigen/SparseCholesky>

#include "core/error.hpp"
#include "core/moments.hpp"
#include "sim/dynamics/mode_response.hpp"

namespace springspice::dynamics {
namespace {

using core::Modes;
using core::SecondOrderSystem;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

bool is_overdamped(const SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::overdamped;
}

VectorXd position_times(const SecondOrderSystem& system, const StationaryState& state) {
  MatrixXd right = system.D * state.xx;
  if (!is_overdamped(system)) right += system.M * state.xv.transpose();
  const Eigen::SimplicialLDLT<core::SparseMatrix> K(system.K);
  const MatrixXd integral = K.solve(right);
  return integral.diagonal().cwiseQuotient(state.xx.diagonal());
}

// Row i, column j: tr(W_i X_j), energies in the order potential, kinetic.
using Traces = Eigen::Matrix2d;

// @param Y of Y_j, @param P of Theta W_j Theta; both are linear in W, so the total is the sum.
void set_energy_times(const Traces& Y, const Traces& P, bool overdamped,
                      AutocorrelationTimes& times) {
  times.potential = Y(0, 0) / P(0, 0);
  if (overdamped) return;
  times.kinetic = Y(1, 1) / P(1, 1);
  times.total = Y.sum() / P.sum();
}

// For each mode the diagonals of Theta W Theta: <q q>, <q q'>, <q' q'>. W is diagonal in the modes,
// so of the equations for pairs of modes those of a mode with itself are enough.
struct Diagonals {
  VectorXd xx, xv, vv;
};

// Y of A Y + Y A^T + P = 0 for one mode, w = omega^2, and its share of the traces:
//     2 xv + Pxx = 0      vv - w xx - gamma xv + Pxv = 0      -2 w xv - 2 gamma vv + Pvv = 0
Eigen::Vector2d solve_mode(double w, double gamma, double Pxx, double Pxv, double Pvv) {
  const double xx = (Pvv + (w + gamma * gamma) * Pxx + 2.0 * gamma * Pxv) / (2.0 * gamma * w);
  const double vv = (Pvv + w * Pxx) / (2.0 * gamma);
  return {w * xx, vv};
}

void energy_times_by_modes(const SecondOrderSystem& system, const Modes& modes,
                           const StationaryState& state, AutocorrelationTimes& times) {
  const bool overdamped = is_overdamped(system);
  const VectorXd& w = modes.stiffness;
  // Theta in the amplitudes of the modes, q = Phi^T M dx (overdamped: D for M).
  const MatrixXd left = (overdamped ? system.D : system.M) * modes.shapes;
  const MatrixXd qq = left.transpose() * state.xx * left;
  Traces Y = Traces::Zero(), P = Traces::Zero();
  if (overdamped) {
    const VectorXd squares = qq.cwiseAbs2() * w;
    Y(0, 0) = squares.sum() / 2.0;
    P(0, 0) = squares.dot(w);
    return set_energy_times(Y, P, overdamped, times);
  }
  const MatrixXd qv = left.transpose() * state.xv * left;
  const MatrixXd vv = left.transpose() * state.vv * left;
  const Diagonals squares[] = {
      {qq.cwiseAbs2() * w, qq.cwiseProduct(qv.transpose()) * w, qv.cwiseAbs2().transpose() * w},
      {qv.rowwise().squaredNorm(), qv.cwiseProduct(vv).rowwise().sum(),
       vv.rowwise().squaredNorm()}};
  for (Index j = 0; j < 2; ++j) {
    const Diagonals& square = squares[j];
    for (Index k = 0; k < w.size(); ++k) {
      Y.col(j) += solve_mode(w(k), modes.friction, square.xx(k), square.xv(k), square.vv(k));
    }
    P.col(j) << square.xx.dot(w), square.vv.sum();
  }
  set_energy_times(Y, P, overdamped, times);
}

void energy_times_by_lyapunov(const SecondOrderSystem& system, const StationaryState& state,
                              AutocorrelationTimes& times) {
  const Index nu = system.size();
  const bool overdamped = is_overdamped(system);
  const MatrixXd Theta = state.covariance();
  const MatrixXd A = make_dense_drift(system).A;
  Traces Y = Traces::Zero(), P = Traces::Zero();
  const auto traces = [&](const MatrixXd& X) -> Eigen::Vector2d {
    const double potential = (system.K * X.topLeftCorner(nu, nu)).trace();
    if (overdamped) return {potential, 0.0};
    return {potential, (system.M * X.bottomRightCorner(nu, nu)).trace()};
  };
  for (Index j = 0; j < (overdamped ? 1 : 2); ++j) {
    const MatrixXd half = j == 0 ? Theta.leftCols(nu) : Theta.rightCols(nu);
    const MatrixXd square = half * (j == 0 ? system.K : system.M) * half.transpose();
    Y.col(j) = traces(core::solve_lyapunov(A, square));
    P.col(j) = traces(square);
  }
  set_energy_times(Y, P, overdamped, times);
}

// diag(Phi (R Theta)) with R a diagonal response of the modes.
VectorXd diagonal_of(const MatrixXd& shapes, const VectorXd& response, const MatrixXd& amplitudes) {
  return (shapes * response.asDiagonal()).cwiseProduct(amplitudes.transpose()).rowwise().sum();
}

Autocovariance covariance_by_modes(const SecondOrderSystem& system, const Modes& modes,
                                   const StationaryState& state, std::span<const double> times,
                                   Autocovariance out) {
  const bool overdamped = is_overdamped(system);
  const Index nu = system.size();
  const MatrixXd left = modes.shapes.transpose() * (overdamped ? system.D : system.M);
  // Amplitudes of the modes against the coordinates: q_k x_i and so on.
  const MatrixXd qx = left * state.xx;
  MatrixXd qv, rx, rv;
  if (!overdamped) qv = left * state.xv, rx = left * state.xv.transpose(), rv = left * state.vv;
  for (std::size_t t = 0; t < times.size(); ++t) {
    const auto row = static_cast<Index>(t);
    if (overdamped) {
      const VectorXd decay = (-modes.stiffness * times[t]).array().exp();
      out.x.row(row) = diagonal_of(modes.shapes, decay, qx).transpose();
      continue;
    }
    VectorXd hold(nu), kick(nu), pull(nu), rate(nu);
    for (Index k = 0; k < nu; ++k) {
      const double w = modes.stiffness(k);
      const ModeResponse response = compute_mode_response(modes.friction, w, times[t]);
      hold(k) = response.hold;
      kick(k) = response.kick;
      pull(k) = -w * response.kick;
      rate(k) = response.kick_rate;
    }
    out.x.row(row) = (diagonal_of(modes.shapes, hold, qx) + diagonal_of(modes.shapes, kick, rx));
    out.v.row(row) = (diagonal_of(modes.shapes, pull, qv) + diagonal_of(modes.shapes, rate, rv));
  }
  return out;
}

}  // namespace

AutocorrelationTimes compute_autocorrelation_times(const SecondOrderSystem& system,
                                                   const std::optional<Modes>& modes,
                                                   const StationaryState& state) {
  if (!(state.xx.diagonal().minCoeff() > 0.0)) {
    throw core::ParameterError(
        "nothing fluctuates, so there are no autocorrelation times; give --kT above 0");
  }
  AutocorrelationTimes times;
  times.position = position_times(system, state);
  if (modes) {
    energy_times_by_modes(system, *modes, state, times);
  } else {
    energy_times_by_lyapunov(system, state, times);
  }
  return times;
}

Autocovariance compute_autocovariance(const SecondOrderSystem& system,
                                      const std::optional<Modes>& modes,
                                      const StationaryState& state, std::span<const double> times) {
  const bool overdamped = is_overdamped(system);
  const Index nu = system.size();
  const auto rows = static_cast<Index>(times.size());
  Autocovariance out{MatrixXd(rows, nu), MatrixXd(overdamped ? 0 : rows, overdamped ? 0 : nu)};
  if (modes) return covariance_by_modes(system, *modes, state, times, std::move(out));
  const MatrixXd A = make_dense_drift(system).A;
  const MatrixXd Theta = state.covariance();
  const MatrixXd nothing = MatrixXd::Zero(A.rows(), A.cols());
  for (Index t = 0; t < rows; ++t) {
    const core::Moments moments = core::propagate_moments(A, nothing.leftCols(0), nothing,
                                                          times[static_cast<std::size_t>(t)]);
    const MatrixXd C = moments.propagator * Theta;
    out.x.row(t) = C.diagonal().head(nu).transpose();
    if (!overdamped) out.v.row(t) = C.diagonal().tail(nu).transpose();
  }
  return out;
}

}  // namespace springspice::dynamics
