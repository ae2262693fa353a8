// Pictures of predictions and data, for what has learned them by any means.
//
//   one input   | data and predictions over it, with a band where one is given; what is left over,
//               | to scale
//   two inputs  | a map of the predictions with the data's places, and one of the band's width;
//               | predicted against target
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

/// How far a prediction may be off, at each row of points; none where that takes too long to
/// compute, which the page says. The same for every target.
struct Uncertainty {
  std::string name;  ///< "95 of 100 thermal states"
  std::function<std::optional<Eigen::VectorXd>(const Eigen::MatrixXd& points)> half_width;
};

/// Of one target.
/// @param sample none where there are no data, or they are gone, as those of a pipe
/// @param beside a second prediction, dashed, with one input
std::vector<report::Figure> make_fit_figures(const Learned& learned, std::size_t target,
                                             const std::optional<DataSample>& sample,
                                             const std::optional<Uncertainty>& uncertainty,
                                             const std::optional<Learned>& beside = {});

/// One section a target, of the first three; a page with more would not be read.
/// @param title followed by the target's name where there are more than one
/// @param text of the first section
std::vector<report::Section> make_fit_sections(const std::string& title, const std::string& text,
                                               const Learned& learned,
                                               const std::optional<DataSample>& sample,
                                               const std::optional<Uncertainty>& uncertainty,
                                               const std::optional<Learned>& beside = {});

}  // namespace springspice::cli
