// `fit`: the least-squares fit, its errors, and predictions.
#include <cmath>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/pages/fit_page.hpp"
#include "cli/pipeline.hpp"
#include "cli/predictions.hpp"
#include "cli/record.hpp"
#include "cli/results.hpp"
#include "core/error.hpp"
#include "core/fit.hpp"

namespace springspice::cli {
namespace {

double root_mean_square(const core::Model& model, const Eigen::MatrixXd& x, std::size_t output) {
  const double sum = model.data.residual_squares(x.col(static_cast<Eigen::Index>(output)), output);
  return std::sqrt(sum / static_cast<double>(model.data.count()));
}

// Matrices have no data: the fit is K x = f, one row a coordinate.
int fit_system(const Options& options, Progress& progress) {
  std::optional<OutputFile> file;
  if (options.out) file.emplace(*options.out);
  JsonOutput results(options);
  RecordOutput record(options);
  const Prepared prepared = prepare(options, progress);
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  const Eigen::MatrixXd x = core::solve_fit(prepared.system, prepared.null_space);
  if (file) {
    std::string header = "coordinate";
    for (Eigen::Index p = 1; p <= x.cols(); ++p) {
      header += x.cols() == 1 ? ",x" : fmt::format(",x_y{}", p);
    }
    file->write(header + "\n");
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      std::string line = prepared.system.label(i);
      for (Eigen::Index p = 0; p < x.cols(); ++p) line += fmt::format(",{}", x(i, p));
      file->write(line + "\n");
    }
    file->finish();
  }
  Json json = make_json();
  json["null_space"] = null_space_to_json(prepared.system, prepared.null_space);
  json["x"] = nodes_to_json(x);
  results.write(json);
  if (record) record.write(make_system_fit_page(options, prepared, x));
  if (file) file->commit();
  results.commit();
  record.commit();
  print_text(options, fmt::format("{} coordinates, rank of K {}\n", x.rows(),
                                  x.rows() - prepared.null_space.dimension()));
  return 0;
}

}  // namespace

int run_fit(const Options& options) {
  Progress progress;
  if (!options.data) {
    if (options.query) throw UsageError("--query needs --data: given matrices have no inputs");
    return fit_system(options, progress);
  }
  const bool predictable = can_predict(options);
  std::optional<OutputFile> file;
  if (options.out) file.emplace(*options.out);
  JsonOutput results(options);
  RecordOutput record(options);
  const Prepared prepared = prepare(options, progress);
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  const core::Model& model = *prepared.model;
  const Eigen::MatrixXd x = core::solve_fit(prepared.system, prepared.null_space);
  PredictionErrors errors;
  if (predictable) {
    core::Predictor predictor(model.data.grid(), x);
    const auto predict = [&predictor](std::span<const double> u, std::span<double> y) {
      const std::size_t before = predictor.clamped();
      predictor.predict(u, y);
      return predictor.clamped() > before;
    };
    errors =
        write_predictions(model.inputs, model.targets, predict, options, file ? &*file : nullptr);
  }
  if (file) file->finish();

  Json json = make_json();
  json["grid"] = grid_to_json(model);
  json["parameters"] = parameters_to_json(prepared.system, options);
  json["points"] = model.data.count();
  json["null_space"] = null_space_to_json(prepared.system, prepared.null_space);
  json["outputs"] = Json::array();
  std::string text =
      fmt::format("{} points, {} nodes, rank of K {}\n", model.data.count(), prepared.system.size(),
                  prepared.system.size() - prepared.null_space.dimension());
  std::vector<double> rms_of;
  for (std::size_t p = 0; p < model.targets.size(); ++p) {
    const double rms = rms_of.emplace_back(root_mean_square(model, x, p));
    const core::TargetSummary& target = model.data.targets()[p];
    Json output = {{"target", model.targets[p]}, {"rms_error", rms}};
    text +=
        fmt::format("{}: root mean square error {:.4g}", core::printable(model.targets[p]), rms);
    if (!errors.largest.empty()) {
      output["largest_error"] = errors.largest[p];
      text += fmt::format(", largest {:.4g}", errors.largest[p]);
    }
    const double range = target.maximum - target.minimum;
    output["range"] = range;
    text += fmt::format(", of a range of {:.4g}\n", range);
    json["outputs"].push_back(std::move(output));
  }
  json["predictions"] = errors.rows;
  json["clamped"] = errors.clamped;
  json["x"] = nodes_to_json(x);
  remark_clamped(errors.clamped, errors.rows, "queries");
  results.write(json);
  if (record) record.write(make_fit_page(options, prepared, x, rms_of, errors));
  if (file) file->commit();
  results.commit();
  record.commit();
  print_text(options, text);
  return 0;
}

}  // namespace springspice::cli
