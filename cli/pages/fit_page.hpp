// What `fit` shows: how far the fit is from the data, the data and the fit, with the uncertainty
// that a temperature gives it.
#pragma once

#include <span>

#include "report/page.hpp"
#include <Eigen/Core>

#include "cli/pipeline.hpp"
#include "cli/predictions.hpp"

namespace springspice::cli {

/// @param rms of each target
/// @param errors at the rows predicted, where there were any
report::Page make_fit_page(const Options& options, const Prepared& prepared,
                           const Eigen::MatrixXd& x, std::span<const double> rms,
                           const PredictionErrors& errors);

/// Of matrices, which have no data: the rest positions.
report::Page make_system_fit_page(const Options& options, const Prepared& prepared,
                                  const Eigen::MatrixXd& x);

}  // namespace springspice::cli
