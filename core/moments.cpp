#include "core/moments.hpp"

#include <bit>
#include <cmath>
#include <complex>
#include <limits>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::core {
namespace {

using Eigen::Index;
using Eigen::MatrixXcd;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Matrix = Eigen::Ref<const MatrixXd>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// |A h| of the power series: 22 terms then leave less than 1e-22.
constexpr double kSeriesNorm = 0.5;
constexpr int kSeriesTerms = 22;
// Below, the propagator's square would be lost in denormals.
constexpr double kVanished = 1e-150;

void check_matrix(const Matrix& matrix, const char* name, Index rows, Index cols) {
  if (matrix.rows() != rows || matrix.cols() != cols) {
    throw ParameterError(fmt::format("{} is {} x {}; beside an A of {} rows it must be {} x {}",
                                     name, matrix.rows(), matrix.cols(), rows, rows, cols));
  }
  if (!matrix.allFinite()) {
    throw ParameterError(fmt::format("{} has an entry that is not finite", name));
  }
}

// A' = S^-1 A S with S of powers of two, rows and columns of similar size (Parlett, Reinsch 1969).
struct Balanced {
  MatrixXd A;
  VectorXd scale;

  MatrixXd diffusion(const Matrix& Q) const {
    return inverse().asDiagonal() * Q * inverse().asDiagonal();
  }
  MatrixXd covariance(const MatrixXd& X) const {
    return scale.asDiagonal() * X * scale.asDiagonal();
  }
  VectorXd inverse() const { return scale.cwiseInverse(); }
};

// The power of two that makes column and row alike; 1 where that gains less than 5 %.
double balancing_factor(double column, double row) {
  if (column == 0.0 || row == 0.0) return 1.0;
  double factor = 1.0, c = column;
  for (; c < row / 2.0; c *= 4.0) factor *= 2.0;
  for (; c >= row * 2.0; c /= 4.0) factor /= 2.0;
  return (c + row) / factor < 0.95 * (column + row) ? factor : 1.0;
}

Balanced balance(const Matrix& A) {
  Balanced out{A, VectorXd::Ones(A.rows())};
  bool changed = true;
  for (int sweep = 0; changed && sweep < 100; ++sweep) {
    changed = false;
    for (Index i = 0; i < A.rows(); ++i) {
      const double diagonal = std::abs(out.A(i, i));
      const double factor = balancing_factor(out.A.col(i).lpNorm<1>() - diagonal,
                                             out.A.row(i).lpNorm<1>() - diagonal);
      if (factor == 1.0) continue;
      out.A.col(i) *= factor;
      out.A.row(i) /= factor;
      out.scale[i] *= factor;
      changed = true;
    }
  }
  return out;
}

double one_norm(const MatrixXd& matrix) {
  return matrix.size() == 0 ? 0.0 : matrix.cwiseAbs().colwise().sum().maxCoeff();
}

// A X + X A^T + Q = 0 in the Schur basis A = U T U^H: T Y + Y T^H + C = 0, whose last column stands
// alone, and each other one needs only those behind it.
class LyapunovSolver {
 public:
  explicit LyapunovSolver(const MatrixXd& A) : schur_(A.cast<std::complex<double>>()) {
    if (schur_.info() != Eigen::Success) {
      throw ParameterError("the Schur form of A cannot be had; scale the system");
    }
    const double limit = kEpsilon * static_cast<double>(A.rows()) * A.norm();
    const double fastest = schur_.matrixT().diagonal().real().maxCoeff();
    if (fastest < -limit) return;
    throw ParameterError(
        fmt::format("A has an eigenvalue of real part {:.3g}, so there is no stationary state; "
                    "every mode must relax",
                    fastest));
  }

  MatrixXd solve(const MatrixXd& Q) const {
    const MatrixXcd& T = schur_.matrixT();
    const MatrixXcd& U = schur_.matrixU();
    MatrixXcd Y = -(U.adjoint() * Q * U);
    MatrixXcd shifted = T;
    for (Index k = T.rows() - 1; k >= 0; --k) {
      const Index behind = T.rows() - 1 - k;
      Y.col(k).noalias() -= Y.rightCols(behind) * T.row(k).tail(behind).adjoint();
      shifted.diagonal() = T.diagonal().array() + std::conj(T(k, k));
      shifted.triangularView<Eigen::Upper>().solveInPlace(Y.col(k));
    }
    const MatrixXd X = (U * Y * U.adjoint()).real();
    return 0.5 * (X + X.transpose());
  }

 private:
  Eigen::ComplexSchur<MatrixXcd> schur_;
};

// The moments at a time so short that the power series converge at once.
Moments series(const MatrixXd& A, const MatrixXd& b, const MatrixXd& Q, double t) {
  Moments out{MatrixXd::Identity(A.rows(), A.rows()), t * b, t * Q};
  const MatrixXd At = t * A;
  MatrixXd power = out.propagator, drift = out.drift, covariance = out.covariance;
  for (int j = 1; j <= kSeriesTerms; ++j) {
    power = MatrixXd(At * power) / j;
    drift = MatrixXd(At * drift) / (j + 1);
    const MatrixXd product = At * covariance;
    covariance = (product + product.transpose()) / (j + 1);
    out.propagator += power;
    out.drift += drift;
    out.covariance += covariance;
  }
  return out;
}

MatrixXd congruence(const MatrixXd& F, const MatrixXd& X) { return F * X * F.transpose(); }

void double_time(Moments& moments) {
  const MatrixXd& F = moments.propagator;
  moments.covariance += congruence(F, moments.covariance);
  moments.drift += MatrixXd(F * moments.drift);
  moments.propagator = MatrixXd(F * F);
}

// sum_{j < count} P^j W P^jT, from the highest bit of count down.
MatrixXd geometric_sum(const MatrixXd& P, const MatrixXd& W, std::uint64_t count) {
  const Index n = P.rows();
  MatrixXd power = MatrixXd::Identity(n, n), sum = MatrixXd::Zero(n, n);
  for (int bit = static_cast<int>(std::bit_width(count)); bit-- > 0;) {
    sum += congruence(power, sum);
    power = MatrixXd(power * power);
    if (power.cwiseAbs().maxCoeff() < kVanished) power.setZero();
    if ((count >> bit & 1) == 0) continue;
    sum = W + congruence(P, sum);
    power = MatrixXd(P * power);
  }
  return sum;
}

}  // namespace

MatrixXd solve_lyapunov(const Matrix& A, const Matrix& Q) {
  const Index n = A.rows();
  check_matrix(A, "A", n, n);
  check_matrix(Q, "Q", n, n);
  if (n == 0) return {};
  const Balanced balanced = balance(A);
  const MatrixXd diffusion = balanced.diffusion(Q);
  const LyapunovSolver solver(balanced.A);
  MatrixXd X = solver.solve(diffusion);
  // One step of refinement: what the Schur form rounded, the matrices themselves put right.
  const MatrixXd product = balanced.A * X;
  X += solver.solve(diffusion + product + product.transpose());
  return balanced.covariance(X);
}

Moments propagate_moments(const Matrix& A, const Matrix& b, const Matrix& Q, double t) {
  const Index n = A.rows();
  check_matrix(A, "A", n, n);
  check_matrix(b, "b", n, b.cols());
  check_matrix(Q, "Q", n, n);
  if (!(std::isfinite(t) && t >= 0.0)) {
    throw ParameterError(fmt::format("the time is {}; give a finite one from 0", t));
  }
  const Balanced balanced = balance(A);
  const VectorXd inverse = balanced.inverse();
  int doublings = 0;
  std::frexp(one_norm(balanced.A) * t / kSeriesNorm, &doublings);
  doublings = std::max(doublings, 0);
  Moments out = series(balanced.A, inverse.asDiagonal() * b, balanced.diffusion(Q),
                       std::ldexp(t, -doublings));
  for (int i = 0; i < doublings; ++i) {
    double_time(out);
    if (one_norm(out.propagator) < kVanished) {
      out.propagator.setZero();
      break;
    }
  }
  out.propagator = MatrixXd(balanced.scale.asDiagonal() * out.propagator * inverse.asDiagonal());
  out.drift = MatrixXd(balanced.scale.asDiagonal() * out.drift);
  out.covariance = balanced.covariance(0.5 * (out.covariance + out.covariance.transpose()));
  if (!out.propagator.allFinite() || !out.drift.allFinite() || !out.covariance.allFinite()) {
    throw ParameterError(
        fmt::format("the system outgrows all numbers within a time of {}; give a shorter one", t));
  }
  return out;
}

double entropy_production(const Matrix& A_irreversible, const Matrix& Q, const Matrix& covariance) {
  const Index n = A_irreversible.rows();
  check_matrix(A_irreversible, "A_irreversible", n, n);
  check_matrix(Q, "Q", n, n);
  check_matrix(covariance, "the covariance", n, n);
  if (n == 0) return 0.0;
  // In units of the standard deviations, so that "no noise" has a meaning for x and v alike.
  const VectorXd unit = covariance.diagonal().cwiseSqrt();
  const VectorXd inverse = unit.cwiseInverse();
  const MatrixXd D = 0.5 * (inverse.asDiagonal() * Q * inverse.asDiagonal());
  const MatrixXd Theta = inverse.asDiagonal() * covariance * inverse.asDiagonal();
  const MatrixXd A = inverse.asDiagonal() * A_irreversible * unit.asDiagonal();
  const Eigen::LLT<MatrixXd> factor(Theta);
  if (factor.info() != Eigen::Success || !inverse.allFinite()) {
    throw ParameterError(
        "the covariance is not positive definite; leave out what does not move, and give every "
        "mode a stationary state");
  }
  const MatrixXd flux = A * Theta + D;
  // Columns of L^-1 G^T: tr(G^T D^+ G Theta^-1) = sum over eigenvectors e of D of |L^-1 G^T e|^2/d.
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(D);
  const MatrixXd amplitudes = factor.matrixL().solve(flux.transpose() * eigen.eigenvectors());
  const double rounding = kEpsilon * static_cast<double>(n) * 16.0;
  const double still = rounding * eigen.eigenvalues().cwiseAbs().maxCoeff();
  const double no_flux =
      rounding * (A.norm() * Theta.norm() + D.norm()) / std::sqrt(factor.rcond());
  double total = 0.0;
  for (Index i = 0; i < n; ++i) {
    const double square = amplitudes.col(i).squaredNorm();
    if (eigen.eigenvalues()[i] > still) {
      total += square / eigen.eigenvalues()[i];
    } else if (square > no_flux * no_flux) {
      return std::numeric_limits<double>::infinity();
    }
  }
  return total;
}

MatrixXd trapezoidal_covariance(const Matrix& A, const Matrix& H, double h, std::uint64_t steps) {
  const Index n = A.rows();
  check_matrix(A, "A", n, n);
  check_matrix(H, "H", n, H.cols());
  if (!(std::isfinite(h) && h > 0.0)) {
    throw ParameterError(fmt::format("the step is {}; it must be a finite number above 0", h));
  }
  if (steps == 0 || n == 0) return MatrixXd::Zero(n, n);
  const Balanced balanced = balance(A);
  const MatrixXd half = 0.5 * h * balanced.A;
  const MatrixXd identity = MatrixXd::Identity(n, n);
  const Eigen::PartialPivLU<MatrixXd> left(identity - half);
  const MatrixXd P = left.solve(identity + half);
  // Divided by sqrt(h): the standard deviation of a sample.
  const MatrixXd G =
      left.solve(MatrixXd(balanced.inverse().asDiagonal() * H)) * (0.5 * std::sqrt(h));
  const MatrixXd kick = P * G + G;
  const MatrixXd X = geometric_sum(P, kick * kick.transpose(), steps - 1) + G * G.transpose();
  if (!X.allFinite()) {
    throw ParameterError(
        fmt::format("the trapezoidal rule of step {} has no finite covariance after {} steps; give "
                    "a shorter step or fewer",
                    h, steps));
  }
  return balanced.covariance(0.5 * (X + X.transpose()));
}

}  // namespace springspice::core
