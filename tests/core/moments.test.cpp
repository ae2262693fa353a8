#include "core/moments.hpp"

#include <cmath>
#include <complex>
#include <limits>
#include <random>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include "core/error.hpp"
#include "tests/catch.hpp"

using namespace springspice::core;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

MatrixXd random_matrix(Index rows, Index cols, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal;
  return MatrixXd::NullaryExpr(rows, cols, [&] { return normal(engine); });
}

MatrixXd matrix_2(double a, double b, double c, double d) {
  MatrixXd out(2, 2);
  out << a, b, c, d;
  return out;
}

// x'' + gamma x' + w2 x = sqrt(density) xi, theta = (x, v).
MatrixXd oscillator(double gamma, double w2) { return matrix_2(0, 1, -w2, -gamma); }
MatrixXd kick(double density) { return matrix_2(0, 0, 0, density); }

MatrixXd identity(Index n) { return MatrixXd::Identity(n, n); }

double distance(const MatrixXd& a, const MatrixXd& b) { return (a - b).cwiseAbs().maxCoeff(); }

// |A X + X A^T + Q| over what its three terms are made of: rounding alone gives about n eps.
double residual(const MatrixXd& A, const MatrixXd& Q, const MatrixXd& X) {
  return (A * X + X * A.transpose() + Q).norm() / (2.0 * A.norm() * X.norm() + Q.norm());
}

// Real and well conditioned forms of sin(w1 t)/w1 and cos(w1 t), w1^2 = w2 - gamma^2/4.
struct Response {
  double s, c, decay;
  Response(double gamma, double w2, double t) {
    const std::complex<double> w1 = std::sqrt(std::complex<double>(w2 - gamma * gamma / 4.0));
    c = std::cos(w1 * t).real();
    s = w1 == 0.0 ? t : (std::sin(w1 * t) / w1).real();
    decay = std::exp(-gamma * t);
  }
};

// Chandrasekhar 1943, Eqs. 213 to 217, in units of the density.
MatrixXd oscillator_covariance(double gamma, double w2, double t) {
  const Response r(gamma, w2, t);
  const double square = gamma * gamma * r.s * r.s / 2.0, product = gamma * r.s * r.c;
  const double xx = (1.0 - r.decay * (square + product + 1.0)) / (2.0 * gamma * w2);
  const double vv = (1.0 - r.decay * (square - product + 1.0)) / (2.0 * gamma);
  const double xv = r.decay * r.s * r.s / 2.0;
  return matrix_2(xx, xv, xv, vv);
}

}  // namespace

TEST_CASE("Lyapunov: random stable systems, full and singular diffusion") {
  for (const Index n : {1, 2, 3, 7, 20, 40}) {
    CAPTURE(n);
    const auto seed = static_cast<std::uint64_t>(n);
    const MatrixXd A = random_matrix(n, n, seed) - (2.0 * std::sqrt(double(n)) + 1.0) * identity(n);
    const MatrixXd B = random_matrix(n, 1 + n / 3, seed + 100);
    const MatrixXd Q = B * B.transpose();
    const MatrixXd X = solve_lyapunov(A, Q);
    CHECK(X == X.transpose());
    CHECK(residual(A, Q, X) < double(n) * kEpsilon);
  }
  CHECK(solve_lyapunov(MatrixXd(0, 0), MatrixXd(0, 0)).size() == 0);
}

TEST_CASE("Lyapunov: defective and far from normal") {
  const Index n = 8;
  MatrixXd A = -identity(n);
  A.diagonal(1).setConstant(10.0);  // one Jordan block
  const MatrixXd X = solve_lyapunov(A, identity(n));
  CHECK(residual(A, identity(n), X) < double(n) * kEpsilon);
  CHECK(Eigen::SelfAdjointEigenSolver<MatrixXd>(X).eigenvalues()[0] > 0.0);
  // Critical damping is defective: kT = 1, so density 2 gamma gives diag(1/w2, 1).
  CHECK(distance(solve_lyapunov(oscillator(2.0, 1.0), kick(4.0)), identity(2)) < 1e-14);
}

TEST_CASE("Lyapunov: units of 1e-6 s and 1e9 between coordinates cost no digits") {
  const double w2 = 1e18, gamma = 3e7;
  const MatrixXd X = solve_lyapunov(oscillator(gamma, w2), kick(2.0 * gamma));
  CHECK(X(0, 0) * w2 == Approx(1.0).epsilon(1e-13));
  CHECK(X(1, 1) == Approx(1.0).epsilon(1e-13));
  CHECK(std::abs(X(0, 1)) < 1e-13 * std::sqrt(X(0, 0) * X(1, 1)));
}

TEST_CASE("Lyapunov refuses what has no stationary state") {
  CHECK_THROWS_WITH(solve_lyapunov(oscillator(0.0, 1.0), kick(1.0)),
                    ContainsSubstring("there is no stationary state"));
  CHECK_THROWS_AS(solve_lyapunov(oscillator(1.0, 0.0), kick(1.0)), ParameterError);
  CHECK_THROWS_AS(solve_lyapunov(oscillator(-0.1, 1.0), kick(1.0)), ParameterError);
  CHECK_THROWS_WITH(solve_lyapunov(identity(2), identity(3)), ContainsSubstring("Q is 3 x 3"));
  CHECK_THROWS_WITH(solve_lyapunov(MatrixXd::Constant(2, 2, std::nan("")), identity(2)),
                    ContainsSubstring("not finite"));
}

TEST_CASE("moments of an Ornstein-Uhlenbeck process, from 1e-9 to 1e9 relaxation times") {
  const double rate = 0.7, density = 3.0;
  for (int exponent = -9; exponent <= 9; ++exponent) {
    const double t = std::pow(10.0, exponent) / rate;
    CAPTURE(exponent);
    const Moments m =
        propagate_moments(MatrixXd::Constant(1, 1, -rate), MatrixXd::Constant(1, 2, 5.0),
                          MatrixXd::Constant(1, 1, density), t);
    CHECK(m.propagator(0, 0) == Approx(std::exp(-rate * t)).epsilon(1e-12).margin(1e-100));
    CHECK(m.drift(0, 1) == Approx(-5.0 * std::expm1(-rate * t) / rate).epsilon(1e-12));
    CHECK(m.covariance(0, 0) ==
          Approx(-density * std::expm1(-2.0 * rate * t) / (2.0 * rate)).epsilon(1e-12));
  }
}

TEST_CASE("moments of one oscillator: under-, over- and critically damped") {
  const double w2 = 2.0, density = 3.0;
  for (const double gamma : {0.05, 1.0, 2.0 * std::sqrt(w2), 4.0, 20.0}) {
    for (const double t : {1.0, 3.0, 10.0, 20.0, 1e9}) {
      CAPTURE(gamma, t);
      const Moments m =
          propagate_moments(oscillator(gamma, w2), matrix_2(0, 0, 1, 0), kick(density), t);
      // cosh(w1 t) of the closed form overflows before the product with its decay can be taken.
      if (t < 1e3) {
        const Response r(gamma, w2, t);
        const double half = std::exp(-gamma * t / 2.0);
        CHECK(distance(m.covariance, density * oscillator_covariance(gamma, w2, t)) <
              1e-12 * m.covariance.norm());
        CHECK(m.propagator(0, 1) == Approx(half * r.s).epsilon(1e-11).margin(1e-12));
        CHECK(m.drift(0, 0) ==
              Approx((1.0 - half * (r.c + gamma / 2.0 * r.s)) / w2).epsilon(1e-12));
      } else {
        CHECK(distance(m.covariance, solve_lyapunov(oscillator(gamma, w2), kick(density))) <
              1e-12 * m.covariance.norm());
        CHECK(m.propagator.norm() == 0.0);
      }
    }
  }
}

TEST_CASE("moments at a billionth of the relaxation time, entry by entry") {
  const double gamma = 1.0, w2 = 2.0, t = 1e-9;
  const MatrixXd X =
      propagate_moments(oscillator(gamma, w2), MatrixXd(2, 0), kick(1.0), t).covariance;
  // Leading terms of the series in t; the next is of relative size t^2.
  CHECK(X(0, 0) == Approx(t * t * t * (1.0 / 3.0 - gamma * t / 4.0)).epsilon(1e-12));
  CHECK(X(0, 1) == Approx(t * t * (1.0 / 2.0 - gamma * t / 2.0)).epsilon(1e-12));
  CHECK(X(1, 1) == Approx(t * (1.0 - gamma * t)).epsilon(1e-12));
}

TEST_CASE("moments of an undamped oscillator: the variance grows as t") {
  const double w = 1.5, density = 2.0;
  for (const double t : {0.1, 1.0, 30.0, 1000.0}) {
    CAPTURE(t);
    const Moments m = propagate_moments(oscillator(0.0, w * w), MatrixXd(2, 0), kick(density), t);
    const double sine = std::sin(w * t);
    CHECK(m.covariance(0, 0) ==
          Approx(density * (t / 2.0 - std::sin(2.0 * w * t) / (4.0 * w)) / (w * w)).epsilon(1e-11));
    CHECK(m.covariance(1, 1) ==
          Approx(density * (t / 2.0 + std::sin(2.0 * w * t) / (4.0 * w))).epsilon(1e-11));
    CHECK(m.covariance(0, 1) ==
          Approx(density * sine * sine / (2.0 * w * w)).epsilon(1e-11).margin(1e-12 * t));
    CHECK(std::abs(m.propagator.determinant() - 1.0) < 1e-11);
  }
}

TEST_CASE("moments of a free particle, at any time") {
  for (const double t : {1e-9, 1.0, 1e9}) {
    const Moments m = propagate_moments(oscillator(0.0, 0.0), matrix_2(0, 0, 1, 0), kick(2.0), t);
    CHECK(m.propagator(0, 1) == Approx(t).epsilon(1e-14));
    CHECK(m.drift(0, 0) == Approx(t * t / 2.0).epsilon(1e-14));
    CHECK(m.covariance(0, 0) == Approx(2.0 * t * t * t / 3.0).epsilon(1e-13));
    CHECK(m.covariance(0, 1) == Approx(t * t).epsilon(1e-13));
    CHECK(m.covariance(1, 1) == Approx(2.0 * t).epsilon(1e-14));
  }
}

TEST_CASE("a long time gives the Lyapunov solution, two half times the whole") {
  const Index n = 12;
  const MatrixXd A = random_matrix(n, n, 5) - 8.0 * identity(n);
  const MatrixXd B = random_matrix(n, 3, 6), b = random_matrix(n, 2, 7);
  const MatrixXd Q = B * B.transpose();
  const MatrixXd X = solve_lyapunov(A, Q);
  CHECK(distance(propagate_moments(A, b, Q, 1e4).covariance, X) < 1e-12 * X.norm());
  CHECK(distance(propagate_moments(A, b, Q, 1e4).drift, -A.partialPivLu().solve(b)) < 1e-12);
  const Moments half = propagate_moments(A, b, Q, 0.15), whole = propagate_moments(A, b, Q, 0.3);
  const MatrixXd& F = half.propagator;
  CHECK(distance(whole.propagator, F * F) < 1e-14);
  CHECK(distance(whole.drift, half.drift + F * half.drift) < 1e-14);
  CHECK(distance(whole.covariance, half.covariance + F * half.covariance * F.transpose()) < 1e-13);
}

TEST_CASE("moments: time zero, and what is refused") {
  const Moments m = propagate_moments(oscillator(1.0, 1.0), kick(1.0), kick(1.0), 0.0);
  CHECK(m.propagator == identity(2));
  CHECK(m.drift.norm() == 0.0);
  CHECK(m.covariance.norm() == 0.0);
  const auto at = [](double gamma, double t) {
    return propagate_moments(oscillator(gamma, 1.0), MatrixXd(2, 0), kick(1.0), t);
  };
  CHECK_THROWS_WITH(at(1.0, -1.0), ContainsSubstring("the time is -1"));
  CHECK_THROWS_AS(at(1.0, std::nan("")), ParameterError);
  CHECK_THROWS_WITH(at(-1.0, 1e5), ContainsSubstring("outgrows all numbers"));
}

TEST_CASE("entropy production of two overdamped particles at two temperatures") {
  // D x' + K x = F, K = [a c; c b]: heat c^2 (T1 - T2) / (eta2 a + eta1 b) flows from 1 to 2 (solve
  // the Lyapunov equation by hand), and entropy is heat times (1/T2 - 1/T1).
  const double a = 3.0, b = 2.0, c = -1.2, eta_1 = 0.7, eta_2 = 1.9;
  const MatrixXd A = -matrix_2(a / eta_1, c / eta_1, c / eta_2, b / eta_2);
  for (const double T2 : {0.1, 0.9, 1.0 - 1e-6, 1.0, 2.0, 50.0}) {
    CAPTURE(T2);
    const MatrixXd Q = matrix_2(2.0 / eta_1, 0, 0, 2.0 * T2 / eta_2);
    const double expected = c * c * (1.0 - T2) * (1.0 - T2) / (T2 * (eta_2 * a + eta_1 * b));
    // A relative error of eps in the flux, which is proportional to 1 - T2.
    CHECK(entropy_production(A, Q, solve_lyapunov(A, Q)) ==
          Approx(expected).epsilon(1e-8).margin(1e-25));
  }
}

TEST_CASE("entropy production of underdamped systems") {
  // Two oscillators of mass 1, K = [a c; c a], frictions gamma_i at temperatures T_i.
  const double a = 2.0, c = -0.6;
  const auto system = [&](double gamma_1, double gamma_2) {
    MatrixXd A = MatrixXd::Zero(4, 4);
    A.topRightCorner(2, 2).setIdentity();
    A.bottomLeftCorner(2, 2) = -matrix_2(a, c, c, a);
    A.bottomRightCorner(2, 2) = -matrix_2(gamma_1, 0, 0, gamma_2);
    return A;
  };
  const auto production = [&](double gamma_2, double T1, double T2) {
    const MatrixXd A = system(0.3, gamma_2);
    MatrixXd Q = MatrixXd::Zero(4, 4), irreversible = Q;
    Q.bottomRightCorner(2, 2) = matrix_2(2.0 * 0.3 * T1, 0, 0, 2.0 * gamma_2 * T2);
    irreversible.bottomRightCorner(2, 2) = A.bottomRightCorner(2, 2);
    const MatrixXd Theta = solve_lyapunov(A, Q);
    const double value = entropy_production(irreversible, Q, Theta);
    if (T1 > 0.0 && T2 > 0.0) {
      // Heat out of each bath, gamma_i (T_i - <v_i^2>), over its temperature.
      const double heat = 0.3 * (Theta(2, 2) - T1) / T1 + gamma_2 * (Theta(3, 3) - T2) / T2;
      CHECK(value == Approx(heat).epsilon(1e-11).margin(1e-14));
    }
    return value;
  };
  CHECK(production(0.3, 1.0, 1.0) < 1e-25);
  CHECK(production(0.8, 1e-12, 1e-12) < 1e-25);
  CHECK(production(0.3, 1.0, 2.0) > 1e-3);
  CHECK(production(0.8, 5.0, 2.0) > 1e-3);
  // Friction without noise: the current flows where nothing diffuses.
  CHECK(production(0.3, 1.0, 0.0) == std::numeric_limits<double>::infinity());
}

TEST_CASE("entropy production refuses a state that is none") {
  CHECK_THROWS_WITH(entropy_production(identity(2), identity(2), kick(1.0)),
                    ContainsSubstring("not positive definite"));
  CHECK_THROWS_AS(entropy_production(identity(2), identity(2), identity(3)), ParameterError);
}

namespace {

// The recursion itself, with the state (z, u).
MatrixXd stepwise(const MatrixXd& A, const MatrixXd& H, double h, int steps) {
  const Index n = A.rows(), q = H.cols();
  const MatrixXd left = (identity(n) - h / 2.0 * A).inverse();
  MatrixXd M = MatrixXd::Zero(n + q, n + q), N(n + q, q);
  M.topLeftCorner(n, n) = left * (identity(n) + h / 2.0 * A);
  M.topRightCorner(n, q) = left * H * h / 2.0;
  N << M.topRightCorner(n, q), identity(q);
  MatrixXd S = MatrixXd::Zero(n + q, n + q);
  for (int k = 0; k < steps; ++k) S = M * S * M.transpose() + N * N.transpose() / h;
  return S.topLeftCorner(n, n);
}

}  // namespace

TEST_CASE("trapezoidal covariance is that of the recursion, step by step") {
  const Index n = 5;
  const MatrixXd A = random_matrix(n, n, 11) - 4.0 * identity(n), H = random_matrix(n, 3, 12);
  for (const int steps : {0, 1, 2, 3, 4, 7, 8, 100, 1001}) {
    CAPTURE(steps);
    const MatrixXd expected = stepwise(A, H, 0.1, steps);
    CHECK(distance(trapezoidal_covariance(A, H, 0.1, static_cast<std::uint64_t>(steps)),
                   expected) <= 1e-14 * double(n) * expected.norm());
  }
  // Undamped: the sum grows with the steps, and so does rounding.
  const MatrixXd h = (MatrixXd(2, 1) << 0, 1).finished();
  const MatrixXd undamped = stepwise(oscillator(0.0, 1.0), h, 0.1, 1000);
  CHECK(distance(trapezoidal_covariance(oscillator(0.0, 1.0), h, 0.1, 1000), undamped) <
        1e-12 * undamped.norm());
}

TEST_CASE("trapezoidal covariance tends to that of white noise, to first order in the step") {
  const MatrixXd A = oscillator(0.5, 2.0), h = (MatrixXd(2, 1) << 0, 1).finished();
  const MatrixXd exact = propagate_moments(A, MatrixXd(2, 0), kick(1.0), 4.0).covariance;
  double before = 0.0;
  for (const int steps : {4000, 8000, 16000}) {
    const double error = distance(
        trapezoidal_covariance(A, h, 4.0 / steps, static_cast<std::uint64_t>(steps)), exact);
    // u_0 = 0 loses half a step of noise; the next order is a relative h, here 1e-3.
    if (before > 0.0) CHECK(before / error == Approx(2.0).epsilon(5e-3));
    before = error;
  }
  CHECK(before < 1e-3);
}

TEST_CASE("trapezoidal covariance of a relaxing mode, in closed form") {
  // Stationary: 1/(2 lambda) / (1 + lambda h/2); sum the geometric series.
  const double rate = 2.0;
  for (const double h : {0.01, 0.3, 5.0}) {
    const MatrixXd X = trapezoidal_covariance(MatrixXd::Constant(1, 1, -rate), identity(1), h,
                                              std::uint64_t{1} << 40);
    CHECK(X(0, 0) == Approx(0.5 / rate / (1.0 + rate * h / 2.0)).epsilon(1e-12));
  }
  CHECK_THROWS_WITH(trapezoidal_covariance(identity(1), identity(1), 0.0, 1),
                    ContainsSubstring("the step is 0"));
  CHECK_THROWS_AS(trapezoidal_covariance(identity(1), identity(1), 2.0, 5), ParameterError);
  CHECK_THROWS_AS(trapezoidal_covariance(identity(1), identity(1), 0.1, 1000000), ParameterError);
}
