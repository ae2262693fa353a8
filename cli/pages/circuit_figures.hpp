// What a circuit settles to, over the model's inputs: the figures of a fit (fit_figures.hpp), with
// the circuit at rest as what was learned and the model's fit beside it; with one input the
// circuit's own nodes too, as points.
//
//     x ~ N(K^-1 f, kT K^-1)    the nodes in equilibrium, which gives the predictions their band
//
// A sampler (hw/spu.hpp) has the posterior's precision as its M, and rests at 0: it is given as
// the system whose K is that M, without a circuit at rest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/page.hpp"
#include <Eigen/Core>

#include "cli/pages/data_sample.hpp"
#include "core/grid.hpp"
#include "core/null_space.hpp"
#include "core/system.hpp"

namespace springspice::cli {

struct CircuitFit {
  const core::Grid& grid;
  std::vector<std::string> targets;
  const core::SecondOrderSystem& system;  ///< its K and kT make the band
  const core::NullSpace& null_space;      ///< of that K
  const Eigen::MatrixXd& model;           ///< K^-1 f, nu x m
  /// Of the circuit, nu x m; null: it did not come to rest, or there is none.
  const Eigen::MatrixXd* at_rest = nullptr;
  std::optional<DataSample> data = {};
};

/// @param text of the first section
std::vector<report::Section> make_circuit_sections(const CircuitFit& fit, const std::string& text);

}  // namespace springspice::cli
