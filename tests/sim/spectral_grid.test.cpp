// The quadrature is exact: integrals of spectra are the stationary moments, to rounding.
#include "sim/spectral_grid.hpp"

#include <cmath>
#include <complex>
#include <numbers>

#include <Eigen/LU>

#include "core/stationary.hpp"
#include "tests/catch.hpp"
#include "tests/sim/plain_circuit.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

core::Modes modes_of(const core::SecondOrderSystem& system) {
  const auto modes = core::compute_modes(system, core::find_null_space(system.K));
  REQUIRE(modes);
  return *modes;
}

// Integrals over the grid of the diagonals of S_x and S_v, divided by pi: variances.
struct Integrals {
  Eigen::VectorXd x, v;
};

Integrals integrate(const core::SecondOrderSystem& system,
                    const std::vector<sim::SpectralPoint>& grid) {
  const Eigen::Index nu = system.size();
  const Eigen::MatrixXd S = core::compute_force_noise_matrix(system);
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const Eigen::MatrixXd M = overdamped ? Eigen::MatrixXd::Zero(nu, nu) : Eigen::MatrixXd(system.M);
  const Eigen::MatrixXd D = system.D;
  const Eigen::MatrixXd K = system.K;
  Integrals out{Eigen::VectorXd::Zero(nu), Eigen::VectorXd::Zero(nu)};
  for (const auto& [omega, weight] : grid) {
    const Eigen::MatrixXcd Z =
        (K - omega * omega * M).cast<std::complex<double>>() + std::complex<double>(0.0, omega) * D;
    const Eigen::MatrixXcd Y = Z.inverse();
    const Eigen::VectorXd spectrum = (Y * S * Y.adjoint()).diagonal().real();
    out.x += weight / std::numbers::pi * spectrum;
    out.v += weight / std::numbers::pi * omega * omega * spectrum;
  }
  return out;
}

// The worst relative error of all variances.
double error_of(const core::SecondOrderSystem& system, double points_a_pole, std::size_t fewest) {
  const core::Modes modes = modes_of(system);
  const Integrals integrals =
      integrate(system, sim::make_spectral_grid(modes, system.dynamics, points_a_pole, fewest));
  const auto moments =
      core::solve_stationary(modes, system.dynamics, core::compute_force_noise_matrix(system));
  REQUIRE(moments);
  double error = 0.0;
  const auto compare = [&](const Eigen::VectorXd& integral, const Eigen::MatrixXd& moment) {
    const Eigen::VectorXd exact =
        (modes.shapes * moment).cwiseProduct(modes.shapes).rowwise().sum();
    error = std::max(error, (integral.cwiseQuotient(exact).array() - 1.0).abs().maxCoeff());
  };
  if (modes.free == 0) compare(integrals.x, moments->qq);
  if (system.dynamics == core::Dynamics::underdamped) compare(integrals.v, moments->vv);
  return error;
}

// Frequencies around 1, so Q is about 1/gamma.
core::SecondOrderSystem make_random(Eigen::Index n, double gamma, std::uint64_t seed) {
  const Eigen::MatrixXd M = positive_matrix(n, seed);
  return make_system_of(M, gamma * M, positive_matrix(n, seed + 1), 0.3);
}

// At Q = 300 a response is known to Q n eps = 1e-12.
constexpr double kExact = 1e-11;

}  // namespace

TEST_CASE("spectral grid: one mode at any damping") {
  for (const double Q : {0.1, 0.5, 0.7, 3.0, 300.0}) {
    for (const double points : {1.0, 4.0}) {
      CAPTURE(Q, points);
      CHECK(error_of(make_system_of(Eigen::MatrixXd::Constant(1, 1, 2.0),
                                    Eigen::MatrixXd::Constant(1, 1, 2.0 * 1.7 / Q),
                                    Eigen::MatrixXd::Constant(1, 1, 2.0 * 1.7 * 1.7), 0.3),
                     points, 1) < kExact);
    }
  }
}

TEST_CASE("spectral grid: equilibrium of random systems, Q from 0.1 to 300") {
  for (const double gamma : {10.0, 1.0, 0.1, 1.0 / 300.0}) {
    for (const double points : {1.0, 2.0, 4.0}) {
      for (const Eigen::Index n : {2, 5}) {
        CAPTURE(gamma, points, n);
        CHECK(error_of(make_random(n, gamma, 40), points, 1) < kExact);
      }
    }
  }
}

TEST_CASE("spectral grid: exact too where the fewest points decide") {
  for (const double gamma : {10.0, 0.1}) {
    for (const std::size_t fewest : {7, 8, 24}) {
      CAPTURE(gamma, fewest);
      CHECK(error_of(make_random(5, gamma, 50), 1.0, fewest) < kExact);
      CHECK(sim::make_spectral_grid(modes_of(make_random(5, gamma, 50)),
                                    core::Dynamics::underdamped, 1.0, fewest)
                .size() >= fewest);
    }
  }
}

TEST_CASE("spectral grid: `diagonal` noise, whose modes are correlated") {
  for (const int sticks : {1, 4}) {
    const core::SecondOrderSystem system = make_sticks(sticks, core::NoiseModel::diagonal, 0.3);
    for (const double points : {1.0, 4.0}) {
      CAPTURE(sticks, points);
      CHECK(error_of(system, points, 1) < kExact);
    }
  }
}

TEST_CASE("spectral grid: overdamped") {
  for (const Eigen::Index n : {1, 2, 6}) {
    const core::SecondOrderSystem system =
        make_system_of({}, positive_matrix(n, 60), positive_matrix(n, 61), 0.3);
    for (const double points : {1.0, 4.0}) {
      CAPTURE(n, points);
      CHECK(error_of(system, points, 1) < kExact);
    }
  }
}

TEST_CASE("spectral grid: equal modes count once, critically damped ones are exact") {
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(3, 3);
  const core::SecondOrderSystem equal = make_system_of(one, 0.2 * one, 4.0 * one, 0.3);
  CHECK(sim::make_spectral_grid(modes_of(equal), equal.dynamics, 2.0, 1).size() == 2);
  CHECK(error_of(equal, 1.0, 1) < kExact);
  const core::SecondOrderSystem critical = make_system_of(one, 4.0 * one, 4.0 * one, 0.3);
  CHECK(error_of(critical, 1.0, 1) < kExact);
}

TEST_CASE("spectral grid: free modes have finite velocity integrals") {
  Eigen::MatrixXd K = positive_matrix(4, 71);
  K.row(0).setZero();
  K.col(0).setZero();
  const Eigen::MatrixXd M = positive_matrix(4, 72);
  for (const double gamma : {3.0, 0.05}) {
    const core::SecondOrderSystem system = make_system_of(M, gamma * M, K, 0.3);
    REQUIRE(modes_of(system).free == 1);
    CHECK(error_of(system, 1.0, 1) < kExact);
    CHECK(error_of(system, 4.0, 24) < kExact);
  }
}

TEST_CASE("spectral grid: points ascend, weights are positive") {
  const auto grid = sim::make_spectral_grid(modes_of(make_random(5, 0.01, 80)),
                                            core::Dynamics::underdamped, 4.0, 24);
  for (std::size_t j = 0; j < grid.size(); ++j) {
    CHECK(grid[j].weight > 0.0);
    CHECK(grid[j].omega > (j == 0 ? 0.0 : grid[j - 1].omega));
  }
}

TEST_CASE("spectral grid: a circuit with other poles is not integrated exactly") {
  const core::SecondOrderSystem model = make_mass(1.0, 0.02, 1.0, 0.0);
  core::SecondOrderSystem other = make_mass(1.0, 0.02, 1.1, 0.0);
  other.kT = 0.3;
  const auto grid = sim::make_spectral_grid(modes_of(model), model.dynamics, 1.0, 1);
  CHECK(std::abs(integrate(other, grid).x(0) / (0.3 / 1.1) - 1.0) > 1e-3);
}
