#include "sim/exact_step.hpp"

#include <cassert>

#include <unsupported/Eigen/MatrixFunctions>

#include "core/langevin.hpp"

namespace springspice::sim {
namespace {

using core::State;

}  // namespace

ExactStep::ExactStep(const core::SecondOrderSystem& system, const std::optional<core::Modes>& modes,
                     const State& start, double h)
    : system_(system),
      modes_(modes),
      overdamped_(system.dynamics == core::Dynamics::overdamped),
      h_(h) {
  assert(available(system, modes));
  modes_ ? make_modal_step(start, h) : make_dense_step(start, h);
}

void ExactStep::make_modal_step(const State& start, double h) {
  const core::SparseMatrix& inertia = overdamped_ ? system_.D : system_.M;
  q_ = modes_->shapes.transpose() * (inertia * start.x);
  rate_ = overdamped_ ? Eigen::MatrixXd::Zero(q_.rows(), q_.cols())
                      : Eigen::MatrixXd(h * modes_->shapes.transpose() * (inertia * start.v));
  for (Eigen::Index k = 0; k < q_.rows(); ++k) {
    const double stiffness = modes_->stiffness(k);
    Eigen::Matrix4d generator = Eigen::Matrix4d::Zero();
    if (overdamped_) {
      // (q, -, h p0, h dp): the second state stays at 0.
      generator(0, 0) = -stiffness * h;
      generator(0, 2) = 1.0;
    } else {
      generator(0, 1) = 1.0;
      generator(1, 0) = -stiffness * h * h;
      generator(1, 1) = -modes_->friction * h;
      generator(1, 2) = 1.0;
    }
    generator(2, 3) = 1.0;
    const Eigen::Matrix4d exponential = generator.exp();
    modal_.push_back(exponential.topRows<2>());
  }
}

// (x, v, F0, F1 - F0): F enters through M^-1 (overdamped: D^-1).
void ExactStep::make_dense_step(const State& start, double h) {
  core::SecondOrderSystem quiet = system_;
  quiet.kT = 0.0;
  quiet.noise_model = core::NoiseModel::fdt;
  quiet.f = Eigen::MatrixXd::Identity(system_.size(), system_.size());
  const core::LangevinSystem langevin = core::make_langevin(quiet);  // b is the force's way in
  const Eigen::Index n = langevin.A.rows();
  const Eigen::Index nu = system_.size();
  Eigen::MatrixXd generator = Eigen::MatrixXd::Zero(n + 2 * nu, n + 2 * nu);
  generator.topLeftCorner(n, n) = h * Eigen::MatrixXd(langevin.A);
  generator.block(0, n, n, nu) = h * langevin.b;
  generator.block(n, n + nu, nu, nu).setIdentity();
  dense_ = Eigen::MatrixXd(generator.exp()).topRows(n);
  theta_.resize(n, start.x.cols());
  theta_.topRows(nu) = start.x;
  if (n > nu) theta_.bottomRows(nu) = start.v;
}

void ExactStep::step(const Eigen::MatrixXd& left, const Eigen::MatrixXd& right) {
  if (!modes_) {
    Eigen::MatrixXd all(dense_.cols(), theta_.cols());
    all << theta_, system_.f + left, right - left;
    theta_ = dense_ * all;
    return;
  }
  const double unit = overdamped_ ? h_ : h_ * h_;
  const Eigen::MatrixXd p = unit * (modes_->shapes.transpose() * (system_.f + left));
  const Eigen::MatrixXd dp = unit * (modes_->shapes.transpose() * (right - left));
  for (Eigen::Index k = 0; k < q_.rows(); ++k) {
    const auto& E = modal_[static_cast<std::size_t>(k)];
    const Eigen::RowVectorXd q =
        E(0, 0) * q_.row(k) + E(0, 1) * rate_.row(k) + E(0, 2) * p.row(k) + E(0, 3) * dp.row(k);
    const Eigen::RowVectorXd rate =
        E(1, 0) * q_.row(k) + E(1, 1) * rate_.row(k) + E(1, 2) * p.row(k) + E(1, 3) * dp.row(k);
    q_.row(k) = q;
    rate_.row(k) = rate;
  }
}

State ExactStep::state() const {
  const Eigen::Index nu = system_.size();
  if (!modes_) return {theta_.topRows(nu), theta_.bottomRows(theta_.rows() - nu)};
  State state{modes_->shapes * q_, {}};
  state.v =
      overdamped_ ? Eigen::MatrixXd(0, q_.cols()) : Eigen::MatrixXd(modes_->shapes * rate_ / h_);
  return state;
}

}  // namespace springspice::sim
