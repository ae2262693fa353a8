#include "core/system.hpp"

#include <cmath>

#include <Eigen/SparseCholesky>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/matrix_market.hpp"

namespace springspice::core {
namespace {

void check_square_symmetric(const SparseMatrix& matrix, const char* name, Eigen::Index size) {
  if (matrix.rows() != size || matrix.cols() != size) {
    throw InputError(fmt::format("{} is {} x {}, but K is {} x {}; all must be of one size", name,
                                 matrix.rows(), matrix.cols(), size, size));
  }
  for (Eigen::Index column = 0; column < matrix.outerSize(); ++column) {
    for (SparseMatrix::InnerIterator it(matrix, column); it; ++it) {
      if (!std::isfinite(it.value())) {
        throw InputError(fmt::format("{}({},{}) is {}; it must be a finite number", name,
                                     it.row() + 1, it.col() + 1, it.value()));
      }
      const double mirror = matrix.coeff(it.col(), it.row());
      if (std::abs(it.value() - mirror) >
          1e-14 * std::max(std::abs(it.value()), std::abs(mirror))) {
        throw InputError(fmt::format(
            "{} is not symmetric: ({},{}) is {}, ({},{}) is {}; a quadratic Lagrangian "
            "has symmetric matrices",
            name, it.row() + 1, it.col() + 1, it.value(), it.col() + 1, it.row() + 1, mirror));
      }
    }
  }
}

// Whether every eigenvalue of the matrix, scaled to a unit diagonal, lies above the limit.
bool is_above(const SparseMatrix& matrix, double limit) {
  Eigen::VectorXd inverse_root(matrix.rows());
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    const double diagonal = matrix.coeff(i, i);
    if (diagonal < 0.0 || (diagonal == 0.0 && matrix.col(i).norm() > 0.0)) return false;
    inverse_root(i) = diagonal > 0.0 ? 1.0 / std::sqrt(diagonal) : 1.0;
  }
  const SparseMatrix scaled = inverse_root.asDiagonal() * matrix * inverse_root.asDiagonal();
  Eigen::SimplicialLLT<SparseMatrix> factor;
  factor.setShift(-limit);
  factor.compute(scaled);
  return factor.info() == Eigen::Success;
}

// Rounding moves an eigenvalue by some 1e-15, on either side.
constexpr double kDefinite = 1e-13;
constexpr double kSemidefinite = -1e-12;

void check_positive_definite(const SparseMatrix& matrix, const char* name, const char* hint) {
  if (!is_above(matrix, kDefinite)) {
    throw InputError(fmt::format("{} is not positive definite; {}", name, hint));
  }
}

}  // namespace

const char* to_string(Dynamics dynamics) {
  return dynamics == Dynamics::underdamped ? "underdamped" : "overdamped";
}

const char* to_string(NoiseModel model) { return model == NoiseModel::fdt ? "fdt" : "diagonal"; }

std::optional<double> SecondOrderSystem::rayleigh_friction() const {
  if (dynamics == Dynamics::overdamped || M.rows() == 0 || M.coeff(0, 0) <= 0.0)
    return std::nullopt;
  const double gamma = D.coeff(0, 0) / M.coeff(0, 0);
  const SparseMatrix difference = D - gamma * M;
  for (Eigen::Index column = 0; column < difference.outerSize(); ++column) {
    for (SparseMatrix::InnerIterator it(difference, column); it; ++it) {
      const double scale =
          std::abs(gamma * M.coeff(it.row(), it.col())) + std::abs(D.coeff(it.row(), it.col()));
      if (std::abs(it.value()) > 1e-14 * scale) return std::nullopt;
    }
  }
  return gamma;
}

std::vector<int> SecondOrderSystem::index(Eigen::Index coordinate) const {
  std::vector<int> indices(shape.size());
  for (std::size_t b = shape.size(); b-- > 0;) {
    indices[b] = static_cast<int>(coordinate % shape[b]);
    coordinate /= shape[b];
  }
  return indices;
}

std::string SecondOrderSystem::label(Eigen::Index coordinate) const {
  return fmt::format("{}", fmt::join(index(coordinate), "_"));
}

void check_system(const SecondOrderSystem& system) {
  const Eigen::Index size = system.size();
  if (size == 0) throw InputError("K has no rows; the system needs at least one coordinate");
  if (system.K.cols() != size) {
    throw InputError(
        fmt::format("K is {} x {}; it must be square, one row and one column a coordinate", size,
                    system.K.cols()));
  }
  check_square_symmetric(system.K, "K", size);
  check_square_symmetric(system.D, "D", size);
  if (system.f.rows() != size || system.f.cols() < 1) {
    throw InputError(
        fmt::format("f is {} x {}, but K is {} x {}; f needs one row a coordinate and "
                    "one column an output",
                    system.f.rows(), system.f.cols(), size, size));
  }
  for (Eigen::Index p = 0; p < system.f.cols(); ++p) {
    for (Eigen::Index i = 0; i < size; ++i) {
      if (std::isfinite(system.f(i, p))) continue;
      throw InputError(
          fmt::format("f({},{}) is {}; it must be a finite number", i + 1, p + 1, system.f(i, p)));
    }
  }
  if (system.dynamics == Dynamics::underdamped) {
    check_square_symmetric(system.M, "M", size);
    check_positive_definite(system.M, "M", "a coordinate without mass needs --dynamics overdamped");
    if (!is_above(system.D, kSemidefinite)) {
      throw InputError(
          "D is not positive semidefinite: it would feed energy in; friction takes energy out");
    }
  } else {
    check_positive_definite(system.D, "D", "overdamped dynamics need friction on every coordinate");
  }
}

Energies compute_energies(const SecondOrderSystem& system, const State& state,
                          double potential_constant) {
  Energies energies;
  if (system.dynamics == Dynamics::underdamped) {
    energies.kinetic = 0.5 * state.v.cwiseProduct(system.M * state.v).sum();
  }
  energies.potential = potential_constant + 0.5 * state.x.cwiseProduct(system.K * state.x).sum() -
                       state.x.cwiseProduct(system.f).sum();
  return energies;
}

SecondOrderSystem read_system(const std::string& folder, Dynamics dynamics) {
  SecondOrderSystem system;
  system.dynamics = dynamics;
  system.K = read_sparse_matrix(folder + "/K.mtx");
  system.D = read_sparse_matrix(folder + "/D.mtx");
  system.f = read_dense_matrix(folder + "/f.mtx");
  if (dynamics == Dynamics::underdamped) system.M = read_sparse_matrix(folder + "/M.mtx");
  system.shape = {static_cast<int>(system.K.rows())};
  check_system(system);
  return system;
}

}  // namespace springspice::core
