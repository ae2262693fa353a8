// Logistic regression of direction on work, by Newton's method with halved steps.
#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Dense>

#include "sim/thermo/pooled_work.hpp"
#include "sim/thermo/work_estimators.hpp"

namespace springspice::thermo {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::Matrix2d;
using Eigen::Vector2d;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Both coefficients are of order 1, in units of the work's spread: their squares are then exact.
constexpr double kConverged = 1e-9;
// Of a sum over up to millions of runs; a step that loses no more is as good as one that gains.
constexpr double kRounding = 1e-12;
constexpr int kMostSteps = 100;
// Below, the crossing, a ratio, has no error bar (Fieller): the slope may be 0.
constexpr double kLeastSlopeInErrors = 3.0;

// ln P(F | z) / P(R | z) = log_ratio + b0 + b1 z, with z the work about its mean in units of its
// spread, so that Newton's equations are well conditioned in any units.
class Regression {
 public:
  explicit Regression(const PooledWork& pooled)
      : log_ratio_(pooled.log_ratio),
        forward_(static_cast<Index>(pooled.forward)),
        z_(Eigen::Map<const ArrayXd>(pooled.x.data(), static_cast<Index>(pooled.x.size()))) {
    center_ = z_.mean();
    z_ -= center_;
    spread_ = std::sqrt(z_.square().mean());
    z_ /= spread_;
  }

  // A full step of Newton's, unless it overshoots: the likelihood is concave.
  void solve() {
    double here = log_likelihood(b_);
    for (int i = 0; i < kMostSteps; ++i) {
      const Vector2d step = information(b_).ldlt().solve(score(b_));
      const double least = here - kRounding * std::abs(here);
      double share = 1.0;
      while (share > kConverged && log_likelihood(b_ + share * step) < least) share /= 2.0;
      b_ += share * step;
      here = log_likelihood(b_);
      if (step.norm() < kConverged * (1.0 + b_.norm())) return;
    }
  }

  double overlap() const { return information(b_)(0, 0); }

  void report(CrooksTest& out) const {
    const Matrix2d covariance = information(b_).inverse();
    out.slope = b_(1) / spread_;
    out.slope_error = std::sqrt(covariance(1, 1)) / spread_;
    const double zero = -b_(0) / b_(1);
    const Vector2d gradient(-1.0 / b_(1), b_(0) / (b_(1) * b_(1)));
    // The numbers of runs are given, not drawn: as in Bennett's error (Shirts et al. 2003).
    const auto n = static_cast<double>(forward_);
    const auto other = static_cast<double>(z_.size() - forward_);
    const double fixed = (1.0 / n + 1.0 / other) / (b_(1) * b_(1));
    const double variance = gradient.dot(covariance * gradient) - fixed;
    out.crossing.value = center_ + spread_ * zero;
    out.crossing.error = spread_ * std::sqrt(std::max(0.0, variance));
  }

 private:
  ArrayXd odds(const Vector2d& b) const { return log_ratio_ + b(0) + b(1) * z_; }

  double log_likelihood(const Vector2d& b) const {
    // ln logistic(y) = -ln(1 + exp(-y)), with y = odds of what it was.
    ArrayXd y = odds(b);
    y.tail(y.size() - forward_) *= -1.0;
    return (y.min(0.0) - (-y.abs()).exp().log1p()).sum();
  }

  Vector2d score(const Vector2d& b) const {
    ArrayXd residual = -odds(b).unaryExpr(&logistic);
    residual.head(forward_) += 1.0;
    return {residual.sum(), (residual * z_).sum()};
  }

  Matrix2d information(const Vector2d& b) const {
    const ArrayXd y = odds(b);
    const ArrayXd weight = y.unaryExpr(&logistic) * (-y).unaryExpr(&logistic);
    const double off = (weight * z_).sum();
    return Matrix2d{{weight.sum(), off}, {off, (weight * z_.square()).sum()}};
  }

  double log_ratio_;
  Index forward_;
  ArrayXd z_;
  double center_ = 0.0, spread_ = 1.0;
  Vector2d b_ = Vector2d::Zero();
};

// On a line the likelihood has a maximum exactly where neither class lies wholly on one side.
bool is_separated(const PooledWork& pooled) {
  const auto middle = pooled.x.begin() + static_cast<std::ptrdiff_t>(pooled.forward);
  const auto [first_f, last_f] = std::minmax_element(pooled.x.begin(), middle);
  const auto [first_r, last_r] = std::minmax_element(middle, pooled.x.end());
  return *first_f >= *last_r || *last_f <= *first_r;
}

CrooksTest refuse(std::string why) {
  CrooksTest out;
  out.slope_error = out.crossing.error = kInfinity;
  out.obstacle = why;
  out.crossing.obstacle = std::move(why);
  return out;
}

}  // namespace

CrooksTest test_crooks(std::span<const double> forward, std::span<const double> reverse) {
  const PooledWork pooled = pool(forward, reverse);
  if (pooled.least == pooled.greatest) {
    return refuse("all runs did the same work, so there is no slope to be tested");
  }
  if (is_separated(pooled)) {
    return refuse(
        "forward and reverse work do not overlap at all: no run of one direction is among those of "
        "the other; give more runs or a slower ramp");
  }
  Regression regression(pooled);
  regression.solve();
  CrooksTest out;
  regression.report(out);
  out.obstacle = explain_overlap(pooled, regression.overlap());
  out.crossing.obstacle = out.obstacle;
  if (out.obstacle.empty() && out.slope < kLeastSlopeInErrors * out.slope_error) {
    out.crossing.obstacle =
        "the work spreads too little for its slope to be told from 0, and the crossing with it; "
        "give more runs, or take Bennett's estimate";
  }
  return out;
}

}  // namespace springspice::thermo
