#include "sim/thermo/work_weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Dense>

#include "core/fit.hpp"
#include "core/modes.hpp"
#include "sim/dynamics/step_moments.hpp"
#include "sim/thermo/staircase.hpp"

namespace springspice::thermo {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kEffectiveRuns = 200.0;  // as work_estimators.hpp has it of a sample
constexpr double kErrorOfError = 0.25;    // so 1/2 of the bar's square

bool is_underdamped(const core::SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::underdamped;
}

// H / kT = 1/2 theta^T form theta - force^T x + constant, in the velocities below the jump.
struct Quadratic {
  MatrixXd form, force;
  double constant = 0.0;
};

Quadratic make_quadratic(const Level& level, bool kicked) {
  const core::SecondOrderSystem& system = level.system();
  const Index nu = system.size();
  const Index rows = is_underdamped(system) ? 2 * nu : nu;
  Quadratic out{MatrixXd::Zero(rows, rows), MatrixXd::Zero(rows, system.outputs()),
                level.constant() / level.kT()};
  out.form.topLeftCorner(nu, nu) = MatrixXd(system.K) / level.kT();
  out.force.topRows(nu) = system.f / level.kT();
  if (rows == nu) return out;
  MatrixXd to_here = MatrixXd::Identity(nu, nu);
  if (kicked) level.kick(to_here);
  out.form.bottomRightCorner(nu, nu) = to_here.transpose() * (system.M * to_here) / level.kT();
  return out;
}

// exp(log) times a Gaussian.
class Tilted {
 public:
  Tilted(int order, const Level& ground) : order_(order) {
    const core::SecondOrderSystem& system = ground.system();
    const Index nu = system.size();
    const Quadratic energy = make_quadratic(ground, false);
    covariance_ = energy.form.inverse();
    mean_ = MatrixXd::Zero(energy.form.rows(), system.outputs());
    mean_.topRows(nu) = core::solve_fit(system, core::NullSpace{});
  }

  double log() const { return log_; }

  // Multiplies by exp(-order (above - below)).
  void jump(const Quadratic& below, const Quadratic& above, const Level& level) {
    if (log_ == kInfinity) return;
    const MatrixXd form = order_ * (above.form - below.form);
    const MatrixXd root = Eigen::LLT<MatrixXd>(covariance_).matrixL();
    const MatrixXd inner =
        MatrixXd::Identity(root.rows(), root.rows()) + root.transpose() * form * root;
    const Eigen::LLT<MatrixXd> factor(inner);
    if (factor.info() != Eigen::Success) {
      log_ = kInfinity;
      return;
    }
    const MatrixXd slope = order_ * (above.force - below.force) - form * mean_;
    log_ -= order_ * (above.constant - below.constant);
    log_ -= 0.5 * (mean_.cwiseProduct(form * mean_)).sum() -
            order_ * (above.force - below.force).cwiseProduct(mean_).sum();
    const MatrixXd half = factor.matrixL().solve(root.transpose());
    covariance_ = half.transpose() * half;
    const MatrixXd shift = covariance_ * slope;
    log_ += 0.5 * slope.cwiseProduct(shift).sum();
    const MatrixXd lower = factor.matrixL();
    log_ -= static_cast<double>(mean_.cols()) * lower.diagonal().array().log().sum();
    mean_ += shift;
    if (level.kicks()) level.kick(mean_, covariance_);
  }

  void stay(const core::Moments& step) {
    if (log_ == kInfinity) return;
    mean_ = MatrixXd(step.propagator * mean_) + step.drift;
    covariance_ = MatrixXd(step.propagator * covariance_ * step.propagator.transpose());
    covariance_ += step.covariance;
  }

 private:
  int order_;
  double log_ = 0.0;
  MatrixXd mean_, covariance_;
};

std::vector<double> log_means(const Protocol& protocol, const std::vector<int>& orders) {
  Level below(protocol, 0);
  std::vector<Tilted> tilted;
  for (const int order : orders) tilted.emplace_back(order, below);
  const double h = protocol.steps > 0 ? protocol.duration / static_cast<double>(protocol.steps) : 0;
  for (std::uint64_t number = 1; number < count_levels(protocol); ++number) {
    Level level(protocol, number);
    const Quadratic from = make_quadratic(below, false);
    const Quadratic to = make_quadratic(level, level.kicks());
    for (Tilted& one : tilted) one.jump(from, to, level);
    if (number <= protocol.steps) {
      const core::SecondOrderSystem& system = level.system();
      const core::Moments step =
          dynamics::compute_step_moments(system, core::compute_modes(system, core::NullSpace{}), h);
      for (Tilted& one : tilted) one.stay(step);
    }
    below = std::move(level);
  }
  std::vector<double> logs;
  for (const Tilted& one : tilted) logs.push_back(one.log());
  return logs;
}

}  // namespace

double log_mean_exponential(const Protocol& protocol, int order) {
  check_protocol(protocol);
  return log_means(protocol, {order}).front();
}

double runs_for_jarzynski(const Protocol& protocol) {
  check_protocol(protocol);
  const double phi = compute_free_energy_change(protocol).reduced();
  const std::vector<double> logs = log_means(protocol, {2, 3, 4});
  const double second = std::exp(logs[0] + 2.0 * phi);
  const double third = std::exp(logs[1] + 3.0 * phi);
  const double fourth = std::exp(logs[2] + 4.0 * phi);
  const double variance = second - 1.0;
  const double central = fourth - 4.0 * third + 6.0 * second - 3.0;
  if (!std::isfinite(central)) return kInfinity;
  // exp(-w) is the same for all runs, but for rounding.
  constexpr double kNoSpread = 1e-12;
  if (variance < kNoSpread) return kEffectiveRuns;
  const double for_bar =
      (central / (variance * variance) - 1.0) / (4.0 * kErrorOfError * kErrorOfError);
  return std::max(kEffectiveRuns * second, for_bar);
}

}  // namespace springspice::thermo
