// Explicit Euler-Maruyama over a batch.
#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>

#include "core/extreme_modes.hpp"
#include "sim/dynamics/stable_step.hpp"
#include "sim/training/batch_rows.hpp"
#include "sim/training/batch_stepper.hpp"

namespace springspice::training {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Above, the b x b matrix of a batch costs more than it saves.
constexpr Index kPushLimit = 256;
// Above, the fastest mode of a batch comes from Lanczos iteration, to 1e-4.
constexpr Index kDenseModes = 500;
// Normals drawn at a time: they stay in the cache, and one product colours them all.
constexpr Index kNoiseBlock = 1 << 13;

struct Range {
  double least = 0.0, most = 0.0;
};

class EulerStepper final : public BatchStepper {
 public:
  EulerStepper(const StepperRequest& request, std::int64_t steps)
      : system_(request.system),
        noise_(request.noise),
        inertia_(request.system.inertia()),
        batch_(request.rows),
        steps_(steps),
        h_(request.time / static_cast<double>(steps)) {
    const Index size = system_.rest.size();
    const auto rows = static_cast<Index>(request.batch);
    by_push_ = !system_.always_sprung() && rows < size && rows <= kPushLimit;
    for (Index i = 0; i < size; ++i) {
      double loose = 0.0;  // R_ii less the rest of its column
      for (core::SparseMatrix::InnerIterator it(system_.inertia(), i); it; ++it) {
        loose += it.row() == i ? it.value() : -std::abs(it.value());
      }
      least_inertia_ = std::min(least_inertia_, loose);
    }
    residual_.resize(rows);
    change_.resize(size);
    force_.resize(size);
    slide_.resize(size);
    set_noise(size);
  }

  void advance(const Batch& batch, core::State& state) override;
  double largest_stable_step(const Batch& batch, double step) override;

 private:
  void set_noise(Index size);
  void draw(const Batch& batch, Index output, std::int64_t first);
  void add_change(const double* x, Index output, double* to);
  Range bound_stiffness();
  Range find_stiffness() const;
  double limit(const Range& range) const {
    return dynamics::largest_euler_step(system_.rest.dynamics, system_.friction, range.least,
                                        range.most);
  }

  const LearningSystem& system_;
  BatchNoise noise_;
  InverseInertia inertia_;
  BatchRows batch_;
  std::int64_t steps_;
  double h_;
  bool by_push_ = false;
  double least_inertia_ = std::numeric_limits<double>::infinity();
  MatrixXd push_, gram_;  // h k R^-1 W^T; k W R^-1 W^T
  VectorXd residual_, force_, change_, slide_;
  MatrixXd white_, colored_;  // noise of a block of steps; empty without noise
  VectorXd amplitude_;        // of `diagonal` noise; empty for a coloured one
  double scale_ = 0.0;
};

void EulerStepper::set_noise(Index size) {
  if (system_.rest.kT == 0.0) return;
  const Index block = std::clamp<Index>(kNoiseBlock / size, 1, steps_);
  white_.resize(size, block);
  if (system_.velocity_noise.size() > 0) {
    amplitude_ = (h_ * system_.velocity_noise).cwiseSqrt();
    return;
  }
  colored_.resize(size, block);
  const double rate = system_.underdamped() ? system_.friction : 1.0;
  scale_ = std::sqrt(2.0 * system_.rest.kT * rate * h_);
}

// The noise of the next block of steps, into white_.
void EulerStepper::draw(const Batch& batch, Index output, std::int64_t first) {
  noise_.fill(static_cast<std::uint64_t>(output), batch.number, static_cast<std::uint64_t>(first),
              white_);
  if (amplitude_.size() > 0) {
    white_.array().colwise() *= amplitude_.array();
  } else {
    inertia_.color(white_, colored_);
    white_ = scale_ * colored_;
  }
}

// to += h R^-1 (f_b - K_b x)
void EulerStepper::add_change(const double* x, Index output, double* to) {
  const Index size = system_.rest.size();
  Eigen::Map<VectorXd> result(to, size);
  batch_.subtract_from_targets(x, output, residual_.data());
  if (by_push_) {
    result.noalias() += push_ * residual_.head(batch_.size());
    return;
  }
  force_ = system_.rest.f.col(output);
  if (system_.always_sprung()) {
    force_.noalias() -= system_.rest.K * Eigen::Map<const VectorXd>(x, size);
  }
  for (Index j = 0; j < batch_.size(); ++j) {
    const auto nodes = batch_.nodes(j);
    const auto weights = batch_.weights(j);
    const double pull = system_.spring * residual_[j];
    for (std::size_t c = 0; c < nodes.size(); ++c) force_[nodes[c]] += pull * weights[c];
  }
  inertia_.accelerate(force_, change_);
  result += h_ * change_;
}

void EulerStepper::advance(const Batch& batch, core::State& state) {
  batch_.gather(batch.rows);
  if (by_push_) batch_.compute_push(inertia_, h_ * system_.spring, push_);
  const double keep = 1.0 - h_ * system_.friction;
  const Index block = white_.cols();
  for (Index p = 0; p < state.x.cols(); ++p) {
    auto x = state.x.col(p);
    for (std::int64_t n = 0; n < steps_; ++n) {
      if (block > 0 && n % block == 0) draw(batch, p, n);
      if (system_.underdamped()) {
        auto v = state.v.col(p);
        // Both changes start from the old state.
        slide_ = h_ * v;
        v *= keep;
        add_change(x.data(), p, v.data());
        x += slide_;
        if (block > 0) v += white_.col(n % block);
      } else {
        add_change(x.data(), p, x.data());
        if (block > 0) x += white_.col(n % block);
      }
    }
  }
}

// Cheap: the largest row sum of k W R^-1 W^T, or of K_b over Gershgorin's least R.
Range EulerStepper::bound_stiffness() {
  if (by_push_) {
    batch_.compute_push(inertia_, system_.spring, push_);
    batch_.compute_gram(push_, gram_);
    return {0.0, gram_.cwiseAbs().colwise().sum().maxCoeff()};
  }
  if (least_inertia_ <= 0.0) return {0.0, std::numeric_limits<double>::infinity()};
  force_.setZero();
  for (Index j = 0; j < batch_.size(); ++j) {
    const auto nodes = batch_.nodes(j);
    const auto weights = batch_.weights(j);
    double sum = 0.0;
    for (const double weight : weights) sum += weight;
    for (std::size_t c = 0; c < nodes.size(); ++c) {
      force_[nodes[c]] += system_.spring * weights[c] * sum;
    }
  }
  for (Index i = 0; i < force_.size(); ++i) {
    for (core::SparseMatrix::InnerIterator it(system_.rest.K, i); it; ++it) {
      force_[i] += std::abs(it.value());
    }
  }
  return {0.0, force_.maxCoeff() / least_inertia_};
}

Range EulerStepper::find_stiffness() const {
  if (by_push_) {
    // Fewer springs than coordinates: some mode is free.
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(gram_, Eigen::EigenvaluesOnly);
    return {0.0, std::max(0.0, solver.eigenvalues().maxCoeff())};
  }
  core::SecondOrderSystem all = system_.rest;
  SpringRows rows;
  rows.coordinates = all.size();
  rows.corners = batch_.nodes(0).size();
  for (Index j = 0; j < batch_.size(); ++j) {
    rows.nodes.insert(rows.nodes.end(), batch_.nodes(j).begin(), batch_.nodes(j).end());
    rows.weights.insert(rows.weights.end(), batch_.weights(j).begin(), batch_.weights(j).end());
  }
  all.K += sum_stiffness(rows, system_.spring);
  if (all.size() <= kDenseModes) {
    const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXd> solver(
        MatrixXd(all.K), MatrixXd(system_.inertia()), Eigen::EigenvaluesOnly);
    return {std::max(0.0, solver.eigenvalues().minCoeff()), solver.eigenvalues().maxCoeff()};
  }
  const core::NullSpace free = core::find_null_space(all.K);
  const auto [least, most] = core::find_extreme_stiffness(all, free);
  // Lanczos' largest is low by up to 1e-4.
  return {free.dimension() > 0 ? 0.0 : least, most * (1.0 + 1e-4)};
}

double EulerStepper::largest_stable_step(const Batch& batch, double step) {
  batch_.gather(batch.rows);
  const double safe = limit(bound_stiffness());
  return safe >= step ? safe : limit(find_stiffness());
}

}  // namespace

std::unique_ptr<BatchStepper> make_euler_stepper(const StepperRequest& request,
                                                 std::int64_t steps) {
  return std::make_unique<EulerStepper>(request, steps);
}

}  // namespace springspice::training
