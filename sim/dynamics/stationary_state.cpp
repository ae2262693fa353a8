#include "sim/dynamics/stationary_state.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/SparseCholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fit.hpp"
#include "core/langevin.hpp"
#include "core/moments.hpp"
#include "core/stationary.hpp"

namespace springspice::dynamics {
namespace {

using core::Dynamics;
using core::ParameterError;
using core::SecondOrderSystem;
using Eigen::Index;
using Eigen::MatrixXd;

// Of the fastest rate: a decay below is rounding (core/time_scales.cpp has the same).
constexpr double kNoDecay = 1e-12;
// Of the diagonal: a pivot of D below is rounding.
constexpr double kSingularPivot = 1e-12;
constexpr std::size_t kNamed = 8;

bool is_overdamped(const SecondOrderSystem& system) {
  return system.dynamics == Dynamics::overdamped;
}

// The first of them, and how many there are.
template <class Range, class Format>
std::string list(const Range& items, const Format& format) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamed, items.size()); ++i) {
    text += (i == 0 ? "" : ", ") + format(items[i]);
  }
  return items.size() <= kNamed ? text : fmt::format("{}, ... {} in all", text, items.size());
}

bool is_definite(const core::SparseMatrix& matrix) {
  const Eigen::SimplicialLDLT<core::SparseMatrix> factor(matrix);
  if (factor.info() != Eigen::Success) return false;
  const Eigen::VectorXd diagonal = factor.permutationP() * matrix.diagonal();
  return (factor.vectorD().array() > kSingularPivot * diagonal.array().abs()).all();
}

// Omega of the modes that no friction reaches.
std::vector<double> find_undamped(const SecondOrderSystem& system,
                                  const std::optional<core::Modes>& modes) {
  std::vector<double> found;
  const std::optional<double> gamma = system.rayleigh_friction();
  if (gamma && *gamma > 0.0) return found;
  if (modes) {
    for (const double stiffness : modes->stiffness) found.push_back(std::sqrt(stiffness));
    return found;
  }
  if (is_definite(system.D)) return found;
  const Eigen::EigenSolver<MatrixXd> solver(make_dense_drift(system).A, false);
  const double fastest = solver.eigenvalues().cwiseAbs().maxCoeff();
  for (const auto& value : solver.eigenvalues()) {
    if (value.real() > -kNoDecay * fastest && value.imag() > 0.0) found.push_back(value.imag());
  }
  std::sort(found.begin(), found.end());
  return found;
}

MatrixXd inverse(const core::SparseMatrix& matrix) {
  const Eigen::SimplicialLDLT<core::SparseMatrix> factor(matrix);
  const MatrixXd full = factor.solve(MatrixXd::Identity(matrix.rows(), matrix.cols()));
  return 0.5 * (full + full.transpose());
}

void solve_equilibrium(const SecondOrderSystem& system, StationaryState& state) {
  if (!is_overdamped(system) && system.noise_model != core::NoiseModel::fdt) {
    throw ParameterError(
        "the equilibrium's closed form holds for fdt noise only; take the route of modes");
  }
  state.xx = system.kT * inverse(system.K);
  if (is_overdamped(system)) return;
  state.vv = system.kT * inverse(system.M);
  state.xv = MatrixXd::Zero(system.size(), system.size());
}

void solve_by_modes(const SecondOrderSystem& system, const std::optional<core::Modes>& modes,
                    StationaryState& state) {
  if (!modes) {
    throw ParameterError(fmt::format(
        "the system has no modes (D is not gamma M, or more than {} coordinates); take the route "
        "of the Lyapunov equation",
        core::kModesLimit));
  }
  const auto moments =
      core::solve_stationary(*modes, system.dynamics, core::compute_force_noise_matrix(system));
  const MatrixXd& shapes = modes->shapes;
  state.xx = shapes * moments->qq * shapes.transpose();
  if (is_overdamped(system)) return;
  state.xv = shapes * moments->qv * shapes.transpose();
  state.vv = shapes * moments->vv * shapes.transpose();
}

void solve_by_lyapunov(const SecondOrderSystem& system, StationaryState& state) {
  const DenseDrift drift = make_dense_drift(system);
  const MatrixXd covariance = core::solve_lyapunov(drift.A, drift.Q);
  const Index nu = system.size();
  state.xx = covariance.topLeftCorner(nu, nu);
  if (is_overdamped(system)) return;
  state.xv = covariance.topRightCorner(nu, nu);
  state.vv = covariance.bottomRightCorner(nu, nu);
}

}  // namespace

const char* to_string(StationaryRoute route) {
  switch (route) {
    case StationaryRoute::equilibrium:
      return "equilibrium";
    case StationaryRoute::modes:
      return "modes";
    case StationaryRoute::lyapunov:
      break;
  }
  return "lyapunov";
}

MatrixXd StationaryState::covariance() const {
  if (vv.size() == 0) return xx;
  MatrixXd all(2 * xx.rows(), 2 * xx.rows());
  all << xx, xv, xv.transpose(), vv;
  return all;
}

std::string explain_no_stationary_state(const SecondOrderSystem& system,
                                        const core::NullSpace& null_space,
                                        const std::optional<core::Modes>& modes) {
  if (null_space.dimension() > 0) {
    const auto label = [&](int i) { return system.label(i); };
    return fmt::format(
        "K has {} free direction{}, along which positions diffuse (coordinates {}); add "
        "--neighbor-spring or --pin-spring",
        null_space.dimension(), null_space.dimension() == 1 ? "" : "s",
        list(null_space.support, label));
  }
  if (!is_definite(system.K)) {
    return "K is not positive definite, so positions run away from the rest position; give springs "
           "that hold every direction";
  }
  if (is_overdamped(system)) return "";
  const std::vector<double> undamped = find_undamped(system, modes);
  if (undamped.empty()) return "";
  return fmt::format(
      "{} mode{} without friction never come{} to rest (omega {}); give --friction above 0, or a D "
      "that brakes {}",
      undamped.size(), undamped.size() == 1 ? "" : "s", undamped.size() == 1 ? "s" : "",
      list(undamped, [](double omega) { return fmt::format("{:.6g}", omega); }),
      undamped.size() == 1 ? "it" : "them");
}

StationaryState solve_stationary_state(const SecondOrderSystem& system,
                                       const core::NullSpace& null_space,
                                       const std::optional<core::Modes>& modes) {
  const bool fdt = is_overdamped(system) || system.noise_model == core::NoiseModel::fdt;
  const StationaryRoute route = fdt     ? StationaryRoute::equilibrium
                                : modes ? StationaryRoute::modes
                                        : StationaryRoute::lyapunov;
  return solve_stationary_state(system, null_space, modes, route);
}

StationaryState solve_stationary_state(const SecondOrderSystem& system,
                                       const core::NullSpace& null_space,
                                       const std::optional<core::Modes>& modes,
                                       StationaryRoute route) {
  if (system.size() > kStationaryLimit) {
    throw ParameterError(
        fmt::format("the stationary covariance of {} coordinates has {} numbers (limit: {} "
                    "coordinates); take fewer sticks, or the averages of a simulation",
                    system.size(), system.size() * system.size(), kStationaryLimit));
  }
  const std::string obstacle = explain_no_stationary_state(system, null_space, modes);
  if (!obstacle.empty()) throw ParameterError("there is no stationary state: " + obstacle);
  StationaryState state;
  state.route = route;
  state.mean = core::solve_fit(system, null_space);
  if (route == StationaryRoute::equilibrium) solve_equilibrium(system, state);
  if (route == StationaryRoute::modes) solve_by_modes(system, modes, state);
  if (route == StationaryRoute::lyapunov) solve_by_lyapunov(system, state);
  return state;
}

DenseDrift make_dense_drift(const SecondOrderSystem& system) {
  const Index nu = system.size();
  if (nu > kLyapunovLimit) {
    throw ParameterError(fmt::format(
        "{} coordinates that do not decouple into modes, because D is not gamma M (limit for "
        "dense matrices of positions and velocities: {}); take fewer sticks",
        nu, kLyapunovLimit));
  }
  const core::LangevinSystem langevin = core::make_langevin(system);
  const MatrixXd B = langevin.B;
  return {langevin.A, langevin.b, B * B.transpose()};
}

}  // namespace springspice::dynamics
