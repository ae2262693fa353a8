#include "core/extreme_modes.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/SparseCholesky>
#include <Spectra/MatOp/SparseCholesky.h>
#include <Spectra/MatOp/SparseSymMatProd.h>
#include <Spectra/SymGEigsShiftSolver.h>
#include <Spectra/SymGEigsSolver.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/random.hpp"

namespace springspice::core {
namespace {

// Relative residual of an extreme mode. Where many modes lie close together, as at the edge of a
// band, one more digit takes ten times the iterations.
constexpr double kLanczosTolerance = 1e-4;
constexpr int kLanczosVectors = 40;
constexpr Eigen::Index kLanczosRestarts = 1000;

SparseMatrix restrict_to(const SparseMatrix& matrix, const std::vector<int>& coordinates) {
  SparseMatrix pick(matrix.rows(), static_cast<Eigen::Index>(coordinates.size()));
  for (std::size_t i = 0; i < coordinates.size(); ++i) {
    pick.insert(coordinates[i], static_cast<Eigen::Index>(i)) = 1.0;
  }
  return pick.transpose() * matrix * pick;
}

// Solves K y = b for the y that is G-orthogonal to the null space N of K: first on the independent
// coordinates, then N's share is taken out. So free modes are no part of the iteration.
class HeldInverse {
 public:
  using Scalar = double;

  HeldInverse(const SparseMatrix& K, const SparseMatrix& inertia, const NullSpace& null_space)
      : null_space_(null_space),
        held_(restrict_to(K, null_space.independent)),
        weighted_(null_space.basis.transpose() * inertia) {
    if (null_space.dimension() > 0) gram_.compute(SparseMatrix(weighted_ * null_space.basis));
  }

  Eigen::Index rows() const { return null_space_.basis.rows(); }
  Eigen::Index cols() const { return rows(); }
  void set_shift(double) {}  // the shift is 0
  bool good() const { return held_.info() == Eigen::Success; }

  void remove_free(Eigen::Ref<Eigen::VectorXd> y) const {
    if (null_space_.dimension() == 0) return;
    const Eigen::VectorXd share = gram_.solve(weighted_ * y);
    y -= null_space_.basis * share;
  }

  void perform_op(const double* in, double* out) const {
    // The iteration restarts from random directions, so what is free is taken out of b too.
    Eigen::VectorXd all = Eigen::Map<const Eigen::VectorXd>(in, rows());
    if (null_space_.dimension() > 0) {
      const Eigen::VectorXd share = gram_.solve(null_space_.basis.transpose() * all);
      all -= weighted_.transpose() * share;
    }
    Eigen::VectorXd b(static_cast<Eigen::Index>(null_space_.independent.size()));
    for (Eigen::Index i = 0; i < b.size(); ++i) b(i) = all(coordinate(i));
    b = held_.solve(b).eval();
    Eigen::Map<Eigen::VectorXd> y(out, rows());
    y.setZero();
    for (Eigen::Index i = 0; i < b.size(); ++i) y(coordinate(i)) = b(i);
    remove_free(y);
  }

 private:
  Eigen::Index coordinate(Eigen::Index i) const {
    return null_space_.independent[static_cast<std::size_t>(i)];
  }

  const NullSpace& null_space_;
  Eigen::SimplicialLDLT<SparseMatrix> held_;
  SparseMatrix weighted_;  // N^T G
  Eigen::SimplicialLDLT<SparseMatrix> gram_;
};

// The pencil (K, G) of low rank: with K = K_:H K_HH^-1 K_H:, what is above zero are the eigenvalues
// of the pencil (K_H: G^-1 K_:H, K_HH). Lanczos iteration would run out of directions there.
std::pair<double, double> extreme_stiffness_of_few(const SecondOrderSystem& system,
                                                   const std::vector<int>& held) {
  const Eigen::SimplicialLDLT<SparseMatrix> inertia(inertia_of(system));
  Eigen::MatrixXd columns(system.size(), static_cast<Eigen::Index>(held.size()));
  for (Eigen::Index r = 0; r < columns.cols(); ++r) {
    columns.col(r) = system.K.col(held[static_cast<std::size_t>(r)]);
  }
  const Eigen::MatrixXd squared = columns.transpose() * inertia.solve(columns);
  const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      squared, Eigen::MatrixXd(restrict_to(system.K, held)), Eigen::EigenvaluesOnly);
  return {solver.eigenvalues()(0), solver.eigenvalues()(columns.cols() - 1)};
}

// Smallest and largest stiffness above zero, by Lanczos iteration on the sparse pencil.
std::pair<double, double> extreme_stiffness(const SecondOrderSystem& system,
                                            const NullSpace& null_space) {
  using Product = Spectra::SparseSymMatProd<double>;
  const SparseMatrix& inertia = inertia_of(system);
  Product stiffness_op(system.K);
  Product inertia_op(inertia);
  Spectra::SparseCholesky<double> root(inertia);
  Spectra::SymGEigsSolver<Product, Spectra::SparseCholesky<double>, Spectra::GEigsMode::Cholesky>
      upper(stiffness_op, root, 1, kLanczosVectors);
  upper.init();
  upper.compute(Spectra::SortRule::LargestAlge, kLanczosRestarts, kLanczosTolerance);
  if (upper.info() != Spectra::CompInfo::Successful) {
    throw ParameterError("the fastest mode was not found; give --dt and --t-end");
  }
  HeldInverse inverse(system.K, inertia, null_space);
  Eigen::VectorXd start(system.size());
  for (Eigen::Index i = 0; i < start.size(); ++i) {
    start(i) = normal(0, 0, static_cast<std::uint64_t>(i));
  }
  inverse.remove_free(start);
  Spectra::SymGEigsShiftSolver<HeldInverse, Product, Spectra::GEigsMode::ShiftInvert> lower(
      inverse, inertia_op, 1, kLanczosVectors, 0.0);
  if (inverse.good()) {
    lower.init(start.data());
    lower.compute(Spectra::SortRule::LargestMagn, kLanczosRestarts, kLanczosTolerance);
  }
  if (lower.info() != Spectra::CompInfo::Successful) {
    throw ParameterError("the slowest mode was not found; give --dt and --t-end");
  }
  const double smallest = lower.eigenvalues()(0);
  if (smallest < 0.0) {
    throw ParameterError(fmt::format(
        "K is not positive semidefinite: a mode has the stiffness {} and grows without bound; give "
        "--dt and --t-end",
        smallest));
  }
  return {smallest, upper.eigenvalues()(0)};
}

}  // namespace

std::pair<double, double> find_extreme_stiffness(const SecondOrderSystem& system,
                                                 const NullSpace& null_space) {
  const bool few = null_space.independent.size() <= 2 * kLanczosVectors;
  return few ? extreme_stiffness_of_few(system, null_space.independent)
             : extreme_stiffness(system, null_space);
}

}  // namespace springspice::core
