#include "core/free_energy.hpp"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/null_space.hpp"
#include "core/sparse_cholesky.hpp"

namespace springspice::core {
namespace {

void check_temperature(double kT) {
  if (kT > 0.0 && std::isfinite(kT)) return;
  throw ParameterError(
      fmt::format("a free energy is not defined: kT is {}; give --kT a finite number above 0", kT));
}

// K's factor, where it is definite by rank: a Cholesky factorisation alone may end well on the
// rounding of a singular matrix.
SparseCholesky factor_stiffness(const SecondOrderSystem& system) {
  const NullSpace null_space = find_null_space(system.K);
  if (null_space.dimension() > 0) {
    throw InputError(
        fmt::format("the free energy is without bound: {}; --pin-spring holds them, "
                    "--neighbor-spring where a data point pulls",
                    name_free_directions(system, null_space)));
  }
  std::optional<SparseCholesky> factor = SparseCholesky::try_factor(system.K);
  if (!factor) {
    throw InputError(
        "the free energy is without bound: K is not positive semidefinite, so positions run away; "
        "give springs that hold every direction");
  }
  return std::move(*factor);
}

// ln det(2 pi kT A^-1) of nu coordinates.
double log_volume(double kT, const SparseCholesky& factor) {
  return static_cast<double>(factor.size()) * std::log(2.0 * std::numbers::pi * kT) -
         factor.log_determinant();
}

}  // namespace

const char* to_string(Conjugate conjugate) {
  return conjugate == Conjugate::momentum ? "momentum" : "velocity";
}

FreeEnergy compute_free_energy(const EnergySystem& energy, Conjugate conjugate) {
  const SecondOrderSystem& system = energy.system;
  check_temperature(system.kT);
  const SparseCholesky stiffness = factor_stiffness(system);
  const double copies = static_cast<double>(system.outputs());
  FreeEnergy out;
  out.minimum = energy.constant - 0.5 * system.f.cwiseProduct(stiffness.solve(system.f)).sum();
  out.positions = -0.5 * copies * system.kT * log_volume(system.kT, stiffness);
  if (system.dynamics == Dynamics::overdamped) return out;
  const SparseCholesky mass(system.M, "M");
  const double of_velocities = log_volume(system.kT, mass);
  // ln det(2 pi kT M) from ln det(2 pi kT M^-1).
  const double of_momenta = of_velocities + 2.0 * mass.log_determinant();
  out.motion =
      -0.5 * copies * system.kT * (conjugate == Conjugate::momentum ? of_momenta : of_velocities);
  return out;
}

}  // namespace springspice::core
