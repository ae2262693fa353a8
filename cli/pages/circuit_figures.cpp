#include "cli/pages/circuit_figures.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/fit.hpp"
#include "core/sparse_cholesky.hpp"

namespace springspice::cli {
namespace {

using report::Figure;
using report::Series;
using Rows = std::vector<std::vector<double>>;

constexpr Eigen::Index kMostOutputs = 3;
constexpr int kFinest = 60;        // along each side of a map
constexpr int kPointsAlong = 240;  // of a curve over one input, at least
constexpr int kMostPointsAlong = 1000;
constexpr double kMostWork = 1e9;      // products of the triangular solves: about a second
constexpr Eigen::Index kColumns = 64;  // solved at a time

// From lower to upper, through all nodes where there is room for `least` to `most` points.
std::vector<double> points_along(const core::Axis& axis, int least, int most) {
  const int pieces =
      axis.sticks < most
          ? std::max(1, std::min((most - 1) / axis.sticks, (least + axis.sticks - 1) / axis.sticks))
          : 0;
  const int count = pieces > 0 ? pieces * axis.sticks + 1 : most;
  std::vector<double> points;
  for (int k = 0; k < count; ++k) {
    const double share = static_cast<double>(k) / (count - 1);
    points.push_back(axis.lower + share * (axis.upper - axis.lower));
  }
  return points;
}

std::vector<double> predict(const core::Grid& grid, const Eigen::MatrixXd& x, Eigen::Index output,
                            const Rows& inputs) {
  core::Predictor predictor(grid, x.col(output));
  std::vector<double> values;
  double y = 0.0;
  for (const std::vector<double>& u : inputs) {
    predictor.predict(u, {&y, 1});
    values.push_back(y);
  }
  return values;
}

std::vector<double> column(const Rows& rows, std::size_t k) {
  std::vector<double> values;
  for (const std::vector<double>& row : rows) values.push_back(row[k]);
  return values;
}

// The circuit's state where there is one.
const Eigen::MatrixXd& shown(const FitView& view) {
  return view.circuit != nullptr ? *view.circuit : view.fit;
}
const char* whose(const FitView& view) {
  return view.circuit != nullptr ? "the circuit at rest" : "the model's fit";
}

std::string describe_points(const FitView& view) {
  if (view.data == nullptr) return "The data are not shown: their rows cannot be read again. ";
  return view.data->every == 1 ? "" : "Shown: " + view.data->describe() + ". ";
}

std::string title_of(const FitView& view, Eigen::Index output) {
  return "Data and fit: " + view.targets[static_cast<std::size_t>(output)];
}

// ---- one input

Figure draw_curve(const FitView& view, Eigen::Index output) {
  const core::Axis& axis = view.grid.axes().front();
  const auto p = static_cast<std::size_t>(output);
  Figure figure;
  figure.title = title_of(view, output);
  figure.x_label = axis.name;
  figure.y_label = view.targets[p];
  figure.caption = describe_points(view);
  const std::vector<double> along = points_along(axis, kPointsAlong, kMostPointsAlong);
  Rows inputs;
  for (const double u : along) inputs.push_back({u});
  const std::vector<double> fit = predict(view.grid, view.fit, output, inputs);
  std::vector<double> sd;
  if (view.precision != nullptr) {
    sd = compute_prediction_sd(view.grid, *view.precision, view.kT, inputs);
  }
  if (!sd.empty()) {
    Series band{.name = "+-2 sd of the prediction", .kind = Series::Kind::band, .x = along};
    for (std::size_t k = 0; k < sd.size(); ++k) {
      band.low.push_back(fit[k] - 2.0 * sd[k]);
      band.high.push_back(fit[k] + 2.0 * sd[k]);
    }
    figure.series.push_back(std::move(band));
    figure.caption += fmt::format(
        "The band is the prediction's own uncertainty at kT = {:.4g}, of Boltzmann's distribution "
        "of the nodes, N(K^-1 f, kT K^-1). ",
        view.kT);
  }
  if (view.data != nullptr) {
    figure.series.push_back({.name = "data",
                             .kind = Series::Kind::points,
                             .x = column(view.data->inputs, 0),
                             .y = column(view.data->targets, p)});
  }
  figure.series.push_back(
      {.name = "the model's fit", .kind = Series::Kind::line, .x = along, .y = fit});
  if (view.circuit != nullptr) {
    Series nodes{.name = "the circuit at rest, its nodes", .kind = Series::Kind::points};
    for (int i = 0; i < view.grid.node_count(); ++i) {
      nodes.x.push_back(view.grid.node_position(i)[0]);
      nodes.y.push_back((*view.circuit)(i, output));
    }
    figure.series.push_back(std::move(nodes));
  }
  return figure;
}

// To scale: where the fit is good its deviations are too small to be seen beside the data.
Figure draw_deviations(const FitView& view, Eigen::Index output, const Figure& curve) {
  const auto p = static_cast<std::size_t>(output);
  Figure figure;
  figure.title = "Data less the fit: " + view.targets[p];
  figure.x_label = curve.x_label;
  figure.y_label = curve.y_label + ", deviation";
  figure.caption = "The same to scale: 0 is the model's fit.";
  if (curve.series.front().kind == Series::Kind::band) {
    Series band = curve.series.front();
    for (std::size_t k = 0; k < band.x.size(); ++k) {
      const double half = (band.high[k] - band.low[k]) / 2.0;
      band.low[k] = -half;
      band.high[k] = half;
    }
    figure.series.push_back(std::move(band));
  }
  Series points{.name = "data", .kind = Series::Kind::points, .x = column(view.data->inputs, 0)};
  points.y = column(view.data->targets, p);
  const std::vector<double> fit = predict(view.grid, view.fit, output, view.data->inputs);
  for (std::size_t k = 0; k < fit.size(); ++k) points.y[k] -= fit[k];
  figure.series.push_back(std::move(points));
  return figure;
}

// ---- two inputs

// Where a map is computed, row by row.
struct Raster {
  std::vector<double> x, y;
  Rows inputs;
};

Raster make_raster(const core::Grid& grid) {
  Raster raster{points_along(grid.axes()[0], kFinest, kFinest),
                points_along(grid.axes()[1], kFinest, kFinest),
                {}};
  for (const double b : raster.y) {
    for (const double a : raster.x) raster.inputs.push_back({a, b});
  }
  return raster;
}

report::Field make_field(const Raster& raster, const std::vector<double>& values,
                         const std::string& label) {
  report::Field field{raster.x, raster.y, {}, label};
  const auto width = static_cast<std::ptrdiff_t>(raster.x.size());
  for (auto at = values.begin(); at != values.end(); at += width) {
    field.value.emplace_back(at, at + width);
  }
  return field;
}

Figure start_map(const FitView& view) {
  Figure figure;
  figure.x_label = view.grid.axes()[0].name;
  figure.y_label = view.grid.axes()[1].name;
  return figure;
}

Figure draw_map(const FitView& view, Eigen::Index output) {
  Figure figure = start_map(view);
  figure.title = title_of(view, output);
  figure.caption = fmt::format("Predictions of {}; points: where the data lie. {}", whose(view),
                               describe_points(view));
  figure.field = make_prediction_field(view.grid, shown(view), output,
                                       view.targets[static_cast<std::size_t>(output)]);
  if (view.data != nullptr) {
    figure.series.push_back({.name = "data",
                             .kind = Series::Kind::points,
                             .x = column(view.data->inputs, 0),
                             .y = column(view.data->inputs, 1)});
  }
  return figure;
}

// The same for all outputs: their copies of the system are alike.
Figure draw_sd_map(const FitView& view, const Raster& raster, const std::vector<double>& sd) {
  Figure figure = start_map(view);
  figure.title = "Uncertainty of the predictions";
  figure.caption = fmt::format(
      "Standard deviation at kT = {:.4g}, of Boltzmann's distribution of the nodes, N(K^-1 f, kT "
      "K^-1): small where data are.",
      view.kT);
  figure.field = make_field(raster, sd, "standard deviation");
  return figure;
}

// ---- more inputs

Figure draw_agreement(const FitView& view, Eigen::Index output) {
  const auto p = static_cast<std::size_t>(output);
  Figure figure;
  figure.title = "Predictions and data: " + view.targets[p];
  figure.x_label = "target";
  figure.y_label = "prediction";
  figure.caption = fmt::format("Predictions of {} at the data; on the line they are exact. {}",
                               whose(view), describe_points(view));
  Series points{.name = "data", .kind = Series::Kind::points, .x = column(view.data->targets, p)};
  points.y = predict(view.grid, shown(view), output, view.data->inputs);
  const auto [least, most] = std::ranges::minmax(points.x);
  figure.series.push_back({.name = "prediction = target",
                           .kind = Series::Kind::dashed,
                           .x = {least, most},
                           .y = {least, most}});
  figure.series.push_back(std::move(points));
  return figure;
}

}  // namespace

report::Field make_prediction_field(const core::Grid& grid, const Eigen::MatrixXd& x,
                                    Eigen::Index output, const std::string& label) {
  const Raster raster = make_raster(grid);
  return make_field(raster, predict(grid, x, output, raster.inputs), label);
}

std::vector<double> compute_prediction_sd(const core::Grid& grid,
                                          const core::SparseMatrix& precision, double kT,
                                          const Rows& inputs) {
  const auto factor = core::SparseCholesky::try_factor(precision);
  const auto count = static_cast<Eigen::Index>(inputs.size());
  if (!factor || 2.0 * static_cast<double>(factor->factor_entries() * count) > kMostWork) return {};
  std::vector<double> sd;
  core::Stencil stencil;
  for (Eigen::Index first = 0; first < count; first += kColumns) {
    const Eigen::Index columns = std::min(kColumns, count - first);
    Eigen::MatrixXd weights = Eigen::MatrixXd::Zero(precision.rows(), columns);
    for (Eigen::Index c = 0; c < columns; ++c) {
      grid.locate(inputs[static_cast<std::size_t>(first + c)], stencil);
      for (std::size_t k = 0; k < stencil.nodes.size(); ++k) {
        weights(stencil.nodes[k], c) += stencil.weights[k];
      }
    }
    const Eigen::MatrixXd solved = factor->solve(weights);
    for (Eigen::Index c = 0; c < columns; ++c) {
      sd.push_back(std::sqrt(kT * weights.col(c).dot(solved.col(c))));
    }
  }
  return sd;
}

std::vector<Figure> make_circuit_figures(const FitView& view) {
  std::vector<Figure> figures;
  const Eigen::Index outputs = std::min(kMostOutputs, view.fit.cols());
  const std::size_t inputs = view.grid.dimension();
  const bool has_data = view.data != nullptr && view.data->total > 0;
  for (Eigen::Index p = 0; p < outputs; ++p) {
    if (inputs == 1) {
      figures.push_back(draw_curve(view, p));
      if (has_data) figures.push_back(draw_deviations(view, p, figures.back()));
    }
    if (inputs == 2) figures.push_back(draw_map(view, p));
    if (inputs > 2 && has_data) figures.push_back(draw_agreement(view, p));
  }
  if (inputs != 2 || view.precision == nullptr) return figures;
  const Raster raster = make_raster(view.grid);
  const std::vector<double> sd =
      compute_prediction_sd(view.grid, *view.precision, view.kT, raster.inputs);
  if (!sd.empty()) figures.push_back(draw_sd_map(view, raster, sd));
  return figures;
}

}  // namespace springspice::cli
