#include "sim/dynamics/spectrum.hpp"

#include <cmath>
#include <complex>

#include <Eigen/SparseLU>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/langevin.hpp"

namespace springspice::dynamics {
namespace {

using Complex = std::complex<double>;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXcd;
using ComplexSparse = Eigen::SparseMatrix<Complex>;

MatrixXd make_result(std::span<const double> omega, std::span<const Index> coordinates) {
  return MatrixXd(static_cast<Index>(omega.size()), static_cast<Index>(coordinates.size()));
}

[[noreturn]] void fail_at_pole(double omega) {
  throw core::ParameterError(fmt::format(
      "the spectrum is infinite at omega = {}: something there is not held or not braked; give "
      "springs and friction, or another frequency",
      omega));
}

ComplexSparse make_matrix(const core::SecondOrderSystem& system, double omega) {
  ComplexSparse matrix = system.K.cast<Complex>() + Complex(0.0, omega) * system.D.cast<Complex>();
  if (system.dynamics == core::Dynamics::underdamped) {
    matrix -= Complex(omega * omega) * system.M.cast<Complex>();
  }
  matrix.makeCompressed();
  return matrix;
}

}  // namespace

MatrixXd compute_position_spectra(const core::SecondOrderSystem& system,
                                  std::span<const double> omega,
                                  std::span<const Index> coordinates) {
  const ComplexSparse S = core::compute_force_noise_matrix(system).cast<Complex>();
  MatrixXd spectra = make_result(omega, coordinates);
  for (std::size_t f = 0; f < omega.size(); ++f) {
    const ComplexSparse matrix = make_matrix(system, omega[f]);
    const Eigen::SparseLU<ComplexSparse> solver(matrix);
    if (solver.info() != Eigen::Success) fail_at_pole(omega[f]);
    for (std::size_t r = 0; r < coordinates.size(); ++r) {
      VectorXcd unit = VectorXcd::Zero(system.size());
      unit(coordinates[r]) = 1.0;
      VectorXcd y = solver.solve(unit);
      y += solver.solve(VectorXcd(unit - matrix * y));
      // The matrix is symmetric, so row i of its inverse is this column; S is real and symmetric.
      const double spectrum = y.dot(S * y).real();
      if (!std::isfinite(spectrum)) fail_at_pole(omega[f]);
      spectra(static_cast<Index>(f), static_cast<Index>(r)) = spectrum;
    }
  }
  return spectra;
}

MatrixXd compute_position_spectra(const core::SecondOrderSystem& system, const core::Modes& modes,
                                  std::span<const double> omega,
                                  std::span<const Index> coordinates) {
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const bool fdt = overdamped || system.noise_model == core::NoiseModel::fdt;
  const MatrixXd& shapes = modes.shapes;
  // Friction and noise of each mode; with fdt noise no two are correlated.
  const double friction = overdamped ? 1.0 : modes.friction;
  const double density = 2.0 * system.kT * friction;
  MatrixXd noise;
  if (!fdt) noise = shapes.transpose() * (core::compute_force_noise_matrix(system) * shapes);
  MatrixXd spectra = make_result(omega, coordinates);
  for (std::size_t f = 0; f < omega.size(); ++f) {
    const double w = omega[f];
    const double inertia = overdamped ? 0.0 : w * w;
    const VectorXcd response =
        ((modes.stiffness.array() - inertia).cast<Complex>() + Complex(0.0, w * friction))
            .inverse();
    if (!response.allFinite()) fail_at_pole(w);
    for (std::size_t r = 0; r < coordinates.size(); ++r) {
      const VectorXcd y = response.cwiseProduct(shapes.row(coordinates[r]).transpose());
      spectra(static_cast<Index>(f), static_cast<Index>(r)) =
          fdt ? density * y.squaredNorm() : y.dot(noise * y).real();
    }
  }
  return spectra;
}

}  // namespace springspice::dynamics
