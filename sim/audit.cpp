#include "sim/audit.hpp"

#include <algorithm>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/moments.hpp"
#include "core/stationary.hpp"

namespace springspice::sim {
namespace {

using core::SecondOrderSystem;
using core::SparseMatrix;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// The largest circuit whose Lyapunov equation is solved without modes (its matrix has twice the
// order).
constexpr Eigen::Index kDenseLimit = 300;

// The stamped system of one output, its rounding made symmetric, and its sources.
struct Copy {
  SecondOrderSystem system;
  SparseMatrix H, T;
  VectorXd density;
};

SparseMatrix symmetric(const SparseMatrix& matrix) {
  return 0.5 * (matrix + SparseMatrix(matrix.transpose()));
}

Copy take_copy(const StampedDeck& deck, Eigen::Index output, Eigen::Index nu) {
  Copy copy{deck.system(output), deck.noise().H.middleRows(output * nu, nu),
            deck.noise().T.middleRows(output * nu, nu), deck.noise().density};
  copy.system.K = symmetric(copy.system.K);
  copy.system.D = symmetric(copy.system.D);
  if (copy.system.dynamics == core::Dynamics::underdamped) {
    copy.system.M = symmetric(copy.system.M);
  }
  return copy;
}

// For D that is not gamma M, and for noise that enters positions.
OutputAudit audit_by_lyapunov(const Copy& copy, const std::optional<core::Modes>& modes) {
  const SecondOrderSystem& system = copy.system;
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const Eigen::Index nu = system.size();
  SecondOrderSystem quiet = system;
  quiet.kT = 0.0;
  const MatrixXd A = core::make_langevin(quiet).A;
  const Eigen::LLT<MatrixXd> solver(MatrixXd(overdamped ? system.D : system.M));
  MatrixXd B = MatrixXd::Zero(A.rows(), copy.H.cols());
  B.bottomRows(nu) = solver.solve(MatrixXd(copy.H));
  if (!overdamped) B.topRows(nu) = MatrixXd(copy.T);
  const MatrixXd Q = B * copy.density.asDiagonal() * B.transpose();
  return dynamics::compute_temperatures(system, modes, A, Q, core::solve_lyapunov(A, Q));
}

OutputAudit audit_copy(const Copy& copy, const core::NullSpace& null_space) {
  const std::optional<core::Modes> modes = core::compute_modes(copy.system, null_space);
  const bool enters_positions = copy.T.nonZeros() > 0;
  if (modes && !enters_positions) {
    const SparseMatrix S = copy.H * copy.density.asDiagonal() * SparseMatrix(copy.H.transpose());
    const auto moments = core::solve_stationary(*modes, copy.system.dynamics, S);
    if (moments) return dynamics::compute_temperatures(*modes, copy.system.dynamics, *moments);
    throw core::ParameterError("there is no friction, so no steady state");
  }
  if (null_space.dimension() > 0) {
    throw core::ParameterError("K is singular and the circuit has no modes of its own");
  }
  if (copy.system.size() > kDenseLimit) {
    throw core::ParameterError(fmt::format(
        "{} coordinates without modes (D is not gamma M, or noise enters positions; limit: {})",
        copy.system.size(), kDenseLimit));
  }
  return audit_by_lyapunov(copy, modes);
}

}  // namespace

Audit make_audit(const Problem& problem, const Analysis& analysis, const StampedDeck& deck) {
  Audit audit;
  audit.kT = problem.system.kT;
  audit.overdamped = problem.system.dynamics == core::Dynamics::overdamped;
  const CircuitNoise& noise = deck.noise();
  audit.with_own_noise = std::find(noise.own.begin(), noise.own.end(), true) != noise.own.end();
  audit.obstacle = deck.obstacle().empty() ? noise.obstacle : deck.obstacle();
  const Eigen::Index nu = problem.system.size();
  if (audit.obstacle.empty() && nu > kAuditLimit) {
    audit.obstacle = fmt::format("{} coordinates (limit: {})", nu, kAuditLimit);
  }
  if (!audit.obstacle.empty()) return audit;
  try {
    for (Eigen::Index p = 0; p < problem.system.outputs(); ++p) {
      audit.outputs.push_back(audit_copy(take_copy(deck, p, nu), analysis.null_space));
    }
    const dynamics::TemperatureRange range = dynamics::find_range(audit.outputs);
    audit.coldest = range.coldest;
    audit.hottest = range.hottest;
  } catch (const core::ParameterError& error) {
    audit.outputs.clear();
    audit.obstacle = error.what();
  } catch (const core::InputError& error) {
    audit.outputs.clear();
    audit.obstacle = error.what();
  }
  return audit;
}

}  // namespace springspice::sim
