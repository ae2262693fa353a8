#include "core/stationary.hpp"

#include <cmath>

#include "core/lagrangian.hpp"
#include "core/langevin.hpp"
#include "core/moments.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;
using Eigen::MatrixXd;
using sample::kEps;
using sample::largest;

namespace {

MatrixXd random_matrix(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  return MatrixXd::NullaryExpr(rows, cols, [&] { return 2.0 * sample::unit(random) - 1.0; });
}

// Symmetric, with eigenvalues from 1/2 on.
MatrixXd positive_matrix(Eigen::Index n, std::uint64_t seed) {
  const MatrixXd R = random_matrix(n, n, seed);
  return R * R.transpose() + 0.5 * MatrixXd::Identity(n, n);
}

SecondOrderSystem make_given(const MatrixXd& M, double gamma, const MatrixXd& K) {
  SecondOrderSystem system;
  system.M = M.sparseView();
  system.D = gamma * system.M;
  system.K = K.sparseView();
  system.f = MatrixXd::Zero(K.rows(), 1);
  system.shape = {static_cast<int>(K.rows())};
  return system;
}

SecondOrderSystem make_overdamped(const MatrixXd& D, const MatrixXd& K) {
  SecondOrderSystem system = make_given(D, 1.0, K);
  system.D = D.sparseView();
  system.M.resize(0, 0);
  system.dynamics = Dynamics::overdamped;
  return system;
}

Modes modes_of(const SecondOrderSystem& system) {
  const auto modes = compute_modes(system, find_null_space(system.K));
  REQUIRE(modes);
  return *modes;
}

// One mode of mass 1: stiffness is omega^2.
Modes single_mode(double omega2, double gamma) {
  return {Eigen::VectorXd::Constant(1, omega2), MatrixXd::Identity(1, 1), gamma,
          omega2 == 0.0 ? 1 : 0};
}

SparseMatrix sparse(const MatrixXd& matrix) { return matrix.sparseView(); }

// Covariance of (x, v), or of x, by the general Lyapunov equation of the first-order form.
MatrixXd lyapunov_covariance(SecondOrderSystem system, const MatrixXd& S) {
  system.kT = 0.0;
  const LangevinSystem langevin = make_langevin(system);
  const Eigen::Index nu = system.size();
  const bool overdamped = system.dynamics == Dynamics::overdamped;
  const MatrixXd inverse = MatrixXd(overdamped ? system.D : system.M).inverse();
  MatrixXd Q = MatrixXd::Zero(langevin.A.rows(), langevin.A.rows());
  Q.bottomRightCorner(nu, nu) = inverse * S * inverse;
  return solve_lyapunov(MatrixXd(langevin.A), Q);
}

double mean_kinetic(const std::vector<int>& sticks) {
  const auto s = sample::make_sample(sticks, 1, 40 * sample::make_grid(sticks).cell_count(), 5);
  Parameters parameters;
  parameters.mass = 0.7;
  parameters.friction = 0.8;
  parameters.kT = 0.3;
  parameters.noise_model = NoiseModel::diagonal;
  const SecondOrderSystem system = make_system(s.data, parameters);
  const auto moments =
      solve_stationary(modes_of(system), system.dynamics, compute_force_noise_matrix(system));
  REQUIRE(moments);
  return moments->vv.trace() / static_cast<double>(system.size()) / parameters.kT;
}

}  // namespace

TEST_CASE("stationary: one mode is N/(2 gamma omega^2) and N/(2 gamma)") {
  const auto moments = solve_stationary(single_mode(9.0, 0.5), Dynamics::underdamped,
                                        sparse(MatrixXd::Constant(1, 1, 6.0)));
  REQUIRE(moments);
  CHECK(moments->qq(0, 0) == Approx(6.0 / (2.0 * 0.5 * 9.0)).epsilon(4 * kEps));
  CHECK(moments->qv(0, 0) == 0.0);
  CHECK(moments->vv(0, 0) == Approx(6.0 / (2.0 * 0.5)).epsilon(4 * kEps));
  CHECK(moments->noise(0, 0) == 6.0);
}

TEST_CASE("stationary: overdamped, one mode is N/(2 lambda), with no velocities") {
  const auto moments = solve_stationary(single_mode(4.0, 0.0), Dynamics::overdamped,
                                        sparse(MatrixXd::Constant(1, 1, 6.0)));
  REQUIRE(moments);
  CHECK(moments->qq(0, 0) == 6.0 / 8.0);
  CHECK(moments->vv.size() == 0);
  CHECK(moments->qv.size() == 0);
}

TEST_CASE("stationary: free modes have velocities, and positions without bound where noise is") {
  Modes modes{Eigen::Vector3d(0.0, 0.0, 4.0), MatrixXd::Identity(3, 3), 0.5, 2};
  MatrixXd S = MatrixXd::Zero(3, 3);
  S(0, 0) = 3.0;  // the second free mode gets no noise
  S(2, 2) = 1.0;
  S(0, 2) = S(2, 0) = 0.25;
  const auto moments = solve_stationary(modes, Dynamics::underdamped, sparse(S));
  REQUIRE(moments);
  CHECK(std::isinf(moments->qq(0, 0)));
  CHECK(moments->vv(0, 0) == 3.0);
  CHECK(moments->qq(1, 1) == 0.0);
  CHECK(moments->vv(1, 1) == 0.0);
  // A free mode with one that is held: w = (0, 4), gamma (0 + 4) + 16/(2 gamma) = 18.
  CHECK(moments->qq(0, 2) == Approx(0.25 / 18.0));
  CHECK(moments->vv(0, 2) == Approx(2.0 * 0.25 / 18.0));
  const auto overdamped = solve_stationary(modes, Dynamics::overdamped, sparse(S));
  CHECK(std::isinf(overdamped->qq(0, 0)));
  CHECK(overdamped->qq(1, 1) == 0.0);
  CHECK(overdamped->qq(0, 2) == 0.25 / 4.0);
}

TEST_CASE("stationary: without friction nothing is") {
  CHECK(!solve_stationary(single_mode(4.0, 0.0), Dynamics::underdamped,
                          sparse(MatrixXd::Ones(1, 1))));
}

TEST_CASE("stationary: the pair formulas solve Lyapunov's equation, singular noise too") {
  for (const Eigen::Index n : {1, 2, 5, 9}) {
    for (const Eigen::Index rank : {Eigen::Index{1}, n}) {
      for (const double gamma : {0.05, 1.0, 40.0}) {
        CAPTURE(n, rank, gamma);
        const auto seed = static_cast<std::uint64_t>(10 * n + rank);
        const SecondOrderSystem system =
            make_given(positive_matrix(n, seed), gamma, positive_matrix(n, seed + 1));
        const MatrixXd B = random_matrix(n, rank, seed + 2);
        const MatrixXd S = B * B.transpose();
        const Modes modes = modes_of(system);
        const auto moments = solve_stationary(modes, system.dynamics, sparse(S));
        REQUIRE(moments);
        const MatrixXd& phi = modes.shapes;
        const MatrixXd theirs = lyapunov_covariance(system, S);
        // Lyapunov's equation is solved to n eps times its condition, |A| times the relaxation
        // time: at most 45 * 100 here.
        const double error = 4500.0 * static_cast<double>(2 * n) * 10.0 * kEps;
        CHECK(largest(phi * moments->qq * phi.transpose() - theirs.topLeftCorner(n, n)) <
              error * largest(theirs));
        CHECK(largest(phi * moments->qv * phi.transpose() - theirs.topRightCorner(n, n)) <
              error * largest(theirs));
        CHECK(largest(phi * moments->vv * phi.transpose() - theirs.bottomRightCorner(n, n)) <
              error * largest(theirs));
      }
    }
  }
}

TEST_CASE("stationary: overdamped, the pair formulas solve Lyapunov's equation") {
  for (const Eigen::Index rank : {1, 6}) {
    const SecondOrderSystem system =
        make_overdamped(positive_matrix(6, 31), positive_matrix(6, 32));
    const MatrixXd B = random_matrix(6, rank, 33);
    const MatrixXd S = B * B.transpose();
    const Modes modes = modes_of(system);
    const auto moments = solve_stationary(modes, system.dynamics, sparse(S));
    const MatrixXd theirs = lyapunov_covariance(system, S);
    // Both matrices have a condition below 20: n eps times its square.
    CHECK(largest(modes.shapes * moments->qq * modes.shapes.transpose() - theirs) <
          400.0 * 6.0 * kEps * largest(theirs));
  }
}

TEST_CASE("stationary: 2 kT D gives kT K^-1 and kT M^-1") {
  const MatrixXd M = positive_matrix(7, 41);
  const MatrixXd K = positive_matrix(7, 42);
  // Rounding of the modes: n eps times the conditions of M and K, below 40 each.
  const double error = 7.0 * 40.0 * 40.0 * kEps;
  SecondOrderSystem system = make_given(M, 0.6, K);
  system.kT = 0.3;
  const Modes modes = modes_of(system);
  const auto moments = solve_stationary(modes, system.dynamics, compute_force_noise_matrix(system));
  const MatrixXd& phi = modes.shapes;
  const MatrixXd xx = 0.3 * K.inverse();
  const MatrixXd vv = 0.3 * M.inverse();
  CHECK(largest(phi * moments->qq * phi.transpose() - xx) < error * largest(xx));
  CHECK(largest(phi * moments->vv * phi.transpose() - vv) < error * largest(vv));
  CHECK(largest(phi * moments->qv * phi.transpose()) < error * largest(xx));

  SecondOrderSystem slow = make_overdamped(M, K);
  slow.kT = 0.3;
  const Modes rates = modes_of(slow);
  const auto held = solve_stationary(rates, slow.dynamics, compute_force_noise_matrix(slow));
  CHECK(largest(rates.shapes * held->qq * rates.shapes.transpose() - xx) < error * largest(xx));
}

TEST_CASE("stationary: `diagonal` noise has the kinetic energies of the paper's model") {
  // tr(M <v v^T>) is tr(N)/(2 gamma) = kT tr(M M / M_s phi phi^T) = kT tr(M)/M_s, whatever the
  // springs: 1/3 a stick's end, so (number of ends)/(3 nu).
  CHECK(mean_kinetic({1}) == Approx(1.0 / 3.0).epsilon(1e-12));
  CHECK(mean_kinetic({4}) == Approx(8.0 / 15.0).epsilon(1e-12));
  CHECK(mean_kinetic({2, 2}) == Approx(24.0 / 27.0).epsilon(1e-12));
  CHECK(mean_kinetic({4, 4}) == Approx(80.0 / 75.0).epsilon(1e-12));
}
