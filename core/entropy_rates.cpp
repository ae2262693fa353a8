#include "core/entropy_rates.hpp"

#include <cmath>
#include <numbers>
#include <optional>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/sparse_cholesky.hpp"

namespace springspice::core {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Vector = Eigen::Ref<const VectorXd>;
using Matrix = Eigen::Ref<const MatrixXd>;

bool is_overdamped(const SecondOrderSystem& system) {
  return system.dynamics == Dynamics::overdamped;
}

void check_arguments(const SecondOrderSystem& system, const Vector& mean, const Matrix& covariance,
                     Index output) {
  const Index rows = is_overdamped(system) ? system.size() : 2 * system.size();
  if (mean.size() != rows || covariance.rows() != rows || covariance.cols() != rows) {
    throw ParameterError(
        fmt::format("a mean of {} entries and a covariance of {} x {} do not fit a system whose "
                    "state has {}",
                    mean.size(), covariance.rows(), covariance.cols(), rows));
  }
  if (output < 0 || output >= system.outputs()) {
    throw ParameterError(fmt::format("output {} is asked for, but the system has {} (from 0 on)",
                                     output, system.outputs()));
  }
  if (!mean.allFinite() || !covariance.allFinite()) {
    throw ParameterError("the mean or the covariance has an entry that is not finite");
  }
  if (!(system.kT > 0.0)) {
    throw ParameterError(
        fmt::format("kT is {}: entropy is that of thermal noise; give --kT above 0", system.kT));
  }
}

// Theta = L L^T, so that theta = mu + L z with z ~ N(0, I).
MatrixXd factor_covariance(const Matrix& covariance) {
  const Eigen::LLT<MatrixXd> factor(covariance);
  if (factor.info() != Eigen::Success) {
    throw ParameterError(
        "the covariance is not positive definite, so the entropy is not finite; where all runs "
        "start in one state, take a time above 0");
  }
  return factor.matrixL();
}

// What follows are linear functions of theta, written by columns: one for each unit normal in z,
// and the last for the mean. A mean square is then the sum over all columns.

MatrixXd noise_gradient(const SecondOrderSystem& system, const Vector& mean, const MatrixXd& L,
                        Index output) {
  const Index nu = system.size();
  MatrixXd u(nu, L.cols() + 1);
  u << L.bottomRows(nu), mean.tail(nu);
  if (is_overdamped(system)) {
    u = MatrixXd(system.K * u);
    u.rightCols(1) -= system.f.col(output);
  } else if (system.noise_model == NoiseModel::fdt) {
    u = MatrixXd(system.M * u);
  } else {
    u *= system.stick_mass.value();  // make_force_noise() has seen that there is one
  }
  return u / system.kT;
}

// Theta^-1 L z = L^-T z, whose lower rows are [0, L_vv^-T].
MatrixXd density_gradient(Index nu, const MatrixXd& L) {
  MatrixXd w = MatrixXd::Zero(nu, L.cols() + 1);
  w.middleCols(L.cols() - nu, nu).setIdentity();
  auto block = w.middleCols(L.cols() - nu, nu);
  L.bottomRightCorner(nu, nu).transpose().triangularView<Eigen::Upper>().solveInPlace(block);
  return w;
}

// <g^T D_v g> = sum over the noise's sources of density / 2 <(h^T M^-1 g)^2>.
class SquareOverSources {
 public:
  explicit SquareOverSources(const SecondOrderSystem& system)
      : inertia_(is_overdamped(system) ? system.D : system.M, is_overdamped(system) ? "D" : "M") {
    const ForceNoise noise = make_force_noise(system);
    sources_ = noise.incidence * (0.5 * noise.density).cwiseSqrt().asDiagonal();
  }

  double operator()(const MatrixXd& g) const {
    return MatrixXd(sources_.transpose() * inertia_.solve(g)).squaredNorm();
  }

  double trace_of_inverse_times(const SparseMatrix& matrix) const {
    return inertia_.solve(MatrixXd(matrix)).trace();
  }

 private:
  SparseCholesky inertia_;
  SparseMatrix sources_;
};

// tr G, the rate at which the drift contracts volumes.
double contraction(const SecondOrderSystem& system, const SquareOverSources& square) {
  if (is_overdamped(system)) return square.trace_of_inverse_times(system.K);
  const std::optional<double> gamma = system.rayleigh_friction();
  return gamma ? *gamma * static_cast<double>(system.size())
               : square.trace_of_inverse_times(system.D);
}

double entropy_of(const MatrixXd& L) {
  return 0.5 * static_cast<double>(L.rows()) * (1.0 + std::log(2.0 * std::numbers::pi)) +
         L.diagonal().array().log().sum();
}

}  // namespace

EntropyRates compute_entropy_rates(const SecondOrderSystem& system, const Vector& mean,
                                   const Matrix& covariance, Index output) {
  check_arguments(system, mean, covariance, output);
  const SquareOverSources square(system);
  const MatrixXd L = factor_covariance(covariance);
  const MatrixXd u = noise_gradient(system, mean, L, output);
  const MatrixXd w = density_gradient(system.size(), L);
  const double volume = contraction(system, square);
  return {.entropy = entropy_of(L),
          .change = square(w) - volume,
          .production = square(u - w),
          .flux = square(u) - volume};
}

}  // namespace springspice::core
