#include "sim/tolerance/settled_circuit.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::sim {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::SparseMatrix;
using Eigen::VectorXd;
using netlist::Probe;

constexpr double kRelaxationTimes = 1e4;
constexpr int kSteps = 4;
// 1e-8 of a derivative.
constexpr int kAdjointSteps = 2;

// A node that touches capacitors alone floats at an operating point; this holds it, and carries no
// current.
constexpr double kLeak = 1e-12;

// |F z - b| of a solution that the pivots have not spoilt, row by row, of |F| |z| + |b|: rounding
// of some hundred operations. Where z is meant to be 0, as at a virtual ground, its share of the
// largest voltage counts.
constexpr double kBackwardError = 1e-13;
constexpr double kGroundShare = 1e-2;

// Parts at a time: a block of derivatives stays in the cache.
constexpr Index kBlock = 64;

Index position_of(const SparseMatrix<double>& matrix, Index row, Index column) {
  const int* begin = matrix.innerIndexPtr() + matrix.outerIndexPtr()[column];
  const int* end = matrix.innerIndexPtr() + matrix.outerIndexPtr()[column + 1];
  return std::lower_bound(begin, end, static_cast<int>(row)) - matrix.innerIndexPtr();
}

SparseMatrix<double> make_leaks(const netlist::Descriptor& circuit) {
  VectorXd touched = VectorXd::Zero(circuit.A.rows());
  for (Index j = 0; j < circuit.A.outerSize(); ++j) {
    for (SparseMatrix<double>::InnerIterator it(circuit.A, j); it; ++it) touched(it.row()) = 1.0;
  }
  SparseMatrix<double> leaks(circuit.A.rows(), circuit.A.cols());
  for (Index i = 0; i < circuit.node_count; ++i) {
    if (touched(i) == 0.0) leaks.insert(i, i) = kLeak;
  }
  return leaks;
}

}  // namespace

SettledCircuit::SettledCircuit(const VariedCircuit& circuit, const Problem& problem,
                               const ProbeMap& probes, double relaxation_s)
    : circuit_(circuit), problem_(problem), probes_(probes) {
  const netlist::Descriptor& nominal = circuit.nominal();
  if (!problem.design.has_operating_point) rate_ = 1.0 / (kRelaxationTimes * relaxation_s);
  for (const Probe* probe : probes.positions) nodes_.push_back(nominal.node(probe->node));
  E0_ = nominal.E;
  F0_ = rate_ > 0.0 ? SparseMatrix<double>(nominal.E * rate_ + nominal.A)
                    : SparseMatrix<double>(nominal.A + make_leaks(nominal));
  E0_.makeCompressed();
  F0_.makeCompressed();
  for (const Term& term : circuit.terms()) {
    const bool in_E = term.matrix == Term::Matrix::E && rate_ > 0.0;
    const bool in_F = in_E || term.matrix == Term::Matrix::A;
    in_E_.push_back(in_E ? position_of(E0_, term.row, term.column) : -1);
    in_F_.push_back(in_F ? position_of(F0_, term.row, term.column) : -1);
  }
  try {
    lu_.emplace(F0_);
  } catch (const core::InputError& error) {
    throw core::InputError(
        fmt::format("the circuit comes to no rest: {}; what holds every node (--neighbor-spring, "
                    "--pin-spring) gives it one",
                    error.what()));
  }
}

bool SettledCircuit::assemble(const VectorXd& multipliers) {
  F_ = F0_;
  E_ = E0_;
  s_ = circuit_.nominal().s;
  const std::vector<Term>& terms = circuit_.terms();
  for (std::size_t k = 0; k < terms.size(); ++k) {
    const Term& term = terms[k];
    const double change = term.value * term.change(multipliers);
    if (term.matrix == Term::Matrix::s) {
      s_(term.row) += change;
    } else if (in_F_[k] >= 0) {
      F_.valuePtr()[in_F_[k]] += (in_E_[k] >= 0 ? rate_ : 1.0) * change;
      if (in_E_[k] >= 0) E_.valuePtr()[in_E_[k]] += change;
    }
  }
  return std::all_of(F_.valuePtr(), F_.valuePtr() + F_.nonZeros(),
                     [](double value) { return std::isfinite(value); });
}

bool SettledCircuit::accurate(const VectorXd& z, const VectorXd& b) const {
  if (!z.allFinite()) return false;
  const VectorXd rest = (F_ * z - b).cwiseAbs();
  const double share = kGroundShare * z.cwiseAbs().maxCoeff();
  const VectorXd size = F_.cwiseAbs() * (z.cwiseAbs().array() + share).matrix() + b.cwiseAbs();
  return (rest.array() <= kBackwardError * size.array()).all();
}

bool SettledCircuit::solve_steps(const SparseLu& lu, int steps) {
  z_.assign(1, VectorXd::Zero(F_.rows()));
  for (int k = 0; k < steps; ++k) {
    const VectorXd b = rate_ > 0.0 ? VectorXd(s_ + rate_ * (E_ * z_.back())) : s_;
    VectorXd z = b;
    lu.solve_in_place(z);
    if (!accurate(z, b)) {
      // One step of refinement: what rounding left in a row of small numbers.
      VectorXd rest = b - F_ * z;
      lu.solve_in_place(rest);
      z += rest;
      if (!accurate(z, b)) return false;
    }
    z_.push_back(std::move(z));
  }
  return true;
}

MatrixXd SettledCircuit::read() const {
  const Index nu = problem_.system.size();
  MatrixXd x(nu, problem_.system.outputs());
  for (std::size_t c = 0; c < nodes_.size(); ++c) {
    const Probe& probe = *probes_.positions[c];
    double q = 0.0;
    if (probe.quantity == Probe::Quantity::voltage) {
      q = z_.back()(nodes_[c]);
    } else {
      for (const VectorXd& z : z_) q += z(nodes_[c]) / rate_;
    }
    const auto i = static_cast<Index>(c);
    x(i % nu, i / nu) = probe.gain * q + probe.offset;
  }
  return x;
}

std::optional<MatrixXd> SettledCircuit::solve(const VectorXd& multipliers) {
  if (!assemble(multipliers)) return std::nullopt;
  const int steps = rate_ > 0.0 ? kSteps : 1;
  if (lu_->refactor(F_) && solve_steps(*lu_, steps)) return read();
  // Far from the nominal circuit its pivots may not do; these are for this draw alone, so that the
  // next one does not depend on it.
  try {
    if (solve_steps(SparseLu(F_), steps)) return read();
  } catch (const core::InputError&) {
    return std::nullopt;
  }
  return std::nullopt;
}

// l_k of all coordinates of an output, k = 1, 2...: one column each.
std::vector<MatrixXd> SettledCircuit::solve_adjoint(Index output) {
  const Index nu = problem_.system.size();
  const int steps = rate_ > 0.0 ? kAdjointSteps : 1;
  std::vector<MatrixXd> adjoint(static_cast<std::size_t>(steps));
  for (int k = steps - 1; k >= 0; --k) {
    MatrixXd& l = adjoint[static_cast<std::size_t>(k)];
    l = MatrixXd::Zero(F_.rows(), nu);
    if (k + 1 < steps) l = rate_ * (E_.transpose() * adjoint[static_cast<std::size_t>(k + 1)]);
    for (Index i = 0; i < nu; ++i) {
      const auto c = static_cast<std::size_t>(output * nu + i);
      const bool flux = probes_.positions[c]->quantity == Probe::Quantity::flux;
      if (flux) l(nodes_[c], i) += 1.0 / rate_;
      if (!flux && k + 1 == steps) l(nodes_[c], i) += 1.0;
    }
    lu_->solve_transposed_in_place(l);
  }
  return adjoint;
}

// What doubling a term adds to s + E (z_k-1 - z_k)/h - A z_k in its row, for each step.
VectorXd SettledCircuit::weight_of(const Term& term) const {
  VectorXd weights = VectorXd::Constant(std::ssize(z_) - 1, term.value);
  for (Index k = 0; k < weights.size() && term.matrix != Term::Matrix::s; ++k) {
    const double before = z_[static_cast<std::size_t>(k)](term.column);
    const double now = z_[static_cast<std::size_t>(k + 1)](term.column);
    weights(k) *= term.matrix == Term::Matrix::A ? -now : rate_ * (before - now);
  }
  return weights;
}

void SettledCircuit::differentiate(Index output, const OnBlock& on_block) {
  assemble(VectorXd::Ones(circuit_.parts()));
  const int steps = rate_ > 0.0 ? kAdjointSteps : 1;
  if (!lu_->refactor(F_) || !solve_steps(*lu_, steps)) {
    throw core::InputError("the circuit as designed is singular to working precision");
  }
  const Index nu = problem_.system.size();
  std::vector<MatrixXd> adjoint = solve_adjoint(output);
  // By unknown, so that a row of l lies together; with the gain of each coordinate's probe.
  VectorXd gains(nu);
  for (Index i = 0; i < nu; ++i) {
    gains(i) = probes_.positions[static_cast<std::size_t>(output * nu + i)]->gain;
  }
  for (MatrixXd& l : adjoint) l = (gains.asDiagonal() * l.transpose()).eval();

  std::vector<std::vector<std::pair<std::size_t, double>>> terms_of(
      static_cast<std::size_t>(circuit_.parts()));
  for (std::size_t t = 0; t < circuit_.terms().size(); ++t) {
    for (const Term::Factor& factor : circuit_.terms()[t].factors) {
      if (factor.part < 0) continue;
      terms_of[static_cast<std::size_t>(factor.part)].emplace_back(t, factor.exponent);
    }
  }
  for (Index first = 0; first < circuit_.parts(); first += kBlock) {
    MatrixXd block = MatrixXd::Zero(nu, std::min(kBlock, circuit_.parts() - first));
    for (Index q = 0; q < block.cols(); ++q) {
      for (const auto& [t, exponent] : terms_of[static_cast<std::size_t>(first + q)]) {
        const Term& term = circuit_.terms()[t];
        const VectorXd weights = weight_of(term);
        for (Index k = 0; k < weights.size(); ++k) {
          block.col(q) +=
              exponent * weights(k) * adjoint[static_cast<std::size_t>(k)].col(term.row);
        }
      }
    }
    on_block(first, block);
  }
}

}  // namespace springspice::sim
