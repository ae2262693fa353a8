// Where a drawn circuit comes to rest: its positions. Not installed.
//
// Positions that are voltages of a circuit with an operating point solve A z = s, exactly.
//
// Positions that are fluxes, time integrals of voltages, need the way there, for inductors in loops
// keep their currents and A is singular. Backward Euler from rest (z = 0: no current, no charge),
//
//     (E/h + A) z_k = E z_k-1 / h + s,     flux = h sum z_k,     h = 1e4 relaxation times,
//
// multiplies what is left of any motion by less than 1/(1 + h / relaxation time) in each step, so
// four steps leave 1e-16 of the way. The same factorisation serves all steps.
//
// Sensitivities are adjoint: with x = g sum_k c_k^T z_k + offset, c_k = h e_node (flux) or e_node
// in the last step (voltage), and F = E/h + A,
//
//     F^T l_k = c_k + E^T l_k+1 / h,
//     dx/dln p = g sum_k l_k^T (ds + dE (z_k-1 - z_k)/h - dA z_k).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "sim/tolerance/sparse_lu.hpp"
#include "sim/tolerance/varied_circuit.hpp"

namespace springspice::sim {

/// One thread's: it holds a factorisation, which each draw renews. What it says of a draw does not
/// depend on the draws before.
class SettledCircuit {
 public:
  /// @param relaxation_s of the slowest motion, seconds; not read where the design has an operating
  /// point
  /// @throws core::InputError where the nominal circuit comes to no rest
  SettledCircuit(const VariedCircuit& circuit, const Problem& problem, const ProbeMap& probes,
                 double relaxation_s);

  /// nu x m; none where the circuit is singular to working precision.
  std::optional<Eigen::MatrixXd> solve(const Eigen::VectorXd& multipliers);

  /// dx/dln p of the nominal circuit, nu x parts of one output, told in blocks of consecutive
  /// parts. Takes nu n doubles for a circuit of n unknowns (fluxes: twice that).
  using OnBlock = std::function<void(Eigen::Index first_part, const Eigen::MatrixXd& derivatives)>;
  void differentiate(Eigen::Index output, const OnBlock& on_block);

 private:
  bool assemble(const Eigen::VectorXd& multipliers);
  bool solve_steps(const SparseLu& lu, int steps);
  std::optional<Eigen::MatrixXd> solve_afresh();
  bool accurate(const Eigen::VectorXd& z, const Eigen::VectorXd& b) const;
  Eigen::MatrixXd read() const;
  std::vector<Eigen::MatrixXd> solve_adjoint(Eigen::Index output);
  Eigen::VectorXd weight_of(const Term& term) const;

  const VariedCircuit& circuit_;
  const Problem& problem_;
  const ProbeMap& probes_;
  double rate_ = 0.0;  // 1/h; 0 for an operating point
  std::vector<Eigen::Index> nodes_;
  Eigen::SparseMatrix<double> F0_, E0_;  // nominal
  Eigen::SparseMatrix<double> F_, E_;    // of this draw
  Eigen::VectorXd s_;
  std::vector<Eigen::Index> in_F_, in_E_;  // of each term, position among the values; -1: none
  std::optional<SparseLu> lu_;
  std::vector<Eigen::VectorXd> z_;  // z_0 = 0, then of each step
};

}  // namespace springspice::sim
