// A circuit's sparse matrix, brought to entries of equal size and factorised: amperes, volts and
// gains of 1e12 stand in one matrix.
#pragma once

#include <memory>

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include "netlist/stamp.hpp"

namespace springspice::sim {

class ScaledFactor {
 public:
  /// @param circuit names the unknowns
  /// @throws core::InputError for a singular matrix: names the node that is free
  ScaledFactor(const Eigen::SparseMatrix<double>& matrix, const netlist::Descriptor& circuit);
  ~ScaledFactor();

  /// With one step of iterative refinement.
  Eigen::VectorXd solve(const Eigen::VectorXd& right) const;

 private:
  struct Factor;
  Eigen::SparseMatrix<double> matrix_;  // scaled
  Eigen::VectorXd rows_, columns_;
  std::unique_ptr<Factor> factor_;
};

}  // namespace springspice::sim
