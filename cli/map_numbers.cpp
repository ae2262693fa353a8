#include "cli/map_numbers.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace springspice::cli {
namespace {

double quantile(const std::vector<double>& ascending, double share) {
  const double at = share * static_cast<double>(ascending.size() - 1);
  return ascending[static_cast<std::size_t>(std::lround(at))];
}

Quantiles find_quantiles(const MapStudy& study, const char* name, double sim::Draw::*member,
                         double factor = 1.0) {
  std::vector<double> values;
  for (const sim::Draw& draw : study.tolerance.draws) values.push_back(factor * draw.*member);
  std::ranges::sort(values);
  return {name, quantile(values, 0.05), quantile(values, 0.5), quantile(values, 0.95)};
}

}  // namespace

const core::Grid* grid_of(const MapStudy& study) {
  return study.prepared.model ? &study.prepared.model->data.grid() : nullptr;
}

std::string target_of(const MapStudy& study) {
  return study.prepared.model ? study.prepared.model->targets.front() : "position";
}

std::string unit_of_target(const MapStudy& study) {
  if (!study.prepared.model) return "of the coordinates";
  const std::vector<std::string>& targets = study.prepared.model->targets;
  return targets.size() == 1 ? "unit of " + targets.front() : "units of the targets";
}

NodeValues list_nodes(const MapStudy& study) {
  const core::Grid* grid = grid_of(study);
  const bool along = grid != nullptr && grid->dimension() == 1;
  NodeValues nodes;
  nodes.axis = along ? grid->axes()[0].name : "node";
  for (Eigen::Index i = 0; i < study.mapping.ideal_fit.rows(); ++i) {
    nodes.at.push_back(along ? grid->node_position(static_cast<int>(i))[0]
                             : static_cast<double>(i));
    nodes.ideal.push_back(study.mapping.ideal_fit(i, 0));
    nodes.mapped.push_back(study.mapping.mapped_fit(i, 0));
    nodes.low.push_back(study.tolerance.low(i, 0));
    nodes.median.push_back(study.tolerance.median(i, 0));
    nodes.high.push_back(study.tolerance.high(i, 0));
  }
  return nodes;
}

ErrorHistogram count_errors(const MapStudy& study) {
  constexpr std::size_t kBars = 30;
  std::vector<double> errors;
  for (const sim::Draw& draw : study.tolerance.draws) {
    if (std::isfinite(draw.error)) errors.push_back(draw.error);
  }
  const double most = errors.empty() ? 0.0 : *std::ranges::max_element(errors);
  ErrorHistogram histogram{most > 0.0 ? most / kBars : 1.0, std::vector<double>(kBars, 0.0)};
  for (const double error : errors) {
    const auto bar = static_cast<std::size_t>(error / histogram.width);
    histogram.boards[std::min(bar, kBars - 1)] += 1.0;  // the largest error closes the last bar
  }
  return histogram;
}

std::vector<Quantiles> list_quantiles(const MapStudy& study) {
  const double tau = study.mapping.design.scales.time_s;
  std::vector<Quantiles> rows = {
      find_quantiles(study, "rms prediction error", &sim::Draw::error),
      find_quantiles(study, "slowest time constant, s", &sim::Draw::slowest_time, tau)};
  if (study.mapping.system.kT > 0.0) {
    rows.push_back(find_quantiles(study, "coldest mode, of kT", &sim::Draw::coldest));
    rows.push_back(find_quantiles(study, "hottest mode, of kT", &sim::Draw::hottest));
  }
  return rows;
}

std::string format_number(const std::optional<double>& value) {
  return value ? fmt::format("{:.3g}", *value) : "";
}

std::vector<std::string> format_term(const sim::BudgetTerm& term) {
  std::vector<std::string> row = {term.name, format_number(term.alone), format_number(term.path),
                                  format_number(term.together)};
  row.push_back(term.compared ? format_number(term.compared->computed) : "");
  row.push_back(term.compared ? format_number(term.compared->ngspice) : "");
  row.push_back(term.note);
  return row;
}

}  // namespace springspice::cli
