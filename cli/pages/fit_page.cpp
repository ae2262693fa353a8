#include "cli/pages/fit_page.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace springspice::cli {
namespace {

report::Table make_errors(const core::Model& model, std::span<const double> rms,
                          const PredictionErrors& errors) {
  report::Table table{
      "Errors at the data", {"target", "root mean square", "of the range", "largest", "range"}, {}};
  for (std::size_t p = 0; p < rms.size(); ++p) {
    const core::TargetSummary& target = model.data.targets()[p];
    const double range = target.maximum - target.minimum;
    table.rows.push_back({model.targets[p], fmt::format("{:.4g}", rms[p]),
                          fmt::format("{:.2f} %", 100.0 * rms[p] / range),
                          errors.largest.empty() ? "-" : fmt::format("{:.4g}", errors.largest[p]),
                          fmt::format("{:.4g}", range)});
  }
  return table;
}

}  // namespace

report::Page make_fit_page(const Options& options, const Prepared& prepared,
                           const Eigen::MatrixXd& x, std::span<const double> rms,
                           const PredictionErrors& errors) {
  const core::Model& model = *prepared.model;
  report::Page page;
  page.title = "Fit of " + std::filesystem::path(*options.data).filename().string();
  page.summary = fmt::format("{} data points, {} nodes", model.data.count(), x.rows());
  page.sections.push_back({"Errors", "", {}, {make_errors(model, rms, errors)}});
  return page;
}

}  // namespace springspice::cli
