#include "sim/thermo/staircase.hpp"

namespace springspice::thermo {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

double lambda_of(const Protocol& protocol, std::uint64_t number) {
  if (number == 0) return 0.0;
  return number > protocol.steps ? 1.0 : protocol.lambda(number - 1);
}

bool is_underdamped(const core::SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::underdamped;
}

bool holds_momenta(const Protocol& protocol) {
  const core::SecondOrderSystem& from = protocol.from.system;
  return is_underdamped(from) && protocol.held == core::Conjugate::momentum &&
         (protocol.to.system.M - from.M).norm() > 0.0;
}

}  // namespace

std::uint64_t count_levels(const Protocol& protocol) { return protocol.steps + 2; }

Level::Level(const Protocol& protocol, std::uint64_t number)
    : lambda_(lambda_of(protocol, number)), energy_(interpolate(protocol, lambda_)) {
  if (number == 0 || !holds_momenta(protocol)) return;
  mass_below_ = interpolate(protocol, lambda_of(protocol, number - 1)).system.M;
  mass_.emplace(energy_.system.M, "M");
}

Eigen::VectorXd Level::measure(const MatrixXd& theta) const {
  const core::SecondOrderSystem& system = energy_.system;
  const Index nu = system.size(), m = system.outputs();
  const auto x = theta.topRows(nu);
  MatrixXd force = system.K * x;
  force *= 0.5;
  for (Index c = 0; c < force.cols(); ++c) force.col(c) -= system.f.col(c % m);
  Eigen::RowVectorXd columns = force.cwiseProduct(x).colwise().sum();
  if (is_underdamped(system)) {
    const auto v = theta.bottomRows(nu);
    force.noalias() = system.M * v;
    columns += 0.5 * force.cwiseProduct(v).colwise().sum();
  }
  const Eigen::VectorXd runs = columns.reshaped(m, theta.cols() / m).colwise().sum().transpose();
  return runs.array() + energy_.constant;
}

double Level::measure_mean(const MatrixXd& mean, const MatrixXd& covariance) const {
  const core::SecondOrderSystem& system = energy_.system;
  const Index nu = system.size();
  // tr(K Theta), both symmetric.
  double twice = system.K.cwiseProduct(covariance.topLeftCorner(nu, nu)).sum();
  if (is_underdamped(system)) {
    twice += system.M.cwiseProduct(covariance.bottomRightCorner(nu, nu)).sum();
  }
  return measure(mean)(0) + 0.5 * static_cast<double>(system.outputs()) * twice;
}

void Level::kick(Eigen::Ref<MatrixXd> velocities) const {
  const MatrixXd momenta = mass_below_ * velocities;
  velocities = momenta;
  mass_->solve_in_place(velocities);
}

void Level::kick(MatrixXd& mean, MatrixXd& covariance) const {
  const Index nu = energy_.system.size();
  kick(mean.bottomRows(nu));
  kick(covariance.bottomRows(nu));
  covariance.transposeInPlace();
  kick(covariance.bottomRows(nu));
}

}  // namespace springspice::thermo
