#include "sim/replay.hpp"

#include <cassert>
#include <cmath>
#include <limits>

namespace springspice::sim {
namespace {

// A grid point k h as a double is off by up to eps k h / 2, and so is the difference of two.
constexpr double kGridRounding = 8.0 * std::numeric_limits<double>::epsilon();
// Start-up and stray steps come and go; a handful of factorisations is enough to keep.
constexpr std::size_t kKeptFactors = 6;

}  // namespace

Replay::Replay(const core::SecondOrderSystem& system, core::State start)
    : system_(system), state_(std::move(start)) {}

const Replay::Factor& Replay::factor_for(double h, double rounding, Rule rule) {
  for (const auto& factor : factors_) {
    if (factor->rule == rule && std::abs(factor->h - h) <= rounding) return *factor;
  }
  if (factors_.size() == kKeptFactors) factors_.erase(factors_.begin());
  auto factor = std::make_unique<Factor>();
  factor->h = h;
  factor->rule = rule;
  const double a = rule == Rule::backward_euler ? h : h / 2.0;
  const core::SparseMatrix matrix =
      system_.dynamics == core::Dynamics::overdamped
          ? core::SparseMatrix(system_.D + a * system_.K)
          : core::SparseMatrix(system_.M + a * system_.D + (a * a) * system_.K);
  factor->solver.compute(matrix);
  assert(factor->solver.info() == Eigen::Success);
  factors_.push_back(std::move(factor));
  return *factors_.back();
}

void Replay::step_to(double t, Rule rule, const Eigen::MatrixXd& force) {
  const Factor& factor = factor_for(t - time_, kGridRounding * t, rule);
  const double h = factor.h;
  Eigen::MatrixXd& x = state_.x;
  Eigen::MatrixXd& v = state_.v;
  Eigen::MatrixXd spring_force = system_.f - system_.K * x;
  if (force.size() > 0) spring_force += force;
  if (system_.dynamics == core::Dynamics::overdamped) {
    // D (x1 - x0) = h (f - K x0) - a K (x1 - x0), with a = h or h/2: one formula for both rules.
    x += factor.solver.solve(h * spring_force);
  } else if (rule == Rule::backward_euler) {
    v = factor.solver.solve(system_.M * v + h * spring_force);
    x += h * v;
  } else {
    const Eigen::MatrixXd rhs = system_.M * v + h * spring_force - (h / 2.0) * (system_.D * v) -
                                (h * h / 4.0) * (system_.K * v);
    const Eigen::MatrixXd next = factor.solver.solve(rhs);
    x += (h / 2.0) * (v + next);
    v = next;
  }
  time_ = t;
}

Rule RuleBook::next(double start) {
  bool euler = backward_euler_ + trapezoidal_ < 2;
  for (const double breakpoint : breakpoints_) {
    // ngspice itself counts a point as the breakpoint when it is this close (CKTminBreak).
    euler = euler || std::abs(start - breakpoint) <= 1e-9 * breakpoint;
  }
  ++(euler ? backward_euler_ : trapezoidal_);
  return euler ? Rule::backward_euler : Rule::trapezoidal;
}

}  // namespace springspice::sim
