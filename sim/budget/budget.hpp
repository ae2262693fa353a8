// What each imperfection costs, in the units of the task: rms over the data points of the change of
// the predictions (core/prediction_error.hpp).
//
//   alone     circuit: rms deviation of the settled circuit that has this imperfection only from
//   the
//             baseline, the same circuit without any
//             noise: rms of the predictions' fluctuation, sqrt(tr(G Sigma) / m), Sigma the
//             stationary covariance of the positions
//   path      largest rms deviation, along the transient, from the baseline's transient
//   together  rms deviation of the settled circuit that has this imperfection and all before it
//   from
//             the reference, the ideal fit; random terms, which are independent of it and of each
//             other, are added in squares
//
// The circuits come from whoever makes them (hw), scaling, snapping and tolerance as numbers.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "core/prediction_error.hpp"
#include "netlist/design.hpp"
#include "sim/engine.hpp"

namespace springspice::sim {

/// A number that could not be computed is absent, and `note` says why.
struct BudgetTerm {
  std::string name = {};
  std::optional<double> alone = {};
  std::optional<double> together = {};
  std::optional<double> path = {};
  bool random = false;    ///< differs from board to board, or from moment to moment
  bool unstable = false;  ///< the circuit runs away: its settled state is one that it never takes
  std::optional<double> growth = {};  ///< largest, per unit of model time
  /// The settled deviation of the same circuit (of the first board) by both.
  struct Compared {
    double computed = 0.0;
    double ngspice = 0.0;
  };
  std::optional<Compared> compared = {};
  std::string note = {};
};

/// An imperfection as circuits.
struct BudgetStage {
  std::string name;
  std::function<netlist::Design()> alone;
  std::function<netlist::Design()> together;  ///< with all before it
  /// What it costs is the parts' own noise in `alone`; its settled circuit is not looked at.
  bool is_noise = false;
  /// Above 0: boards differ, and `board` gives one in place of `alone`; what it costs is the rms
  /// over so many of them.
  std::size_t boards = 0;
  std::function<netlist::Design(std::size_t board)> board = {};
};

struct BudgetRequest {
  netlist::Design baseline;   ///< the mapped circuit without imperfection
  Eigen::MatrixXd start;      ///< positions at time 0, nu x m
  Eigen::MatrixXd reference;  ///< the ideal fit, nu x m
  core::PredictionError error;
  double read_at = 0.0;   ///< model time at which a circuit counts as settled; length of `path`
  std::size_t steps = 0;  ///< of `path`
  std::vector<BudgetTerm> given;    ///< come first: scaled, snapped, tolerance
  std::vector<BudgetStage> stages;  ///< in their order
  /// Where it is given, ngspice settles each stage's circuit too (BudgetTerm::compared).
  std::optional<EngineOptions> engine = {};
  std::function<void(double)> on_progress = {};
};

/// The terms given, then one for each stage.
/// @throws core::InputError where the baseline itself has no settled state
std::vector<BudgetTerm> compute_budget(const BudgetRequest& request);

/// sqrt(tr(G Sigma) / m), Sigma output by output as of RealCircuit::noise_covariance().
double compute_noise_rms(const core::PredictionError& error, const Eigen::MatrixXd& covariance);

/// What both say of each term is within 10 %, or both are below 1e-9 of the range.
bool agrees_with_ngspice(const std::vector<BudgetTerm>& terms, double range);

/// True where the real circuit dies down at least half as fast as the ideal one; none where they
/// are too large to tell (kMostUnknowns).
/// @throws core::InputError for a circuit whose equations do not determine its motion
std::optional<bool> keeps_up(const netlist::Design& ideal, const netlist::Design& real,
                             Eigen::Index coordinates, Eigen::Index outputs);

/// The term that costs most alone; an unstable one costs more than any other. Null where no term
/// has a number.
const BudgetTerm* find_largest(const std::vector<BudgetTerm>& terms);

}  // namespace springspice::sim
