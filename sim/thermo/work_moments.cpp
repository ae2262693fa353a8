#include "sim/thermo/work_moments.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fit.hpp"
#include "core/modes.hpp"
#include "core/moments.hpp"
#include "core/sparse_cholesky.hpp"
#include "sim/dynamics/stationary_state.hpp"
#include "sim/dynamics/step_moments.hpp"
#include "sim/thermo/staircase.hpp"

namespace springspice::thermo {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

// Rows of the relaxation after a quench.
constexpr double kRowsAfterQuench = 200.0;
// After a short ramp its own steps would be too many to keep.
constexpr double kMostRelaxationRows = 1000.0;

void check_moments(const Protocol& protocol, double relaxation) {
  check_ends(protocol);
  const Index nu = protocol.from.system.size();
  if (nu > dynamics::kLyapunovLimit) {
    throw core::ParameterError(fmt::format(
        "the exact mean work of {} coordinates takes dense matrices of all positions and "
        "velocities (limit: {} coordinates); take fewer sticks, or the mean over trajectories",
        nu, dynamics::kLyapunovLimit));
  }
  if (!std::isfinite(relaxation) || relaxation < 0.0) {
    throw core::ParameterError(
        fmt::format("the relaxation after the protocol lasts {}; it must be a finite time, 0 for "
                    "none",
                    relaxation));
  }
}

MatrixXd inverse(const core::SparseMatrix& matrix) {
  const MatrixXd full =
      core::SparseCholesky(matrix).solve(MatrixXd::Identity(matrix.rows(), matrix.cols()));
  return 0.5 * (full + full.transpose());
}

// The Gaussian state on its way up the staircase.
class GaussianClimb {
 public:
  /// In equilibrium, whatever brakes: kT K^-1 and kT M^-1 about the fit.
  explicit GaussianClimb(const Level& ground) : kT_(ground.kT()) {
    const core::SecondOrderSystem& system = ground.system();
    const Index nu = system.size();
    const Index rows = system.dynamics == core::Dynamics::overdamped ? nu : 2 * nu;
    mean_.setZero(rows, system.outputs());
    mean_.topRows(nu) = core::solve_fit(system, core::NullSpace{});
    covariance_.setZero(rows, rows);
    covariance_.topLeftCorner(nu, nu) = kT_ * inverse(system.K);
    if (rows > nu) covariance_.bottomRightCorner(nu, nu) = kT_ * inverse(system.M);
    row_.energy = ground.measure_mean(mean_, covariance_);
  }

  void jump(const Level& level) {
    if (level.kicks()) level.kick(mean_, covariance_);
    const double energy = level.measure_mean(mean_, covariance_);
    row_.work += energy - row_.energy;
    row_.reduced += energy / level.kT() - row_.energy / kT_;
    row_.energy = energy;
    row_.lambda = level.lambda();
    kT_ = level.kT();
  }

  void stay(const Level& level, const core::Moments& step, double time) {
    mean_ = MatrixXd(step.propagator * mean_) + step.drift;
    covariance_ = MatrixXd(step.propagator * covariance_ * step.propagator.transpose());
    covariance_ += step.covariance;
    const double energy = level.measure_mean(mean_, covariance_);
    row_.heat += energy - row_.energy;
    row_.energy = energy;
    row_.time = time;
  }

  MomentRow row(const Level& level) const {
    MomentRow row = row_;
    for (Index p = 0; p < mean_.cols(); ++p) {
      const core::EntropyRates one =
          core::compute_entropy_rates(level.system(), mean_.col(p), covariance_, p);
      row.entropy.entropy += one.entropy;
      row.entropy.change += one.change;
      row.entropy.production += one.production;
      row.entropy.flux += one.flux;
    }
    return row;
  }

 private:
  double kT_;
  MatrixXd mean_, covariance_;
  MomentRow row_;
};

core::Moments make_step(const core::SecondOrderSystem& system, double h) {
  // Both ends are held, so everything in between is.
  return dynamics::compute_step_moments(system, core::compute_modes(system, core::NullSpace{}), h);
}

}  // namespace

WorkMoments compute_work_moments(const Protocol& protocol, double relaxation) {
  check_moments(protocol, relaxation);
  const Level ground(protocol, 0);
  GaussianClimb climb(ground);
  WorkMoments out;
  out.rows.push_back(climb.row(ground));
  const double h = protocol.steps > 0 ? protocol.duration / static_cast<double>(protocol.steps)
                                      : relaxation / kRowsAfterQuench;
  for (std::uint64_t j = 0; j < protocol.steps; ++j) {
    const Level level(protocol, j + 1);
    climb.jump(level);
    climb.stay(level, make_step(level.system(), h), static_cast<double>(j + 1) * h);
    out.rows.push_back(climb.row(level));
  }
  const Level top(protocol, protocol.steps + 1);
  climb.jump(top);
  out.rows.push_back(climb.row(top));
  out.work = out.rows.back().work;
  out.heat = out.rows.back().heat;
  out.reduced = out.rows.back().reduced;
  if (relaxation == 0.0) return out;
  const double rows = std::clamp(std::round(relaxation / h), 1.0, kMostRelaxationRows);
  const core::Moments step = make_step(top.system(), relaxation / rows);
  for (double row = 1.0; row <= rows; ++row) {
    climb.stay(top, step, protocol.duration + relaxation * row / rows);
    out.rows.push_back(climb.row(top));
  }
  return out;
}

}  // namespace springspice::thermo
