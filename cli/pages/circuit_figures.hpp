// Pictures of a fit over its inputs: the predictions, the data, and how certain they are.
//
//   one input    data, predictions along it, the nodes of the circuit, a band of +-2 sd
//   two inputs   maps of the predictions, with the data's places, and of their sd
//   more         predictions against targets, at the data
//
// The uncertainty is that of N(K^-1 f, kT K^-1), Boltzmann's distribution of the nodes: a
// prediction w . x has the variance kT w^T K^-1 w.
#pragma once

#include <string>
#include <vector>

#include "report/page.hpp"
#include <Eigen/Core>

#include "cli/pages/circuit_sample.hpp"
#include "core/grid.hpp"
#include "core/system.hpp"

namespace springspice::cli {

struct FitView {
  const core::Grid& grid;
  std::vector<std::string> targets;
  const Eigen::MatrixXd& fit;  ///< of the model, nu x m
  /// nu x m; null: it did not come to rest, or there is none.
  const Eigen::MatrixXd* circuit = nullptr;
  /// K, or what stands for it; null: without uncertainty.
  const core::SparseMatrix* precision = nullptr;
  double kT = 0.0;
  const CircuitSample* data = nullptr;  ///< null: rows that cannot be read again
};

/// Of the first outputs, of which there may be many. Empty where there is nothing to draw: more
/// than two inputs without data.
std::vector<report::Figure> make_circuit_figures(const FitView& view);

/// The predictions of nu x m node values over two inputs, as a map of at most 60 x 60 points that
/// passes through the nodes. @pre the grid has two axes
report::Field make_prediction_field(const core::Grid& grid, const Eigen::MatrixXd& x,
                                    Eigen::Index output, const std::string& label);

/// Standard deviation of the predictions at points, sqrt(kT w^T P^-1 w), one a row of `inputs`.
/// Empty where the precision is not positive definite, or the work would take seconds.
std::vector<double> compute_prediction_sd(const core::Grid& grid,
                                          const core::SparseMatrix& precision, double kT,
                                          const std::vector<std::vector<double>>& inputs);

}  // namespace springspice::cli
