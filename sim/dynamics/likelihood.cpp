#include "sim/dynamics/likelihood.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/moments.hpp"
#include "sim/dynamics/gap_cache.hpp"
#include "sim/dynamics/stationary_state.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kSingular = 1e-10;
constexpr double kRounding = 64.0 * std::numeric_limits<double>::epsilon();

// The Gaussian of one gap. The coordinates that noise reaches have Sigma scaled to a unit diagonal
// and factorised.
class Transition {
 public:
  explicit Transition(core::Moments given) : moments(std::move(given)) {
    const MatrixXd& covariance = moments.covariance;
    for (Index i = 0; i < covariance.rows(); ++i) {
      (covariance(i, i) > 0.0 ? noisy_ : exact_).push_back(i);
    }
    if (noisy_.empty()) return;
    const MatrixXd part = covariance(noisy_, noisy_);
    inverse_scale_ = part.diagonal().cwiseSqrt().cwiseInverse();
    factor_.compute(inverse_scale_.asDiagonal() * part * inverse_scale_.asDiagonal());
    if (factor_.info() != Eigen::Success || factor_.rcond() < kSingular) {
      throw core::ParameterError(
          "the noise of one gap does not reach every direction of positions and velocities, or "
          "cannot be told from that, so full states have no density; give the path with "
          "--measurement-noise above 0, or wider gaps");
    }
    log_norm_ = MatrixXd(factor_.matrixL()).diagonal().array().log().sum() -
                inverse_scale_.array().log().sum() +
                0.5 * static_cast<double>(noisy_.size()) * std::log(2.0 * std::numbers::pi);
  }

  core::Moments moments;

  const std::vector<Index>& noisy() const { return noisy_; }
  const std::vector<Index>& exact() const { return exact_; }
  double log_norm() const { return log_norm_; }
  double squared_innovation(const VectorXd& residual) const {
    if (noisy_.empty()) return 0.0;
    return factor_.matrixL().solve(inverse_scale_.cwiseProduct(residual(noisy_))).squaredNorm();
  }

 private:
  std::vector<Index> noisy_, exact_;
  VectorXd inverse_scale_;
  Eigen::LLT<MatrixXd> factor_;
  double log_norm_ = 0.0;
};

MatrixXd stack(const core::SecondOrderSystem& system, const core::State& state, std::size_t k) {
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const Index nu = system.size();
  const Index moving = overdamped ? 0 : nu;
  if (state.x.rows() != nu || state.x.cols() != system.outputs() || state.v.rows() != moving ||
      (moving > 0 && state.v.cols() != system.outputs())) {
    throw core::ParameterError(fmt::format(
        "state {} of the path has {} x {} positions and {} x {} velocities, but the system has {} "
        "coordinates and {} outputs",
        k, state.x.rows(), state.x.cols(), state.v.rows(), state.v.cols(), nu, system.outputs()));
  }
  MatrixXd theta(nu + moving, system.outputs());
  theta.topRows(nu) = state.x;
  if (!overdamped) theta.bottomRows(nu) = state.v;
  if (!theta.allFinite()) {
    throw core::ParameterError(fmt::format("state {} of the path is not finite", k));
  }
  return theta;
}

// Whether the exact coordinates are where the prediction has them.
bool follows(const Transition& transition, const MatrixXd& before, const MatrixXd& after,
             const MatrixXd& residual) {
  const core::Moments& moments = transition.moments;
  const double rounding = kRounding * static_cast<double>(before.rows());
  for (Index p = 0; p < before.cols(); ++p) {
    for (const Index i : transition.exact()) {
      const double terms =
          moments.propagator.row(i).cwiseAbs().dot(before.col(p).cwiseAbs().transpose()) +
          std::abs(moments.drift(i, p)) + std::abs(after(i, p));
      if (std::abs(residual(i, p)) > rounding * terms) return false;
    }
  }
  return true;
}

}  // namespace

PathLikelihood compute_path_likelihood(const core::SecondOrderSystem& system,
                                       std::span<const double> times,
                                       std::span<const core::State> states) {
  if (times.size() != states.size()) {
    throw core::ParameterError(
        fmt::format("the path has {} times and {} states", times.size(), states.size()));
  }
  PathLikelihood out;
  if (times.empty()) return out;
  const DenseDrift drift = make_dense_drift(system);
  GapCache<Transition> transitions([&](double gap) {
    return Transition(core::propagate_moments(drift.A, drift.b, drift.Q, gap));
  });
  MatrixXd before = stack(system, states[0], 0);
  for (std::size_t k = 1; k < times.size(); ++k) {
    const Transition& transition = transitions.between(times[k - 1], times[k]);
    const MatrixXd after = stack(system, states[k], k);
    const MatrixXd residual =
        after - transition.moments.propagator * before - transition.moments.drift;
    if (!follows(transition, before, after, residual)) {
      out.log_likelihood = -std::numeric_limits<double>::infinity();
      return out;
    }
    for (Index p = 0; p < residual.cols(); ++p) {
      const double square = transition.squared_innovation(residual.col(p));
      out.chi_squared += square;
      out.log_likelihood -= 0.5 * square + transition.log_norm();
      out.observations += transition.noisy().size();
      out.noise_free += transition.exact().size();
    }
    before = after;
  }
  return out;
}

}  // namespace springspice::dynamics
