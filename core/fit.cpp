#include "core/fit.hpp"

#include <cmath>

#include <Eigen/SparseCholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/sparse_cholesky.hpp"

namespace springspice::core {
namespace {

using Cholesky = Eigen::SimplicialLDLT<SparseMatrix>;

// Far above the rounding of a pivot, which a nearly singular K may leave on either side of 0.
constexpr double kIndefinite = 1e-9;

SparseMatrix selection(const std::vector<int>& coordinates, Eigen::Index size) {
  SparseMatrix pick(size, static_cast<Eigen::Index>(coordinates.size()));
  for (std::size_t i = 0; i < coordinates.size(); ++i) {
    pick.insert(coordinates[i], static_cast<Eigen::Index>(i)) = 1.0;
  }
  pick.makeCompressed();
  return pick;
}

/// Solves for b with a factor of A, and twice more for what the solution leaves of b.
template <class Factor>
Eigen::MatrixXd solve_refined(const Factor& factor, const SparseMatrix& A,
                              const Eigen::MatrixXd& b) {
  Eigen::MatrixXd x = factor.solve(b);
  for (int pass = 0; pass < 2; ++pass) x += factor.solve(b - A * x);
  return x;
}

Eigen::MatrixXd solve_held(const SparseMatrix& K, const Eigen::MatrixXd& f) {
  if (const auto factor = SparseCholesky::try_factor(K)) return solve_refined(*factor, K, f);
  // Rounding may have left a pivot of 0 on its wrong side, which L D L^T can live with.
  const Cholesky factor(K);
  const double largest = K.diagonal().cwiseAbs().maxCoeff();
  if (factor.info() != Eigen::Success || factor.vectorD().minCoeff() < -kIndefinite * largest) {
    throw InputError("K cannot be factorised; it must be positive semidefinite for a fit to exist");
  }
  return solve_refined(factor, K, f);
}

// f must lie in the range of K; for data springs it does, matrices that were given may miss it.
void check_balanced(const SecondOrderSystem& system, const NullSpace& null_space) {
  const Eigen::MatrixXd loose = null_space.basis.transpose() * system.f;
  const Eigen::MatrixXd scale = null_space.basis.cwiseAbs().transpose() * system.f.cwiseAbs();
  for (Eigen::Index p = 0; p < loose.cols(); ++p) {
    for (Eigen::Index k = 0; k < loose.rows(); ++k) {
      if (std::abs(loose(k, p)) <= 1e-9 * scale(k, p)) continue;
      throw InputError(fmt::format(
          "f of output {} pushes along free direction {} of K with {}: nothing holds it, so there "
          "is no rest position; add springs (--neighbor-spring or --pin-spring) or change f",
          p + 1, k + 1, loose(k, p)));
    }
  }
}

}  // namespace

Eigen::MatrixXd solve_fit(const SecondOrderSystem& system, const NullSpace& null_space) {
  if (null_space.dimension() == 0) return solve_held(system.K, system.f);
  check_balanced(system, null_space);
  // A solution on independent coordinates first; then the null space's share is taken out of it.
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(system.size(), system.outputs());
  if (!null_space.independent.empty()) {
    const SparseMatrix pick = selection(null_space.independent, system.size());
    const SparseMatrix pick_t = pick.transpose();
    const SparseMatrix held = pick_t * system.K * pick;
    x = pick * solve_held(held, pick_t * system.f);
  }
  const bool undamped = system.D.nonZeros() == 0 || system.D.norm() == 0.0;
  const SparseMatrix& weight = undamped ? system.M : system.D;
  const SparseMatrix& basis = null_space.basis;
  const SparseMatrix basis_t = basis.transpose();
  const SparseMatrix gram = basis_t * weight * basis;
  const Cholesky factor(gram);
  const auto singular = [&] {
    const Eigen::VectorXd diagonal = factor.permutationP() * gram.diagonal();
    return (factor.vectorD().array() <= 1e-12 * diagonal.array()).any();
  };
  if (factor.info() != Eigen::Success || singular()) {
    throw InputError(
        "D is singular on a free direction of K: nothing holds or brakes it, so there is no rest "
        "position; add friction or springs there");
  }
  for (int pass = 0; pass < 2; ++pass) {
    const Eigen::MatrixXd share = factor.solve(basis_t * (weight * x));
    x -= basis * share;
  }
  return x;
}

void Predictor::predict(std::span<const double> u, std::span<double> y) {
  grid_.locate(u, stencil_);
  if (stencil_.clamped) ++clamped_;
  for (std::size_t p = 0; p < y.size(); ++p) {
    double sum = 0.0;
    for (std::size_t c = 0; c < stencil_.nodes.size(); ++c) {
      sum += stencil_.weights[c] * x_(stencil_.nodes[c], static_cast<Eigen::Index>(p));
    }
    y[p] = sum;
  }
}

}  // namespace springspice::core
