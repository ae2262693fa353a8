#include "cli/pages/fit_page.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "cli/pages/data_sample.hpp"
#include "cli/pages/fit_figures.hpp"
#include "cli/pages/thermal_uncertainty.hpp"
#include "core/fit.hpp"

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
                          range > 0.0 ? fmt::format("{:.2f} %", 100.0 * rms[p] / range) : "-",
                          errors.largest.empty() ? "-" : fmt::format("{:.4g}", errors.largest[p]),
                          fmt::format("{:.4g}", range)});
  }
  return table;
}

report::Table make_grid(const core::Model& model) {
  report::Table table{"Grid", {"input", "sticks", "from", "to"}, {}};
  for (const core::Axis& axis : model.data.grid().axes()) {
    table.rows.push_back({axis.name, fmt::format("{}", axis.sticks),
                          fmt::format("{:.6g}", axis.lower), fmt::format("{:.6g}", axis.upper)});
  }
  return table;
}

std::string summarize(const Prepared& prepared, std::span<const double> rms) {
  const core::Model& model = *prepared.model;
  std::string text = fmt::format(
      "{} data points on {} nodes, rank {} of {}.", model.data.count(), prepared.system.size(),
      prepared.system.size() - prepared.null_space.dimension(), prepared.system.size());
  for (std::size_t p = 0; p < rms.size(); ++p) {
    const core::TargetSummary& target = model.data.targets()[p];
    text += fmt::format(" {}: root mean square error {:.4g} of a range of {:.4g}.",
                        model.targets[p], rms[p], target.maximum - target.minimum);
  }
  return text;
}

}  // namespace

report::Page make_fit_page(const Options& options, const Prepared& prepared,
                           const Eigen::MatrixXd& x, std::span<const double> rms,
                           const PredictionErrors& errors) {
  const core::Model& model = *prepared.model;
  report::Page page;
  page.title = "Fit of " + std::filesystem::path(*options.data).filename().string();
  page.summary = summarize(prepared, rms);
  core::Predictor predictor(model.data.grid(), x);
  const Learned learned{
      model.data.grid().axes(), model.targets,
      [&predictor](std::span<const double> u, std::span<double> y) { predictor.predict(u, y); }};
  page.sections = make_fit_sections(
      "Data and fit", describe_thermal_uncertainty(prepared.system), learned,
      read_sample(*options.data, {model.inputs, model.targets}),
      make_thermal_uncertainty(prepared.system, prepared.null_space, model.data.grid()));
  page.sections.push_back({"Numbers",
                           describe_null_space(prepared.system, prepared.null_space),
                           {},
                           {make_errors(model, rms, errors), make_grid(model)}});
  return page;
}

report::Page make_system_fit_page(const Options& options, const Prepared& prepared,
                                  const Eigen::MatrixXd& x) {
  report::Page page;
  page.title = "Fit of " + std::filesystem::path(*options.system).filename().string();
  page.summary = fmt::format("{} coordinates, rank of K {}.", x.rows(),
                             x.rows() - prepared.null_space.dimension());
  report::Figure figure;
  figure.title = "Rest positions";
  figure.x_label = "coordinate, counted from 1";
  figure.y_label = "x";
  for (Eigen::Index p = 0; p < x.cols(); ++p) {
    report::Series series{x.cols() == 1 ? "K x = f" : fmt::format("output {}", p + 1),
                          report::Series::Kind::points,
                          {},
                          {},
                          {},
                          {}};
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      series.x.push_back(static_cast<double>(i + 1));
      series.y.push_back(x(i, p));
    }
    figure.series.push_back(std::move(series));
  }
  page.sections.push_back({"The fit",
                           describe_null_space(prepared.system, prepared.null_space),
                           {std::move(figure)},
                           {}});
  return page;
}

}  // namespace springspice::cli
