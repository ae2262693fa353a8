// `fit`: the least-squares fit, its errors, and predictions.
#include <cmath>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/pipeline.hpp"
#include "cli/results.hpp"
#include "core/error.hpp"
#include "core/fit.hpp"

namespace springspice::cli {
namespace {

// Writes one line a row: inputs, targets where the table has them, predictions.
class PredictionWriter {
 public:
  PredictionWriter(const core::Model& model, OutputFile* file) : file_(file) {
    for (const std::string& name : model.inputs) header_ += csv_cell(name) + ",";
    with_targets_ = header_;
    for (const std::string& name : model.targets) with_targets_ += csv_cell(name) + ",";
    for (const std::string& name : model.targets) {
      fits_ += (fits_.empty() ? "" : ",") + csv_cell(name + "_fit");
    }
  }
  void write_header(bool targets) {
    if (file_ != nullptr) file_->write((targets ? with_targets_ : header_) + fits_ + "\n");
  }
  void write_row(std::span<const double> u, std::span<const double> y,
                 std::span<const double> fit) {
    if (file_ == nullptr) return;
    line_.clear();
    for (const auto values : {u, y, fit}) {
      for (const double value : values) {
        fmt::format_to(std::back_inserter(line_), "{}{}", line_.empty() ? "" : ",", value);
      }
    }
    line_ += '\n';
    file_->write(line_);
  }

 private:
  OutputFile* file_;
  std::string header_, with_targets_, fits_, line_;
};

struct Errors {
  std::vector<double> largest;
  std::size_t rows = 0;
  std::size_t clamped = 0;
};

// Predictions at the data or at the query; largest errors where there are targets.
Errors predict(const core::Model& model, const Eigen::MatrixXd& x, const Options& options,
               OutputFile* file) {
  core::ColumnChoice columns{model.inputs, model.targets, options.query.has_value()};
  if (options.query) columns.targets.clear();
  core::Table table(options.query.value_or(*options.data), columns);
  core::Predictor predictor(model.data.grid(), x);
  PredictionWriter writer(model, file);
  writer.write_header(!options.query);
  std::vector<double> u(model.inputs.size());
  std::vector<double> y(table.targets().size());
  std::vector<double> fit(model.targets.size());
  Errors errors;
  errors.largest.assign(options.query ? 0 : fit.size(), 0.0);
  while (table.next(u, y)) {
    predictor.predict(u, fit);
    for (std::size_t p = 0; p < errors.largest.size(); ++p) {
      errors.largest[p] = std::max(errors.largest[p], std::abs(fit[p] - y[p]));
    }
    writer.write_row(u, y, fit);
    ++errors.rows;
  }
  errors.clamped = predictor.clamped();
  return errors;
}

double root_mean_square(const core::Model& model, const Eigen::MatrixXd& x, std::size_t output) {
  const double sum = model.data.residual_squares(x.col(static_cast<Eigen::Index>(output)), output);
  return std::sqrt(sum / static_cast<double>(model.data.count()));
}

Json nodes_to_json(const Eigen::MatrixXd& x) {
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    rows.push_back(std::vector<double>(x.row(i).begin(), x.row(i).end()));
  }
  return rows;
}

// Matrices have no data: the fit is K x = f, one row a coordinate.
int fit_system(const Options& options, Progress& progress) {
  std::optional<OutputFile> file;
  if (options.out) file.emplace(*options.out);
  JsonOutput results(options);
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
  if (file) file->commit();
  results.commit();
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
  // A pipe is gone after the fit: without a query there is nothing left to predict at.
  const bool can_predict = options.query || can_read_twice(*options.data);
  if (!can_predict && options.out) {
    throw UsageError(fmt::format(
        "--data {} can be read only once; give --query FILE.csv for predictions", *options.data));
  }
  std::optional<OutputFile> file;
  if (options.out) file.emplace(*options.out);
  JsonOutput results(options);
  const Prepared prepared = prepare(options, progress);
  print_remark(describe_null_space(prepared.system, prepared.null_space));
  const core::Model& model = *prepared.model;
  const Eigen::MatrixXd x = core::solve_fit(prepared.system, prepared.null_space);
  Errors errors;
  if (can_predict) errors = predict(model, x, options, file ? &*file : nullptr);
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
  for (std::size_t p = 0; p < model.targets.size(); ++p) {
    const double rms = root_mean_square(model, x, p);
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
  if (errors.clamped > 0) {
    print_remark(
        fmt::format("{} of {} queries lie outside the bounds; they were moved to the "
                    "nearest face",
                    errors.clamped, errors.rows));
  }
  results.write(json);
  if (file) file->commit();
  results.commit();
  print_text(options, text);
  return 0;
}

}  // namespace springspice::cli
