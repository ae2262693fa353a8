// A circuit's sparse matrix, brought to entries of equal size and factorised: amperes, volts and
// gains of 1e12 stand in one matrix. Not installed.
#pragma once

#include <optional>

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include "netlist/stamp.hpp"
#include "sim/tolerance/sparse_lu.hpp"

namespace springspice::sim {

class ScaledFactor {
 public:
  /// @param circuit names the unknowns
  /// @throws core::InputError for a singular matrix: names the node that is free
  ScaledFactor(const Eigen::SparseMatrix<double>& matrix, const netlist::Descriptor& circuit);

  /// With one step of iterative refinement.
  Eigen::VectorXd solve(const Eigen::VectorXd& right) const;

 private:
  Eigen::VectorXd solve_once(Eigen::VectorXd right) const;

  Eigen::SparseMatrix<double> matrix_;  // scaled
  Eigen::VectorXd rows_, columns_;
  std::optional<SparseLu> factor_;
};

}  // namespace springspice::sim
