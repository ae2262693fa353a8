// Predictions as CSV, one line a row: inputs, targets where the table has them, predictions.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/results.hpp"

namespace springspice::cli {

/// yhat(u) into y; true where u lay outside the bounds and was moved to the nearest face.
using Predict = std::function<bool(std::span<const double> u, std::span<double> y)>;

struct PredictionErrors {
  std::vector<double> largest;  ///< of each target; empty at a query, which has none
  std::size_t rows = 0;
  std::size_t clamped = 0;
};

/// Whether there are rows to predict at: a query, or data that can be read again.
/// @throws UsageError where --out asks for predictions and there are none
bool can_predict(const Options& options);

/// Predicts at the rows of --query, else of --data; writes where there is a file.
PredictionErrors write_predictions(const std::vector<std::string>& inputs,
                                   const std::vector<std::string>& targets, const Predict& predict,
                                   const Options& options, OutputFile* file);

/// On standard error, where some of the `rows` "queries" (or what they are) were moved.
void remark_clamped(std::size_t clamped, std::size_t rows, const std::string& what);

/// nu rows of m values.
Json nodes_to_json(const Eigen::MatrixXd& x);

}  // namespace springspice::cli
