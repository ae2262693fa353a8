// The levels of a protocol: what is constant between two jumps.
//
//     level      0        1 ... steps                 steps + 1
//     lambda     0        protocol.lambda(0 ...)      1
//     lasts      -        duration / steps            -
//
// A level measures energies and knows what a jump onto it does to the state: positions stay, and of
// a mass that changes what the protocol holds,
//
//     velocities:  v' = v            momenta:  v' = M'^-1 M v
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <Eigen/Core>

#include "core/sparse_cholesky.hpp"
#include "sim/thermo/protocol.hpp"

namespace springspice::thermo {

/// Immutable: any number of threads may use it.
class Level {
 public:
  /// @pre number <= steps + 1; check_protocol() has passed
  Level(const Protocol& protocol, std::uint64_t number);

  double lambda() const { return lambda_; }
  double kT() const { return energy_.system.kT; }
  const core::SecondOrderSystem& system() const { return energy_.system; }
  double constant() const { return energy_.constant; }

  /// H of each run. @param theta column r m + p is output p of run r
  Eigen::VectorXd measure(const Eigen::MatrixXd& theta) const;
  /// <H> of a Gaussian state. @param mean theta's, one column an output; @param covariance of each
  double measure_mean(const Eigen::MatrixXd& mean, const Eigen::MatrixXd& covariance) const;

  /// Whether a jump from the level below changes velocities.
  bool kicks() const { return mass_.has_value(); }
  /// Velocities below to velocities here, any number of columns.
  void kick(Eigen::Ref<Eigen::MatrixXd> velocities) const;
  /// A Gaussian of positions and velocities below to one here: J mean, J Theta J^T.
  void kick(Eigen::MatrixXd& mean, Eigen::MatrixXd& covariance) const;

 private:
  double lambda_ = 0.0;
  core::EnergySystem energy_;
  core::SparseMatrix mass_below_;
  std::optional<core::SparseCholesky> mass_;
};

/// How many levels a protocol has: steps + 2.
std::uint64_t count_levels(const Protocol& protocol);

}  // namespace springspice::thermo
