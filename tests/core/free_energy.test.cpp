#include "core/free_energy.hpp"

#include <cmath>
#include <numbers>

#include <Eigen/Dense>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "core/learning_free_energy.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;

namespace {

EnergySystem one_oscillator(double mass, double stiffness, double force, double constant,
                            double kT) {
  EnergySystem out;
  out.system.M = Eigen::MatrixXd::Constant(1, 1, mass).sparseView();
  out.system.K = Eigen::MatrixXd::Constant(1, 1, stiffness).sparseView();
  out.system.D = out.system.M;
  out.system.f = Eigen::MatrixXd::Constant(1, 1, force);
  out.system.kT = kT;
  out.system.shape = {1};
  out.constant = constant;
  return out;
}

// The integral of a function that vanishes at both ends, in equal steps: exact to rounding.
template <class Function>
double integrate(const Function& f) {
  double sum = 0.0;
  for (double x = -20.0; x <= 20.0; x += 0.01) sum += 0.01 * f(x);
  return sum;
}

// Two sticks of mass 1.2, two outputs, kT 0.7.
EnergySystem three_coordinates() {
  EnergySystem out;
  Eigen::MatrixXd M(3, 3), K(3, 3), f(3, 2);
  M << 0.4, 0.2, 0, 0.2, 0.8, 0.2, 0, 0.2, 0.4;
  K << 3, -1, 0.5, -1, 2, -0.5, 0.5, -0.5, 1.5;
  f << 1, -0.5, 2, -0.5, 3, -0.5;
  out.system.M = M.sparseView();
  out.system.D = out.system.M;
  out.system.K = K.sparseView();
  out.system.f = f;
  out.system.kT = 0.7;
  out.system.shape = {3};
  out.constant = 4.25;
  return out;
}

}  // namespace

TEST_CASE("the free energy of one oscillator, against the integrals themselves") {
  const double mass = 1.7, k = 2.3, f = 0.9, c = 0.4, kT = 0.6;
  const EnergySystem energy = one_oscillator(mass, k, f, c, kT);
  const double x = integrate([&](double q) { return std::exp(-(k / 2 * q * q - f * q + c) / kT); });
  const double p = integrate([&](double q) { return std::exp(-q * q / (2 * mass) / kT); });
  const double v = integrate([&](double q) { return std::exp(-mass * q * q / 2 / kT); });
  CHECK(compute_free_energy(energy, Conjugate::momentum).total() ==
        Approx(-kT * std::log(x * p)).epsilon(1e-12));
  CHECK(compute_free_energy(energy, Conjugate::velocity).total() ==
        Approx(-kT * std::log(x * v)).epsilon(1e-12));
  EnergySystem overdamped = energy;
  overdamped.system.dynamics = Dynamics::overdamped;
  overdamped.system.M.resize(0, 0);
  CHECK(compute_free_energy(overdamped, Conjugate::momentum).total() ==
        Approx(-kT * std::log(x)).epsilon(1e-12));
  CHECK(compute_free_energy(overdamped, Conjugate::momentum).motion == 0.0);
}

TEST_CASE("the free energy of coupled coordinates and two outputs, against numpy") {
  // numpy: constant - sum(f * solve(K, f)) / 2, -kT/2 * 2 * (3 log(2 pi kT) - slogdet(K)),
  // -kT/2 * 2 * (3 log(2 pi kT) +- slogdet(M)).
  const FreeEnergy momentum = compute_free_energy(three_coordinates(), Conjugate::momentum);
  CHECK(momentum.minimum == Approx(-1.8703703703703694).epsilon(1e-14));
  CHECK(momentum.positions == Approx(-1.7738447037691805).epsilon(1e-14));
  CHECK(momentum.motion == Approx(-1.4701394959282772).epsilon(1e-14));
  CHECK(momentum.total() == Approx(-5.114354570067826).epsilon(1e-14));
  const FreeEnergy velocity = compute_free_energy(three_coordinates(), Conjugate::velocity);
  CHECK(velocity.motion == Approx(-4.750909418448298).epsilon(1e-14));
  CHECK(velocity.positions == momentum.positions);
}

TEST_CASE("U_min is what the fit of the data leaves, beside dense least squares") {
  const auto s = sample::make_sample({3, 2}, 2, 60, 11);
  Parameters parameters;
  parameters.spring = 1.3;
  parameters.kT = 0.2;
  const EnergySystem energy{make_system(s.data, parameters),
                            potential_constant(s.data, parameters)};
  double left = 0.0;
  for (Eigen::Index p = 0; p < 2; ++p) {
    const Eigen::VectorXd x = s.W.colPivHouseholderQr().solve(s.y.col(p));
    left += 0.65 * (s.W * x - s.y.col(p)).squaredNorm();
  }
  const FreeEnergy found = compute_free_energy(energy, Conjugate::momentum);
  // What cancels is the constant, whose rounding is eps times its 120 terms.
  CHECK(std::abs(found.minimum - left) < 120 * sample::kEps * energy.constant);
  const Eigen::MatrixXd K = energy.system.K, M = energy.system.M;
  const double unit = 12 * std::log(2 * std::numbers::pi * 0.2);
  CHECK(found.positions == Approx(-0.2 * (unit - std::log(K.determinant()))).epsilon(1e-12));
  CHECK(found.motion == Approx(-0.2 * (unit + std::log(M.determinant()))).epsilon(1e-12));
}

TEST_CASE("the determinants of many coordinates neither over- nor underflow") {
  // 60 x 60 nodes: det(2 pi kT M) is some 1e-8000.
  const auto s = sample::make_sample({59, 59}, 1, 1, 5);
  Parameters parameters;
  parameters.spring = 0.0;
  parameters.pin_spring = 2.0;
  parameters.kT = 1e-3;
  parameters.mass = 1e-3;
  const SecondOrderSystem system = make_system(s.data, parameters);
  const FreeEnergy found = compute_free_energy({system, 0.0}, Conjugate::momentum);
  // Pins alone: each coordinate is an oscillator of stiffness 2.
  const double each = -0.5e-3 * std::log(2 * std::numbers::pi * 1e-3 / 2.0);
  CHECK(found.positions == Approx(3600 * each).epsilon(1e-12));
  // Twice the mass adds -kT/2 ln 2 a coordinate.
  parameters.mass *= 2.0;
  const FreeEnergy heavier =
      compute_free_energy({make_system(s.data, parameters), 0.0}, Conjugate::momentum);
  CHECK(heavier.motion - found.motion == Approx(-3600 * 0.5e-3 * std::log(2.0)).epsilon(1e-10));
}

TEST_CASE("data switched on over pins: what learning costs") {
  const auto s = sample::make_sample({3, 2}, 1, 7, 77);
  Parameters parameters;
  parameters.dynamics = Dynamics::overdamped;
  parameters.spring = 1.3;
  parameters.kT = 0.2;
  const auto priors = make_target_priors(s.data, parameters);
  const double cost = learning_free_energy(make_system(s.data, parameters), priors)(0);
  // The pins of the prior as the model's own; there is data for 7 of 12 nodes at most.
  parameters.pin_spring = parameters.kT / (priors[0].spread * priors[0].spread);
  const auto free_energy = [&](double spring) {
    parameters.spring = spring;
    const EnergySystem energy{make_system(s.data, parameters),
                              potential_constant(s.data, parameters)};
    return compute_free_energy(energy, Conjugate::momentum).total();
  };
  CHECK(cost > 0.5);
  CHECK(free_energy(1.3) - free_energy(0.0) == Approx(cost).epsilon(1e-12));
}

TEST_CASE("mistake: a free energy of what is not held, or at no temperature") {
  const EnergySystem cold = one_oscillator(1, 1, 0, 0, 0.0);
  CHECK_THROWS_AS(compute_free_energy(cold, Conjugate::momentum), ParameterError);
  CHECK_THROWS_WITH(compute_free_energy(cold, Conjugate::momentum),
                    ContainsSubstring("kT is 0; give --kT"));

  // Two of three coordinates are held to each other only.
  EnergySystem loose = three_coordinates();
  Eigen::MatrixXd K(3, 3);
  K << 1, -1, 0, -1, 1, 0, 0, 0, 2;
  loose.system.K = K.sparseView();
  CHECK_THROWS_AS(compute_free_energy(loose, Conjugate::momentum), InputError);
  CHECK_THROWS_WITH(
      compute_free_energy(loose, Conjugate::momentum),
      ContainsSubstring("1 of 3 directions are free (rank 2), over 2 nodes: 0, 1; "
                        "--pin-spring holds them, --neighbor-spring where a data point pulls"));
  K << 1, 0, 0, 0, -1, 0, 0, 0, 2;
  loose.system.K = K.sparseView();
  CHECK_THROWS_AS(compute_free_energy(loose, Conjugate::momentum), InputError);
  CHECK_THROWS_WITH(compute_free_energy(loose, Conjugate::momentum),
                    ContainsSubstring("K is not positive semidefinite"));
}
