#include "sim/swing.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/langevin.hpp"
#include "core/stationary.hpp"
#include "sim/replay.hpp"

namespace springspice::sim {
namespace {

// Of the largest |x|: what is less is not resolved beside the offset that the circuit leaves out.
constexpr double kLeastPosition = 1e-9;
// Of position / slow_time().
constexpr double kLeastVelocity = 1e-2;

// A Gaussian passes it once in 16,000 independent looks.
constexpr double kDeviations = 4.0;

// max_i (Phi C Phi^T)_ii.
double largest_variance(const Eigen::MatrixXd& shapes, const Eigen::MatrixXd& covariance) {
  return (shapes * covariance).cwiseProduct(shapes).rowwise().sum().maxCoeff();
}

}  // namespace

double slow_time(const core::TimeScales& scales) {
  if (scales.relaxation_time) return *scales.relaxation_time;
  const double rate =
      scales.slowest_frequency > 0.0 ? scales.slowest_frequency : scales.fastest_rate;
  return rate > 0.0 ? 1.0 / rate : 1.0;
}

PeakSwing find_peak_swing(const core::SecondOrderSystem& system, const core::State& start,
                          const Eigen::Ref<const Eigen::MatrixXd>& fit,
                          const core::TimeScales& scales, double end) {
  Eigen::RowVectorXd low = start.x.colwise().minCoeff().cwiseMin(fit.colwise().minCoeff());
  Eigen::RowVectorXd high = start.x.colwise().maxCoeff().cwiseMax(fit.colwise().maxCoeff());
  double velocity = start.v.size() > 0 ? start.v.cwiseAbs().maxCoeff() : 0.0;
  Replay replay(system, start);
  double h = scales.fastest_rate > 0.0 ? 2.0 * std::numbers::pi / scales.fastest_rate / 20.0 : end;
  for (int step = 1; replay.time() < end; ++step) {
    replay.step_to(replay.time() + h, Rule::trapezoidal);
    const core::State& state = replay.state();
    low = low.cwiseMin(state.x.colwise().minCoeff());
    high = high.cwiseMax(state.x.colwise().maxCoeff());
    if (state.v.size() > 0) velocity = std::max(velocity, state.v.cwiseAbs().maxCoeff());
    if (step >= 400 && step % 200 == 0) h *= 2.0;
  }
  PeakSwing swing;
  swing.offset = ((low + high) / 2.0).transpose();
  swing.position =
      std::max(((high - low) / 2.0).maxCoeff(),
               kLeastPosition * std::max(low.cwiseAbs().maxCoeff(), high.cwiseAbs().maxCoeff()));
  swing.velocity = std::max(velocity, kLeastVelocity * swing.position / slow_time(scales));
  return swing;
}

void add_noise_swing(const core::SecondOrderSystem& system, const std::optional<core::Modes>& modes,
                     PeakSwing& swing) {
  if (system.kT == 0.0 || !modes) return;
  const auto moments =
      core::solve_stationary(*modes, system.dynamics, core::compute_force_noise_matrix(system));
  if (!moments) return;
  if (modes->free == 0) {
    swing.position += kDeviations * std::sqrt(largest_variance(modes->shapes, moments->qq));
  }
  if (moments->vv.size() > 0) {
    swing.velocity += kDeviations * std::sqrt(largest_variance(modes->shapes, moments->vv));
  }
}

}  // namespace springspice::sim
