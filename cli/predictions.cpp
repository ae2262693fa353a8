#include "cli/predictions.hpp"

#include <cmath>

#include <fmt/format.h>

#include "cli/pipeline.hpp"
#include "core/table.hpp"

namespace springspice::cli {
namespace {

class PredictionWriter {
 public:
  PredictionWriter(const std::vector<std::string>& inputs, const std::vector<std::string>& targets,
                   OutputFile* file)
      : file_(file) {
    for (const std::string& name : inputs) header_ += csv_cell(name) + ",";
    with_targets_ = header_;
    for (const std::string& name : targets) with_targets_ += csv_cell(name) + ",";
    for (const std::string& name : targets) {
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

}  // namespace

bool can_predict(const Options& options) {
  // A pipe is gone after the fit: without a query there is nothing left to predict at.
  const bool can = options.query || can_read_twice(*options.data);
  if (!can && options.out) {
    throw UsageError(fmt::format(
        "--data {} can be read only once; give --query FILE.csv for predictions", *options.data));
  }
  return can;
}

PredictionErrors write_predictions(const std::vector<std::string>& inputs,
                                   const std::vector<std::string>& targets, const Predict& predict,
                                   const Options& options, OutputFile* file) {
  core::ColumnChoice columns{inputs, targets, options.query.has_value()};
  if (options.query) columns.targets.clear();
  core::Table table(options.query.value_or(*options.data), columns);
  PredictionWriter writer(inputs, targets, file);
  writer.write_header(!options.query);
  std::vector<double> u(inputs.size());
  std::vector<double> y(table.targets().size());
  std::vector<double> fit(targets.size());
  PredictionErrors errors;
  errors.largest.assign(options.query ? 0 : fit.size(), 0.0);
  while (table.next(u, y)) {
    if (predict(u, fit)) ++errors.clamped;
    for (std::size_t p = 0; p < errors.largest.size(); ++p) {
      errors.largest[p] = std::max(errors.largest[p], std::abs(fit[p] - y[p]));
    }
    writer.write_row(u, y, fit);
    ++errors.rows;
  }
  return errors;
}

void remark_clamped(std::size_t clamped, std::size_t rows, const std::string& what) {
  if (clamped == 0) return;
  print_remark(
      fmt::format("{} of {} {} lie outside the bounds; they were moved to the nearest face",
                  clamped, rows, what));
}

Json nodes_to_json(const Eigen::MatrixXd& x) {
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    rows.push_back(std::vector<double>(x.row(i).begin(), x.row(i).end()));
  }
  return rows;
}

}  // namespace springspice::cli
