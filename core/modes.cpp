#include "core/modes.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include <Eigen/Eigenvalues>
#include <Spectra/MatOp/SparseCholesky.h>
#include <Spectra/MatOp/SparseSymMatProd.h>
#include <Spectra/MatOp/SymShiftInvert.h>
#include <Spectra/SymGEigsShiftSolver.h>
#include <Spectra/SymGEigsSolver.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/langevin.hpp"

namespace springspice::core {
namespace {

// The dense eigenvalues of a 2 nu x 2 nu matrix that is not symmetric cost about 25 (2 nu)^3.
constexpr Eigen::Index kGeneralLimit = 500;
// Lanczos finds the slowest relaxing mode behind the free ones; beyond this many it is hopeless.
constexpr Eigen::Index kFreeModesLimit = 40;

const SparseMatrix& inertia_of(const SecondOrderSystem& system) {
  return system.dynamics == Dynamics::overdamped ? system.D : system.M;
}

// Smallest and largest stiffness above zero, by Lanczos iteration on the sparse pencil.
std::pair<double, double> extreme_stiffness(const SecondOrderSystem& system, Eigen::Index free) {
  using Product = Spectra::SparseSymMatProd<double>;
  const SparseMatrix& inertia = inertia_of(system);
  Product stiffness_op(system.K);
  Product inertia_op(inertia);
  Spectra::SparseCholesky<double> root(inertia);
  Spectra::SymGEigsSolver<Product, Spectra::SparseCholesky<double>, Spectra::GEigsMode::Cholesky>
      upper(stiffness_op, root, 1, 40);
  upper.init();
  upper.compute(Spectra::SortRule::LargestAlge, 1000, 1e-6);
  if (upper.info() != Spectra::CompInfo::Successful) {
    throw ParameterError("the fastest mode was not found; give --dt and --t-end");
  }
  const double largest = upper.eigenvalues()(0);
  if (free > kFreeModesLimit) {
    throw ParameterError(fmt::format(
        "{} free directions hide the slowest mode; hold them with --neighbor-spring, or give --dt "
        "and --t-end",
        free));
  }
  using Shifted = Spectra::SymShiftInvert<double, Eigen::Sparse, Eigen::Sparse>;
  Shifted shifted(system.K, inertia);
  // A shift a little below zero keeps K + shift M positive definite with free modes too.
  Spectra::SymGEigsShiftSolver<Shifted, Product, Spectra::GEigsMode::ShiftInvert> lower(
      shifted, inertia_op, free + 1, 2 * free + 40, -1e-9 * largest);
  lower.init();
  lower.compute(Spectra::SortRule::LargestMagn, 1000, 1e-8);
  if (lower.info() != Spectra::CompInfo::Successful) {
    throw ParameterError("the slowest mode was not found; give --dt and --t-end");
  }
  return {lower.eigenvalues().maxCoeff(), largest};
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
  scales.fastest_rate = std::max(larger_modulus(gamma, largest), gamma);
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

TimeScales from_eigenvalues(const SecondOrderSystem& system, Eigen::Index free) {
  if (system.size() > kGeneralLimit) {
    throw ParameterError(
        fmt::format("D is not gamma M and there are {} coordinates (limit for finding time scales: "
                    "{}); give --dt and --t-end",
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
  lambda.erase(lambda.begin(), lambda.begin() + free);
  TimeScales scales;
  scales.slowest_frequency = std::abs(lambda.front());
  scales.fastest_frequency = scales.fastest_rate = std::abs(lambda.back());
  double decay = std::numeric_limits<double>::infinity();
  for (const auto& value : lambda) decay = std::min(decay, -value.real());
  if (decay > 1e-12 * scales.fastest_rate) scales.relaxation_time = 1.0 / decay;
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
  Modes modes;
  modes.stiffness = solver.eigenvalues();
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
  if (system.dynamics == Dynamics::underdamped && !system.rayleigh_friction()) {
    return from_eigenvalues(system, free);
  }
  if (all_free) return from_extremes(system, 0.0, 0.0, true);
  const auto [smallest, largest] = extreme_stiffness(system, free);
  return from_extremes(system, smallest, largest, free > 0);
}

}  // namespace springspice::core
