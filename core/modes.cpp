#include "core/modes.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SparseCholesky>
#include <Spectra/MatOp/SparseCholesky.h>
#include <Spectra/MatOp/SparseSymMatProd.h>
#include <Spectra/SymGEigsShiftSolver.h>
#include <Spectra/SymGEigsSolver.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/random.hpp"

namespace springspice::core {
namespace {

// The dense eigenvalues of a 2 nu x 2 nu matrix that is not symmetric cost about 25 (2 nu)^3.
constexpr Eigen::Index kGeneralLimit = 500;
// Of the largest stiffness: below, a negative one is rounding.
constexpr double kIndefinite = 1e-12;
// Relative residual of an extreme mode. Where many modes lie close together, as at the edge of a
// band, one more digit takes ten times the iterations.
constexpr double kLanczosTolerance = 1e-4;
constexpr int kLanczosVectors = 40;
constexpr Eigen::Index kLanczosRestarts = 1000;

const SparseMatrix& inertia_of(const SecondOrderSystem& system) {
  return system.dynamics == Dynamics::overdamped ? system.D : system.M;
}

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

// lambda = -gamma/2 +- sqrt(gamma^2/4 - omega^2): the slower real part, without cancellation.
double slower_decay(double gamma, double omega2) {
  const double half = gamma / 2.0;
  const double under_root = half * half - omega2;
  if (under_root <= 0.0) return half;
  return omega2 / (half + std::sqrt(under_root));
}

double larger_modulus(double gamma, double omega2) {
  const double half = gamma / 2.0;
  const double under_root = half * half - omega2;
  return under_root <= 0.0 ? std::sqrt(omega2) : half + std::sqrt(under_root);
}

TimeScales from_extremes(const SecondOrderSystem& system, double smallest, double largest,
                         bool has_free) {
  TimeScales scales;
  if (system.dynamics == Dynamics::overdamped) {
    scales.slowest_frequency = smallest;
    scales.fastest_frequency = scales.fastest_rate = largest;
    if (smallest > 0.0) scales.relaxation_time = 1.0 / smallest;
    return scales;
  }
  const double gamma = system.rayleigh_friction().value_or(0.0);
  scales.slowest_frequency = std::sqrt(smallest);
  scales.fastest_frequency = std::sqrt(largest);
  // The modulus falls with omega below critical damping and rises above it: an end has the largest.
  scales.fastest_rate = std::max(larger_modulus(gamma, largest), larger_modulus(gamma, smallest));
  if (has_free) scales.fastest_rate = std::max(scales.fastest_rate, gamma);
  if (gamma > 0.0) {
    // The velocity of a free mode decays with gamma; a sprung mode may be slower or, below
    // critical damping, decays with gamma/2. The slower of the two ends decides.
    double decay = has_free ? gamma : std::numeric_limits<double>::infinity();
    if (smallest > 0.0) decay = std::min(decay, slower_decay(gamma, smallest));
    if (largest > 0.0) decay = std::min(decay, slower_decay(gamma, largest));
    scales.relaxation_time = 1.0 / decay;
  }
  return scales;
}

// How many eigenvalues of A are 0: one for each free direction, and where D does not brake it a
// second one, for its velocity.
Eigen::Index count_resting(const SecondOrderSystem& system, const NullSpace& null_space) {
  const Eigen::Index free = null_space.dimension();
  if (free == 0 || system.dynamics == Dynamics::overdamped) return free;
  Eigen::MatrixXd basis = null_space.basis;
  basis.colwise().normalize();
  const Eigen::MatrixXd braked = basis.transpose() * system.D * basis;
  return 2 * free - Eigen::FullPivHouseholderQR<Eigen::MatrixXd>(braked).rank();
}

TimeScales from_eigenvalues(const SecondOrderSystem& system, const NullSpace& null_space) {
  if (system.size() > kGeneralLimit) {
    throw ParameterError(fmt::format(
        "the {} coordinates do not decouple into modes (limit for finding time scales: {}), "
        "because D is not gamma M or K is not positive semidefinite; give --dt and --t-end",
        system.size(), kGeneralLimit));
  }
  SecondOrderSystem quiet = system;
  quiet.noise_model = NoiseModel::fdt;
  quiet.kT = 0.0;
  const Eigen::EigenSolver<Eigen::MatrixXd> solver(Eigen::MatrixXd(make_langevin(quiet).A), false);
  std::vector<std::complex<double>> lambda(solver.eigenvalues().begin(),
                                           solver.eigenvalues().end());
  std::sort(lambda.begin(), lambda.end(),
            [](const auto& a, const auto& b) { return std::abs(a) < std::abs(b); });
  lambda.erase(lambda.begin(), lambda.begin() + count_resting(system, null_space));
  TimeScales scales;
  if (lambda.empty()) return scales;
  scales.slowest_frequency = std::abs(lambda.front());
  scales.fastest_frequency = scales.fastest_rate = std::abs(lambda.back());
  const double rounding = 1e-12 * scales.fastest_rate;
  double decay = std::numeric_limits<double>::infinity();
  for (const auto& value : lambda) {
    if (value.real() > rounding) return scales;  // grows without bound
    if (value.real() < -rounding) decay = std::min(decay, -value.real());
  }
  if (std::isfinite(decay)) scales.relaxation_time = 1.0 / decay;
  return scales;
}

}  // namespace

std::optional<Modes> compute_modes(const SecondOrderSystem& system, const NullSpace& null_space) {
  const bool overdamped = system.dynamics == Dynamics::overdamped;
  const std::optional<double> gamma = system.rayleigh_friction();
  if ((!overdamped && !gamma) || system.size() > kModesLimit) return std::nullopt;
  const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      Eigen::MatrixXd(system.K), Eigen::MatrixXd(inertia_of(system)));
  if (solver.info() != Eigen::Success) throw InputError("the modes of K and M were not found");
  const Eigen::VectorXd& stiffness = solver.eigenvalues();
  if (stiffness(0) < -kIndefinite * stiffness.cwiseAbs().maxCoeff()) return std::nullopt;
  Modes modes;
  modes.stiffness = stiffness.cwiseMax(0.0);
  modes.shapes = solver.eigenvectors();
  modes.friction = gamma.value_or(0.0);
  modes.free = null_space.dimension();
  modes.stiffness.head(modes.free).setZero();
  return modes;
}

TimeScales compute_time_scales(const SecondOrderSystem& system, const NullSpace& null_space,
                               const std::optional<Modes>& modes) {
  const Eigen::Index free = null_space.dimension();
  const bool all_free = free == system.size();
  if (modes) {
    const Eigen::Index last = system.size() - 1;
    return from_extremes(system, all_free ? 0.0 : modes->stiffness(free),
                         all_free ? 0.0 : modes->stiffness(last), free > 0);
  }
  const bool decouples =
      system.dynamics == Dynamics::overdamped || system.rayleigh_friction().has_value();
  if (!decouples || system.size() <= kModesLimit) return from_eigenvalues(system, null_space);
  if (all_free) return from_extremes(system, 0.0, 0.0, true);
  const bool few = null_space.independent.size() <= 2 * kLanczosVectors;
  const auto [smallest, largest] = few ? extreme_stiffness_of_few(system, null_space.independent)
                                       : extreme_stiffness(system, null_space);
  return from_extremes(system, smallest, largest, free > 0);
}

}  // namespace springspice::core
