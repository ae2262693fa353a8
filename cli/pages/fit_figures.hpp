// Pictures of predictions and data, for what has learned them by any means.
//
//   one input   | data and predictions over it, with a band where one is given; what is left over
//   two inputs  | a map of the predictions with the data's places; predicted against target
//   more        | predicted against target
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/page.hpp"

#include "cli/pages/data_sample.hpp"
#include "core/grid.hpp"

namespace springspice::cli {

/// yhat(u) into y.
using PredictAt = std::function<void(std::span<const double> u, std::span<double> y)>;

struct Learned {
  std::vector<core::Axis> axes;  ///< of all inputs
  std::vector<std::string> targets;
  PredictAt predict;
  std::string name = "fit";  ///< what the predictions are, in keys
};

/// How far a prediction may be off, at each row of points.
struct Uncertainty {
  std::string name;  ///< "95 of 100 thermal states"
  std::function<Eigen::VectorXd(const Eigen::MatrixXd& points)> half_width;
};

/// Of one target.
/// @param sample none where the data are gone, as those of a pipe
/// @param beside a second prediction, dashed, with one input
std::vector<report::Figure> make_fit_figures(const Learned& learned, std::size_t target,
                                             const std::optional<DataSample>& sample,
                                             const std::optional<Uncertainty>& uncertainty,
                                             const std::optional<Learned>& beside = {});

}  // namespace springspice::cli
