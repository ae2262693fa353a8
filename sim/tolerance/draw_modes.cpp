#include "sim/tolerance/draw_modes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/moments.hpp"
#include "sim/stamped.hpp"
#include "sim/tolerance/draws.hpp"

namespace springspice::sim {
namespace {

using core::SecondOrderSystem;
using core::SparseMatrix;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Motion kUnstable{.stable = false,
                           .slowest_time = std::numeric_limits<double>::infinity()};

double trace(const SparseMatrix& matrix) { return matrix.diagonal().sum(); }

bool is_overdamped(const SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::overdamped;
}

// What the shapes are normalised by: momentum M v, overdamped force K x.
const SparseMatrix& energy_of(const SecondOrderSystem& system) {
  return is_overdamped(system) ? system.K : system.M;
}

// theta' = A theta + noise of this diffusion Q.
struct Drift {
  MatrixXd A, Q;
};

Drift make_drift(const SecondOrderSystem& system, const SparseMatrix& noise) {
  const Index nu = system.size();
  // The matrices of a drawn circuit are not symmetric to the last digit, nor to any.
  const Eigen::PartialPivLU<MatrixXd> inertia(
      MatrixXd(is_overdamped(system) ? system.D : system.M));
  const MatrixXd forces = inertia.solve(inertia.solve(MatrixXd(noise)).transpose().eval());
  const MatrixXd stiffness = -inertia.solve(MatrixXd(system.K));
  if (is_overdamped(system)) return {stiffness, forces};
  Drift drift{MatrixXd::Zero(2 * nu, 2 * nu), MatrixXd::Zero(2 * nu, 2 * nu)};
  drift.A.topRightCorner(nu, nu).setIdentity();
  drift.A.bottomLeftCorner(nu, nu) = stiffness;
  drift.A.bottomRightCorner(nu, nu) = -inertia.solve(MatrixXd(system.D));
  drift.Q.bottomRightCorner(nu, nu) = forces;
  return drift;
}

// -max Re lambda of M lambda^2 + D lambda + K = 0, overdamped (M = 0) of D lambda + K = 0.
double relaxation_rate(double M, double D, double K) {
  const double root = D * D - 4.0 * M * K;
  // The slow one of two real roots, without a difference of near numbers.
  return root < 0.0 ? D / (2.0 * M) : 2.0 * K / (D + std::sqrt(root));
}

}  // namespace

NominalModes find_nominal_modes(const SecondOrderSystem& system) {
  SecondOrderSystem plain = system;
  if (!is_overdamped(system)) plain.D = trace(system.D) / trace(system.M) * system.M;
  const core::NullSpace null_space = core::find_null_space(plain.K);
  std::optional<core::Modes> modes = core::compute_modes(plain, null_space);
  const core::TimeScales scales = core::compute_time_scales(plain, null_space, modes);
  if (!scales.relaxation_time) {
    throw core::ParameterError(
        "the circuit never comes to rest, for it has no friction or an unstable mode; give "
        "--friction");
  }
  NominalModes nominal;
  nominal.relaxation_time = *scales.relaxation_time;
  if (modes) nominal.modes = std::move(*modes);
  return nominal;
}

DrawModes::DrawModes(const ToleranceRequest& request, const VariedCircuit& circuit,
                     const ProbeMap& probes, const core::Modes& modes)
    : circuit_(circuit), probes_(probes), modes_(modes), shapes_(modes.shapes) {
  const netlist::Design& design = request.problem.design;
  problem_.system = request.problem.system;
  problem_.design.scales = design.scales;
  const std::vector<int> parts = find_johnson_parts(design, request.spreads, request.noise);
  for (std::size_t q = 0; q < design.noise.size(); ++q) {
    if (design.noise[q].own) continue;
    problem_.design.noise.push_back(design.noise[q]);
    johnson_part_.push_back(parts[q]);
  }
  const Index nu = problem_.system.size();
  if (nu > kExactModes && modes.shapes.cols() != nu) {
    note_ = fmt::format("no modes: {} coordinates (limit: {})", nu, core::kModesLimit);
    return;
  }
  const StampedDeck nominal(problem_, probes_, circuit_.flat(VectorXd::Ones(circuit_.parts())));
  if (!nominal.obstacle().empty()) {
    note_ = "no modes: the circuit is no second-order system: " + nominal.obstacle();
    return;
  }
  has_modes_ = true;
  note_ = nu > kExactModes ? fmt::format("{} modes, to first order in the parts' deviations", nu)
                           : fmt::format("{} modes, exact", nu);
  has_noise_ = problem_.system.kT > 0.0 && nominal.noise().obstacle.empty();
  if (problem_.system.kT == 0.0) {
    note_ += "; no temperatures: kT is 0";
  } else if (!has_noise_) {
    note_ += "; no temperatures: " + nominal.noise().obstacle;
  }
}

Motion DrawModes::analyse(const VectorXd& multipliers) const {
  if (!has_modes_) return {};
  const StampedDeck deck(problem_, probes_, circuit_.flat(multipliers));
  if (!deck.obstacle().empty()) return kUnstable;
  const Index nu = problem_.system.size();
  VectorXd density = VectorXd::Zero(deck.noise().density.size());
  for (Index q = 0; has_noise_ && q < density.size(); ++q) {
    const int part = johnson_part_[static_cast<std::size_t>(q)];
    density(q) = deck.noise().density(q) / (part < 0 ? 1.0 : multipliers(part));
  }
  Motion worst{.coldest = std::numeric_limits<double>::infinity()};
  for (Index p = 0; p < problem_.system.outputs(); ++p) {
    const SecondOrderSystem system = deck.system(p);
    // S = H H^T, its square root H.
    SparseMatrix noise(nu, 0);
    if (has_noise_) {
      noise = deck.noise().H.middleRows(p * nu, nu) * density.cwiseSqrt().asDiagonal();
    }
    const Motion motion =
        nu > kExactModes ? analyse_diagonals(system, noise) : analyse_exactly(system, noise);
    if (!motion.stable) return kUnstable;
    worst.slowest_time = std::max(worst.slowest_time, motion.slowest_time);
    worst.coldest = std::min(worst.coldest, motion.coldest);
    worst.hottest = std::max(worst.hottest, motion.hottest);
  }
  if (!has_noise_) worst.coldest = worst.hottest = 0.0;
  return worst;
}

Motion DrawModes::analyse_exactly(const SecondOrderSystem& system,
                                  const SparseMatrix& noise) const {
  const Drift drift = make_drift(system, SparseMatrix(noise * SparseMatrix(noise.transpose())));
  if (!drift.A.allFinite()) return kUnstable;
  const double fastest =
      Eigen::EigenSolver<MatrixXd>(drift.A, false).eigenvalues().real().maxCoeff();
  if (!(fastest < 0.0)) return kUnstable;
  Motion motion;
  motion.slowest_time = -1.0 / fastest;
  if (!has_noise_) return motion;
  MatrixXd covariance;
  try {
    covariance = core::solve_lyapunov(drift.A, drift.Q);
  } catch (const core::ParameterError&) {
    return kUnstable;  // to rounding
  }
  const Index nu = system.size();
  const MatrixXd energy = energy_of(system);
  const MatrixXd pairs = energy * covariance.bottomRightCorner(nu, nu) * energy.transpose();
  const VectorXd sizes = (modes_.shapes.transpose() * energy * modes_.shapes).diagonal();
  const VectorXd squares = (modes_.shapes.transpose() * pairs * modes_.shapes).diagonal();
  const VectorXd temperatures = squares.cwiseQuotient(sizes) / system.kT;
  motion.coldest = temperatures.minCoeff();
  motion.hottest = temperatures.maxCoeff();
  return motion;
}

Motion DrawModes::analyse_diagonals(const SecondOrderSystem& system,
                                    const SparseMatrix& noise) const {
  const Index nu = system.size();
  // diag(Phi^T A Phi), entry by entry of A.
  const auto diagonal = [&](const SparseMatrix& matrix) {
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(nu);
    for (Index j = 0; j < matrix.outerSize(); ++j) {
      for (SparseMatrix::InnerIterator it(matrix, j); it; ++it) {
        sum += it.value() * shapes_.row(it.row()).cwiseProduct(shapes_.row(j));
      }
    }
    return sum;
  };
  const Eigen::RowVectorXd M =
      is_overdamped(system) ? Eigen::RowVectorXd::Zero(nu) : diagonal(system.M);
  const Eigen::RowVectorXd D = diagonal(system.D);
  const Eigen::RowVectorXd K = diagonal(system.K);
  if (!(D.minCoeff() > 0.0 && K.minCoeff() > 0.0 && M.minCoeff() >= 0.0)) return kUnstable;
  Motion motion;
  for (Index a = 0; a < nu; ++a) {
    motion.slowest_time = std::max(motion.slowest_time, 1.0 / relaxation_rate(M(a), D(a), K(a)));
  }
  if (!has_noise_) return motion;
  Eigen::RowVectorXd S = Eigen::RowVectorXd::Zero(nu);
  for (Index q = 0; q < noise.outerSize(); ++q) {
    Eigen::RowVectorXd force = Eigen::RowVectorXd::Zero(nu);
    for (SparseMatrix::InnerIterator it(noise, q); it; ++it) {
      force += it.value() * shapes_.row(it.row());
    }
    S += force.cwiseAbs2();
  }
  const Eigen::RowVectorXd temperatures = 0.5 / system.kT * S.cwiseQuotient(D);
  motion.coldest = temperatures.minCoeff();
  motion.hottest = temperatures.maxCoeff();
  return motion;
}

}  // namespace springspice::sim
