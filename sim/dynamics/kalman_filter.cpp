#include "sim/dynamics/kalman_filter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/moments.hpp"
#include "sim/dynamics/gap_cache.hpp"

namespace springspice::dynamics {
namespace {

using core::ParameterError;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Row = Eigen::RowVectorXd;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kRounding = 64.0 * kEpsilon;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// Of the correlation matrix: a more negative eigenvalue is no rounding.
constexpr double kIndefinite = -1e-10;

// G of G G^T = covariance, which may be singular. Scaled to a unit diagonal first, so that
// positions and velocities may be in any units.
MatrixXd factor(const MatrixXd& covariance) {
  const VectorXd scale = covariance.diagonal().cwiseMax(0.0).cwiseSqrt();
  const VectorXd inverse =
      scale.unaryExpr([](double value) { return value > 0.0 ? 1.0 / value : 0.0; });
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(inverse.asDiagonal() * covariance *
                                                      inverse.asDiagonal());
  if (covariance.diagonal().minCoeff() < 0.0 || eigen.eigenvalues()(0) < kIndefinite) {
    throw ParameterError(fmt::format(
        "a covariance has an eigenvalue of {:.3g} (scaled to a unit diagonal); it must be positive "
        "semidefinite",
        eigen.eigenvalues()(0)));
  }
  const double nothing = kEpsilon * static_cast<double>(covariance.rows());
  const VectorXd roots = eigen.eigenvalues().unaryExpr(
      [&](double value) { return value > nothing ? std::sqrt(value) : 0.0; });
  return scale.asDiagonal() * eigen.eigenvectors() * roots.asDiagonal();
}

struct Transition {
  core::Moments moments;
  MatrixXd noise;  ///< a factor of their covariance
};

// One output's filter.
class Filter {
 public:
  Filter(const Observed& observed, VectorXd mean, MatrixXd L)
      : observed_(observed), m_(std::move(mean)), L_(std::move(L)) {
    spread_ = L_.rowwise().norm();
    terms_ = m_.cwiseAbs();
  }

  void predict(const Transition& transition, Index output) {
    const core::Moments& moments = transition.moments;
    const Index n = m_.size();
    terms_ = moments.propagator.cwiseAbs() * m_.cwiseAbs() + moments.drift.col(output).cwiseAbs();
    m_ = moments.propagator * m_ + moments.drift.col(output);
    MatrixXd array(2 * n, n);
    array << (moments.propagator * L_).transpose(), transition.noise.transpose();
    const Eigen::HouseholderQR<MatrixXd> qr(array);
    L_ = qr.matrixQR().topRows(n).triangularView<Eigen::Upper>().transpose();
    spread_ = spread_.cwiseMax(L_.rowwise().norm());
    steps_ += 1.0;
  }

  // False where the path is impossible.
  bool measure(Index time, FilterResult& result, FilteredOutput& out) {
    for (Index i = 0; i < observed_.y.rows(); ++i) {
      const double y = observed_.y(i, time);
      if (!std::isnan(y) && !measure_one(i, y, result, out.innovations(i, time))) return false;
    }
    return true;
  }

  const VectorXd& mean() const { return m_; }
  MatrixXd covariance() const { return L_ * L_.transpose(); }

 private:
  bool measure_one(Index i, double y, FilterResult& result, double& innovation) {
    const Row c = observed_.C.row(i);
    const VectorXd f = L_.transpose() * c.transpose();
    const double r = observed_.sigma(i) * observed_.sigma(i);
    const double s = f.squaredNorm() + r;
    const double residual = y - c.dot(m_);
    const double known = kRounding * static_cast<double>(m_.size()) *
                         (c.cwiseAbs().dot(terms_ + spread_) + std::abs(y));
    if (std::sqrt(s) <= known) {
      ++result.noise_free;
      return std::abs(residual) <= known * (1.0 + steps_);
    }
    ++result.observations;
    innovation = residual / std::sqrt(s);
    result.log_likelihood -= 0.5 * (innovation * innovation + std::log(2.0 * std::numbers::pi * s));
    const VectorXd gain = L_ * f / s;
    m_ += gain * residual;
    L_ -= gain * f.transpose() / (1.0 + std::sqrt(r / s));
    return true;
  }

  const Observed& observed_;
  VectorXd m_;
  MatrixXd L_;
  VectorXd terms_;   // what the mean sums up, without signs
  VectorXd spread_;  // the largest standard deviations so far
  double steps_ = 0.0;
};

void check_observed(const Observed& observed, Index n, Index times, std::size_t output) {
  const auto fail = [&](const std::string& what) {
    throw ParameterError(fmt::format("output {} of the observed path: {}", output + 1, what));
  };
  const Index r = observed.C.rows();
  if (observed.y.rows() != r || observed.sigma.size() != r || (r > 0 && observed.C.cols() != n) ||
      (r > 0 && observed.y.cols() != times)) {
    fail(
        fmt::format("C is {} x {}, y {} x {}, with {} standard deviations; beside {} numbers a "
                    "state and {} times they must be r x {}, r x {} and r",
                    r, observed.C.cols(), observed.y.rows(), observed.y.cols(),
                    observed.sigma.size(), n, times, n, times));
  }
  if (!observed.C.allFinite() || observed.y.array().isInf().any()) {
    fail("a value is infinite, or an entry of C is no number");
  }
  if (!(observed.sigma.array() >= 0.0).all() || !observed.sigma.allFinite()) {
    fail("a standard deviation of measurement is negative or no finite number");
  }
}

void check(const core::SecondOrderSystem& system, const ObservedPath& path,
           const GaussianStart& start) {
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const Index n = overdamped ? system.size() : 2 * system.size();
  const Index m = system.outputs();
  if (start.mean.rows() != n || start.mean.cols() != m || start.covariance.rows() != n ||
      start.covariance.cols() != n) {
    throw ParameterError(fmt::format(
        "the start has a mean of {} x {} and a covariance of {} x {}; they must be {} x {} and {} "
        "x {}",
        start.mean.rows(), start.mean.cols(), start.covariance.rows(), start.covariance.cols(), n,
        m, n, n));
  }
  if (!start.mean.allFinite() || !start.covariance.allFinite()) {
    throw ParameterError("the start has numbers that are not finite");
  }
  if (static_cast<Index>(path.outputs.size()) != m) {
    throw ParameterError(
        fmt::format("the observed path has {} outputs, the system {}", path.outputs.size(), m));
  }
  for (std::size_t p = 0; p < path.outputs.size(); ++p) {
    check_observed(path.outputs[p], n, static_cast<Index>(path.times.size()), p);
  }
}

std::vector<Filter> make_filters(const ObservedPath& path, const GaussianStart& start, Keep keep,
                                 FilterResult& result) {
  const MatrixXd L = factor(start.covariance);
  const auto times = static_cast<Index>(path.times.size());
  std::vector<Filter> filters;
  for (std::size_t p = 0; p < path.outputs.size(); ++p) {
    filters.emplace_back(path.outputs[p], start.mean.col(static_cast<Index>(p)), L);
    FilteredOutput& out = result.outputs.emplace_back();
    out.innovations = MatrixXd::Constant(path.outputs[p].y.rows(), times, kNaN);
    if (keep == Keep::states) out.means = MatrixXd::Constant(L.rows(), times, kNaN);
  }
  return filters;
}

}  // namespace

GaussianStart make_start(const StationaryState& state) {
  GaussianStart start;
  start.covariance = state.covariance();
  start.mean = MatrixXd::Zero(start.covariance.rows(), state.mean.cols());
  start.mean.topRows(state.mean.rows()) = state.mean;
  return start;
}

double FilterResult::chi_squared() const {
  double sum = 0.0;
  for (const FilteredOutput& out : outputs) {
    sum += out.innovations.array().isNaN().select(0.0, out.innovations.array()).square().sum();
  }
  return sum;
}

LagCorrelation FilterResult::lag_one_correlation() const {
  LagCorrelation lag;
  for (const FilteredOutput& out : outputs) {
    for (Index k = 1; k < out.innovations.cols(); ++k) {
      for (Index i = 0; i < out.innovations.rows(); ++i) {
        const double product = out.innovations(i, k) * out.innovations(i, k - 1);
        if (std::isnan(product)) continue;
        lag.value += product;
        ++lag.pairs;
      }
    }
  }
  if (lag.pairs > 0) lag.value /= static_cast<double>(lag.pairs);
  return lag;
}

FilterResult filter_path(const core::SecondOrderSystem& system, const ObservedPath& path,
                         const GaussianStart& start, Keep keep) {
  check(system, path, start);
  FilterResult result;
  std::vector<Filter> filters = make_filters(path, start, keep, result);
  const DenseDrift drift = make_dense_drift(system);
  GapCache<Transition> transitions([&](double gap) {
    core::Moments moments = core::propagate_moments(drift.A, drift.b, drift.Q, gap);
    MatrixXd noise = factor(moments.covariance);
    return Transition{std::move(moments), std::move(noise)};
  });
  for (std::size_t k = 0; k < path.times.size(); ++k) {
    const Transition* transition =
        k == 0 ? nullptr : &transitions.between(path.times[k - 1], path.times[k]);
    const auto time = static_cast<Index>(k);
    for (std::size_t p = 0; p < filters.size(); ++p) {
      FilteredOutput& out = result.outputs[p];
      if (transition) filters[p].predict(*transition, static_cast<Index>(p));
      if (!filters[p].measure(time, result, out)) {
        result.log_likelihood = -std::numeric_limits<double>::infinity();
        return result;
      }
      if (keep != Keep::states) continue;
      out.means.col(time) = filters[p].mean();
      out.covariances.push_back(filters[p].covariance());
    }
  }
  return result;
}

}  // namespace springspice::dynamics
