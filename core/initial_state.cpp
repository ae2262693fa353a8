#include "core/initial_state.hpp"

#include <cmath>

#include <Eigen/SparseCholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fit.hpp"
#include "core/matrix_market.hpp"
#include "core/npy.hpp"
#include "core/random.hpp"

namespace springspice::core {
namespace {

// Streams of the counter-based generator, one for each use, so that no two share numbers; noise
// sources take theirs from 0 up, so these stand far above any count of sources.
constexpr std::uint64_t kPositionStream = 0x7830'0000'0000'0000;
constexpr std::uint64_t kVelocityStream = 0x7630'0000'0000'0000;

Eigen::MatrixXd draw_normal(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed,
                            std::uint64_t stream) {
  Eigen::MatrixXd values(rows, columns);
  for (Eigen::Index p = 0; p < columns; ++p) {
    for (Eigen::Index i = 0; i < rows; ++i) {
      values(i, p) = normal(seed, stream, static_cast<std::uint64_t>(p * rows + i));
    }
  }
  return values;
}

// Samples of N(0, scale matrix^-1): with P matrix P^T = L L^T, x = P^T L^-T xi.
Eigen::MatrixXd draw_inverse(const SparseMatrix& matrix, const char* name, double scale,
                             const Eigen::MatrixXd& xi) {
  const Eigen::SimplicialLLT<SparseMatrix> factor(matrix);
  if (factor.info() != Eigen::Success) {
    throw InputError(fmt::format(
        "--x0 stationary: {} is not positive definite, so there is no stationary state", name));
  }
  Eigen::MatrixXd draws(xi.rows(), xi.cols());
  for (Eigen::Index p = 0; p < xi.cols(); ++p) {
    const Eigen::VectorXd solved = factor.matrixU().solve(xi.col(p));
    draws.col(p) = std::sqrt(scale) * (factor.permutationPinv() * solved);
  }
  return draws;
}

void read_numpy_state(const SecondOrderSystem& system, const std::string& path, State& state) {
  const NpyArray array = read_npy(path);
  const auto nu = static_cast<std::uint64_t>(system.size());
  const auto m = static_cast<std::uint64_t>(system.outputs());
  const bool moving = system.dynamics == Dynamics::underdamped;
  using Shape = std::vector<std::uint64_t>;
  const bool both = moving && array.shape == Shape{2, nu, m};
  if (!both && array.shape != Shape{nu, m} && !(m == 1 && array.shape == Shape{nu})) {
    throw InputError(fmt::format(
        "{}: shape {}, but the system has {} coordinate{} and {} output{}; give positions as "
        "({}, {}){}",
        path, array.format_shape(), nu, nu == 1 ? "" : "s", m, m == 1 ? "" : "s", nu, m,
        moving ? fmt::format(", or positions and velocities as (2, {}, {})", nu, m) : ""));
  }
  state.x = array.matrix(0);
  if (both) state.v = array.matrix(1);
}

}  // namespace

State make_zero_state(const SecondOrderSystem& system) {
  State state;
  state.x = Eigen::MatrixXd::Zero(system.size(), system.outputs());
  state.v = Eigen::MatrixXd::Zero(system.dynamics == Dynamics::overdamped ? 0 : system.size(),
                                  system.outputs());
  return state;
}

State make_random_state(const SecondOrderSystem& system, std::span<const double> spread,
                        std::uint64_t seed) {
  State state = make_zero_state(system);
  state.x = draw_normal(system.size(), system.outputs(), seed, kPositionStream);
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    state.x.col(p) *= spread[static_cast<std::size_t>(p)];
  }
  return state;
}

State draw_stationary_state(const SecondOrderSystem& system, const NullSpace& null_space,
                            std::uint64_t seed) {
  if (null_space.dimension() > 0) {
    throw ParameterError(fmt::format(
        "--x0 stationary: K has {} free directions, so there is no stationary state; add "
        "--neighbor-spring or --pin-spring",
        null_space.dimension()));
  }
  State state = make_zero_state(system);
  state.x = solve_fit(system, null_space);
  if (system.kT == 0.0) return state;
  if (system.noise_model == NoiseModel::diagonal && system.dynamics == Dynamics::underdamped) {
    throw ParameterError(
        "--x0 stationary draws from Boltzmann's distribution, which is stationary under fdt noise "
        "only; write --noise-model fdt, or --x0 zero");
  }
  state.x += draw_inverse(system.K, "K", system.kT,
                          draw_normal(system.size(), system.outputs(), seed, kPositionStream));
  if (system.dynamics == Dynamics::underdamped) {
    state.v = draw_inverse(system.M, "M", system.kT,
                           draw_normal(system.size(), system.outputs(), seed, kVelocityStream));
  }
  return state;
}

State read_state(const SecondOrderSystem& system, const std::string& path) {
  State state = make_zero_state(system);
  if (path.ends_with(".npy") || is_npy(path)) {
    read_numpy_state(system, path, state);
  } else {
    state.x = read_dense_matrix(path);
  }
  if (state.x.rows() != system.size() || state.x.cols() != system.outputs()) {
    throw InputError(
        fmt::format("{}: {} x {} values, but the system has {} coordinates and {} "
                    "outputs; give one row a coordinate",
                    path, state.x.rows(), state.x.cols(), system.size(), system.outputs()));
  }
  if (!state.x.allFinite() || !state.v.allFinite()) {
    throw InputError(path + ": values must be finite numbers");
  }
  return state;
}

}  // namespace springspice::core
