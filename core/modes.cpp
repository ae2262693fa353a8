#include "core/modes.hpp"

#include <Eigen/Eigenvalues>

#include "core/error.hpp"
#include "core/extreme_modes.hpp"

namespace springspice::core {
namespace {

// Of the largest stiffness: below, a negative one is rounding.
constexpr double kIndefinite = 1e-12;

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

}  // namespace springspice::core
