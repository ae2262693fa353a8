// From options to a training that is ready to run: rows, groups, what is held out, the start.
#pragma once

#include <memory>
#include <vector>

#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "core/data_rows.hpp"
#include "core/null_space.hpp"
#include "sim/training/input_groups.hpp"
#include "sim/training/shuffle.hpp"
#include "sim/training/train.hpp"

namespace springspice::cli {

struct TrainingSetup {
  core::DataRows data;
  /// The groups of each system: one system with all of them, or one system each.
  std::vector<std::vector<training::InputGroup>> models;
  std::vector<training::SpringRows> test;  ///< of each system; no rows without a test
  std::unique_ptr<training::Training> training;

  std::size_t points() const { return training->rows().front().size(); }
  std::size_t test_points() const { return test.front().size(); }
};

/// @throws UsageError, core::ParameterError, core::InputError
TrainingSetup prepare_training(const Options& options, Progress& progress);

/// Mean squared errors of a state; no test error without a test.
struct Losses {
  double train = 0.0;
  std::optional<double> test;
};
Losses compute_losses(const TrainingSetup& setup, std::span<const core::State> states);

/// The least-squares fit of the rows that are learned from: where all springs together come to
/// rest. Directions that they leave free are remarked on standard error.
std::vector<core::State> fit_all_springs(const TrainingSetup& setup);

}  // namespace springspice::cli
