// Systems of three coordinates that the reference program in Python has too.
#pragma once

#include <Eigen/Core>

#include "core/modes.hpp"
#include "core/null_space.hpp"
#include "core/system.hpp"

namespace small {

using springspice::core::Dynamics;
using springspice::core::NoiseModel;
using springspice::core::SecondOrderSystem;

inline constexpr double kT = 0.7;

inline Eigen::MatrixXd matrix_3(double a, double b, double c, double d, double e, double f) {
  Eigen::MatrixXd out(3, 3);
  out << a, b, c, b, d, e, c, e, f;
  return out;
}

inline SecondOrderSystem make(Dynamics dynamics, const Eigen::MatrixXd& M, const Eigen::MatrixXd& D,
                              const Eigen::MatrixXd& K) {
  SecondOrderSystem system;
  system.dynamics = dynamics;
  if (dynamics == Dynamics::underdamped) system.M = M.sparseView();
  system.D = D.sparseView();
  system.K = K.sparseView();
  system.f = Eigen::MatrixXd::Zero(K.rows(), 2);
  for (Eigen::Index i = 0; i < K.rows(); ++i) {
    system.f(i, 0) = 1.0 + static_cast<double>(i);
    system.f(i, 1) = -0.5;
  }
  system.kT = kT;
  system.shape = {static_cast<int>(K.rows())};
  return system;
}

inline Eigen::MatrixXd stiffness() { return matrix_3(3, -1, 0.5, 2, -0.5, 1.5); }

/// D is not gamma M.
inline SecondOrderSystem general(Dynamics dynamics = Dynamics::underdamped) {
  return make(dynamics, matrix_3(2, 0.5, 0, 1.5, 0.25, 1), matrix_3(1, 0.2, 0, 0.6, -0.1, 0.3),
              stiffness());
}

/// Two sticks of mass 1.2, gamma = 0.8.
inline SecondOrderSystem sticks(NoiseModel noise_model) {
  const double m = 1.2;
  const Eigen::MatrixXd M = matrix_3(m / 3, m / 6, 0, 2 * m / 3, m / 6, m / 3);
  SecondOrderSystem system = make(Dynamics::underdamped, M, 0.8 * M, stiffness());
  system.noise_model = noise_model;
  system.stick_mass = m;
  return system;
}

/// x'' + gamma x' + omega2 x = F, mass 1.
inline SecondOrderSystem oscillator(double gamma, double omega2) {
  const Eigen::MatrixXd one = Eigen::MatrixXd::Ones(1, 1);
  return make(Dynamics::underdamped, one, gamma * one, omega2 * one);
}

/// A system with its null space and modes.
struct Prepared {
  SecondOrderSystem system;
  springspice::core::NullSpace null_space;
  std::optional<springspice::core::Modes> modes;

  explicit Prepared(SecondOrderSystem given)
      : system(std::move(given)),
        null_space(springspice::core::find_null_space(system.K)),
        modes(springspice::core::compute_modes(system, null_space)) {}
};

inline double largest_difference(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return (a - b).cwiseAbs().maxCoeff();
}

}  // namespace small
