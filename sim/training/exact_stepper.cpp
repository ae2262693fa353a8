// The exact propagator over a batch.
//
// With P, S, S' the responses of a mode of stiffness w (mode_response.hpp), S_0 and e = e^(-gamma
// t) those of a free one, D = (S - S_0) / w, and g(w) between G Q and Q^T as in batch_modes.hpp,
//
//     x1 = x0 + S_0 v0 + P(y - W x0) + D(W v0)
//     v1 =        e v0 + S(y - W x0) - (P + gamma D)(W v0)
//
// for (S' - e) / w = -(P + gamma D). The noise of a mode has the lower factor l(w)
// (mode_noise.hpp); with eta_1, eta_2 ~ N(0, R^-1) and d = (l - l_0) / w, the noise of all modes is
//
//     dx = l_0 eta_1 + d(W eta_1)      and alike for v, with its two parts.
//
// The quotients lose nothing: what D loses by cancellation it loses beside S_0, and for w t^2 below
// 1e-8 they are taken there, which changes the sum by 1e-16.
#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/moments.hpp"
#include "sim/dynamics/mode_noise.hpp"
#include "sim/dynamics/mode_response.hpp"
#include "sim/training/batch_modes.hpp"
#include "sim/training/batch_stepper.hpp"

namespace springspice::training {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kQuotient = 1e-8;

/// A mode of stiffness w, or what it adds to a free one.
struct Motion {
  double force_x = 0.0, force_v = 0.0;        // P, S
  double velocity_x = 0.0, velocity_v = 0.0;  // D, S' - e; free: S_0, e
  dynamics::ModeNoise noise;                  // l_0 or d
};

class ExactStepper final : public BatchStepper {
 public:
  explicit ExactStepper(const StepperRequest& request)
      : system_(request.system),
        noise_(request.noise),
        modes_(request.system, request.rows, request.batch),
        time_(request.time),
        noisy_(system_.rest.kT > 0.0 && system_.friction > 0.0),
        free_(respond(0.0)) {}

  void advance(const Batch& batch, core::State& state) override;
  double largest_stable_step(const Batch&, double) override {
    return std::numeric_limits<double>::infinity();
  }

 private:
  Motion respond(double stiffness) const;
  Motion differ(double stiffness) const;
  void draw(const Batch& batch, Index output);
  void read(const core::State& state, Index output);
  void move(core::State& state, Index output) const;

  const LearningSystem& system_;
  BatchNoise noise_;
  BatchModes modes_;
  double time_;
  bool noisy_;
  Motion free_;
  std::vector<Motion> motions_;
  MatrixXd white_, eta_;                             // nu x 2
  MatrixXd readings_, amplitudes_, answers_, push_;  // of x, v, eta_1, eta_2; answers for x and v
};

// How a mode of this stiffness answers.
Motion ExactStepper::respond(double stiffness) const {
  Motion out;
  if (!system_.underdamped()) {
    out.force_x = time_ * dynamics::decay_mean(stiffness * time_);
    if (noisy_) {
      const double variance =
          2.0 * system_.rest.kT * time_ * dynamics::decay_mean(2.0 * stiffness * time_);
      out.noise.position = std::sqrt(variance);
    }
    return out;
  }
  const dynamics::ModeResponse r =
      dynamics::compute_mode_response(system_.friction, stiffness, time_);
  out = {r.force, r.kick, r.kick, r.kick_rate, {}};
  if (noisy_) {
    const double density = 2.0 * system_.rest.kT * system_.friction;
    out.noise = dynamics::factor_mode_noise(
        dynamics::compute_mode_covariance(system_.friction, stiffness, density, time_));
  }
  return out;
}

// P and S of this stiffness; for the others, how they differ from a free mode's, over the
// stiffness.
Motion ExactStepper::differ(double stiffness) const {
  const double unit = system_.underdamped() ? time_ * time_ : time_;
  const double at = std::max(stiffness, kQuotient / unit);
  Motion out = respond(at);
  const auto quotient = [at](double& value, double free) { value = (value - free) / at; };
  quotient(out.noise.position, free_.noise.position);
  if (system_.underdamped()) {
    quotient(out.noise.cross, free_.noise.cross);
    quotient(out.noise.velocity, free_.noise.velocity);
    quotient(out.velocity_x, free_.velocity_x);
    out.velocity_v = -(out.force_x + system_.friction * out.velocity_x);
  }
  if (at == stiffness) return out;
  const Motion exact = respond(stiffness);
  out.force_x = exact.force_x;
  out.force_v = exact.force_v;
  return out;
}

void ExactStepper::draw(const Batch& batch, Index output) {
  const Index columns = system_.underdamped() ? 2 : 1;
  white_.resize(system_.rest.size(), columns);
  eta_.resize(system_.rest.size(), columns);
  noise_.fill(static_cast<std::uint64_t>(output), batch.number, 0, white_);
  modes_.inertia().color(white_, eta_);
}

// Columns: residual of x; v where there is one; eta_1 and eta_2 likewise.
void ExactStepper::read(const core::State& state, Index output) {
  const Index kinds = system_.underdamped() ? 2 : 1;
  readings_.resize(modes_.reading(), noisy_ ? 2 * kinds : kinds);
  modes_.read_residual(state.x.col(output).data(), output, readings_.col(0).data());
  if (kinds == 2) modes_.read(state.v.col(output).data(), readings_.col(1).data());
  for (Index n = 0; noisy_ && n < kinds; ++n) {
    modes_.read(eta_.col(n).data(), readings_.col(kinds + n).data());
  }
  modes_.project(readings_, amplitudes_);
  answers_.resize(modes_.size(), kinds);
  for (Index i = 0; i < modes_.size(); ++i) {
    const Motion& m = motions_[static_cast<std::size_t>(i)];
    const auto a = amplitudes_.row(i);
    answers_(i, 0) = m.force_x * a[0];
    if (kinds == 2) {
      answers_(i, 0) += m.velocity_x * a[1];
      answers_(i, 1) = m.force_v * a[0] + m.velocity_v * a[1];
    }
    if (noisy_) answers_(i, 0) += m.noise.position * a[kinds];
    if (noisy_ && kinds == 2) answers_(i, 1) += m.noise.cross * a[2] + m.noise.velocity * a[3];
  }
  modes_.spread(answers_, push_);
}

void ExactStepper::move(core::State& state, Index output) const {
  auto x = state.x.col(output);
  x += push_.col(0);
  if (noisy_) x += free_.noise.position * eta_.col(0);
  if (!system_.underdamped()) return;
  auto v = state.v.col(output);
  x += free_.velocity_x * v;
  v = free_.velocity_v * v + push_.col(1);
  if (noisy_) v += free_.noise.cross * eta_.col(0) + free_.noise.velocity * eta_.col(1);
}

void ExactStepper::advance(const Batch& batch, core::State& state) {
  modes_.compute(batch.rows);
  motions_.resize(static_cast<std::size_t>(modes_.size()));
  for (std::size_t i = 0; i < motions_.size(); ++i) {
    motions_[i] = differ(modes_.stiffness()[static_cast<Index>(i)]);
  }
  for (Index p = 0; p < state.x.cols(); ++p) {
    if (noisy_) draw(batch, p);
    read(state, p);
    move(state, p);
  }
}

/// Independent noise on each velocity: exact moments of (x, v) as a whole.
class MomentsStepper final : public BatchStepper {
 public:
  explicit MomentsStepper(const StepperRequest& request)
      : system_(request.system),
        noise_(request.noise),
        inertia_(request.system.inertia()),
        batch_(request.rows),
        time_(request.time) {
    const Index size = system_.rest.size();
    if (size > kExactDiagonalLimit) {
      throw core::ParameterError(fmt::format(
          "--steps-per-batch exact with --noise-model diagonal takes the moments of all "
          "coordinates at once; {} nodes are above the limit of {}: give --noise-model fdt, or "
          "--steps-per-batch 100",
          size, kExactDiagonalLimit));
    }
    Q_ = MatrixXd::Zero(2 * size, 2 * size);
    Q_.diagonal().tail(size) = system_.velocity_noise;
    rest_ = MatrixXd(system_.rest.K);
    white_.resize(size, 2);
  }

  void advance(const Batch& batch, core::State& state) override;
  double largest_stable_step(const Batch&, double) override {
    return std::numeric_limits<double>::infinity();
  }

 private:
  core::Moments propagate(const Batch& batch, Index outputs);

  const LearningSystem& system_;
  BatchNoise noise_;
  InverseInertia inertia_;
  BatchRows batch_;
  double time_;
  MatrixXd Q_, rest_, white_;
};

core::Moments MomentsStepper::propagate(const Batch& batch, Index outputs) {
  const Index size = rest_.rows();
  batch_.gather(batch.rows);
  MatrixXd push;
  batch_.compute_push(inertia_, system_.spring, push);
  MatrixXd A = MatrixXd::Zero(2 * size, 2 * size);
  MatrixXd b = MatrixXd::Zero(2 * size, outputs);
  A.topRightCorner(size, size).setIdentity();
  A.bottomRightCorner(size, size).diagonal().setConstant(-system_.friction);
  for (Index i = 0; i < size; ++i) {
    inertia_.accelerate(-rest_.col(i), A.col(i).tail(size));
  }
  for (Index j = 0; j < batch_.size(); ++j) {
    const auto nodes = batch_.nodes(j);
    const auto weights = batch_.weights(j);
    for (std::size_t c = 0; c < nodes.size(); ++c) {
      A.col(nodes[c]).tail(size) -= weights[c] * push.col(j);
    }
  }
  const VectorXd zero = VectorXd::Zero(size);
  VectorXd targets(batch_.size());
  for (Index p = 0; p < outputs; ++p) {
    batch_.subtract_from_targets(zero.data(), p, targets.data());
    inertia_.accelerate(system_.rest.f.col(p), b.col(p).tail(size));
    b.col(p).tail(size) += push * targets;
  }
  return core::propagate_moments(A, b, Q_, time_);
}

void MomentsStepper::advance(const Batch& batch, core::State& state) {
  const Index size = rest_.rows();
  const core::Moments moments = propagate(batch, state.x.cols());
  // Semidefinite to rounding: a pivot below 0 is 0.
  const Eigen::LDLT<MatrixXd> factor(moments.covariance);
  const VectorXd deviation = factor.vectorD().cwiseMax(0.0).cwiseSqrt();
  for (Index p = 0; p < state.x.cols(); ++p) {
    VectorXd theta(2 * size);
    theta << state.x.col(p), state.v.col(p);
    noise_.fill(static_cast<std::uint64_t>(p), batch.number, 0, white_);
    VectorXd xi(2 * size);
    xi << white_.col(0), white_.col(1);
    xi = factor.matrixL() * VectorXd(deviation.asDiagonal() * xi);
    const VectorXd shaken = factor.transpositionsP().transpose() * xi;
    const VectorXd moved = moments.propagator * theta + moments.drift.col(p) + shaken;
    state.x.col(p) = moved.head(size);
    state.v.col(p) = moved.tail(size);
  }
}

}  // namespace

std::unique_ptr<BatchStepper> make_exact_stepper(const StepperRequest& request) {
  if (request.system.rest.kT > 0.0 && request.system.velocity_noise.size() > 0) {
    return std::make_unique<MomentsStepper>(request);
  }
  return std::make_unique<ExactStepper>(request);
}

}  // namespace springspice::training
