#include "cli/pages/fit_figures.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace springspice::cli {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using report::Figure;
using report::Series;

// Between nodes a prediction is a straight line: its kinks must be met, and little else.
constexpr int kMostPlaces = 2000;
constexpr int kPixels = 64;

class Target {
 public:
  Target(const Learned& learned, std::size_t target)
      : learned_(learned), target_(target), values_(learned.targets.size()) {}

  double predict(std::span<const double> u) {
    learned_.predict(u, values_);
    return values_[target_];
  }

 private:
  const Learned& learned_;
  std::size_t target_;
  std::vector<double> values_;
};

// Nodes, and as many places between them as make a band smooth.
std::vector<double> choose_places(const core::Axis& axis) {
  const int between = std::clamp(400 / axis.sticks, 1, 40);
  const int cells = std::min(axis.sticks * between, kMostPlaces);
  std::vector<double> places;
  for (int k = 0; k <= cells; ++k) {
    const double share = static_cast<double>(k) / cells;
    places.push_back(axis.lower + share * (axis.upper - axis.lower));
  }
  return places;
}

std::vector<double> predict_along(const Learned& learned, std::size_t target,
                                  const std::vector<double>& places) {
  Target one(learned, target);
  std::vector<double> values;
  for (const double u : places) values.push_back(one.predict({&u, 1}));
  return values;
}

Series make_band(const Uncertainty& uncertainty, const std::vector<double>& places,
                 const std::vector<double>& middle) {
  const MatrixXd points = Eigen::VectorXd::Map(places.data(), static_cast<Index>(places.size()));
  const Eigen::VectorXd half = uncertainty.half_width(points);
  Series band{uncertainty.name, Series::Kind::band, places, {}, {}, {}};
  for (std::size_t k = 0; k < places.size(); ++k) {
    band.low.push_back(middle[k] - half[static_cast<Index>(k)]);
    band.high.push_back(middle[k] + half[static_cast<Index>(k)]);
  }
  return band;
}

struct Residuals {
  std::vector<double> predicted, target, difference;
};

Residuals compute_residuals(const Learned& learned, std::size_t target, const DataSample& sample) {
  Target one(learned, target);
  Residuals residuals;
  for (Index row = 0; row < sample.rows.size(); ++row) {
    const double y = sample.rows.target(row)[target];
    residuals.predicted.push_back(one.predict(sample.rows.input(row)));
    residuals.target.push_back(y);
    residuals.difference.push_back(y - residuals.predicted.back());
  }
  return residuals;
}

std::vector<double> column_of(const DataSample& sample, Index input) {
  const Eigen::VectorXd values = sample.rows.inputs.col(input);
  return {values.begin(), values.end()};
}

Figure draw_line(const Learned& learned, std::size_t target,
                 const std::optional<DataSample>& sample,
                 const std::optional<Uncertainty>& uncertainty,
                 const std::optional<Learned>& beside) {
  Figure figure;
  figure.title = sample ? "Data and " + learned.name : learned.name;
  figure.x_label = learned.axes[0].name;
  figure.y_label = learned.targets[target];
  const std::vector<double> places = choose_places(learned.axes[0]);
  const std::vector<double> values = predict_along(learned, target, places);
  if (uncertainty) figure.series.push_back(make_band(*uncertainty, places, values));
  if (sample) {
    std::vector<double> y;
    for (Index row = 0; row < sample->rows.size(); ++row) {
      y.push_back(sample->rows.target(row)[target]);
    }
    figure.series.push_back({"data", Series::Kind::points, column_of(*sample, 0), y, {}, {}});
  }
  figure.series.push_back({learned.name, Series::Kind::line, places, values, {}, {}});
  if (beside) {
    figure.series.push_back({beside->name,
                             Series::Kind::dashed,
                             places,
                             predict_along(*beside, target, places),
                             {},
                             {}});
  }
  if (sample) figure.caption = sample->describe() + ".";
  return figure;
}

Figure draw_residuals(const Learned& learned, std::size_t target, const DataSample& sample) {
  Figure figure;
  figure.title = "What is left over";
  figure.x_label = learned.axes[0].name;
  figure.y_label = "data less " + learned.name;
  const core::Axis& axis = learned.axes[0];
  figure.series.push_back({"data less " + learned.name,
                           Series::Kind::points,
                           column_of(sample, 0),
                           compute_residuals(learned, target, sample).difference,
                           {},
                           {}});
  figure.series.push_back(
      {"0", Series::Kind::dashed, {axis.lower, axis.upper}, {0.0, 0.0}, {}, {}});
  figure.caption = "Structure here is what finer sticks could still learn.";
  return figure;
}

// Centres of pixels, so that the map ends where the grid ends.
std::vector<double> choose_pixels(const core::Axis& axis) {
  std::vector<double> places;
  for (int k = 0; k < kPixels; ++k) {
    places.push_back(axis.lower + (k + 0.5) / kPixels * (axis.upper - axis.lower));
  }
  return places;
}

report::Field make_field(const Learned& learned, const std::string& label) {
  return {choose_pixels(learned.axes[0]), choose_pixels(learned.axes[1]),
          std::vector<std::vector<double>>(kPixels, std::vector<double>(kPixels, 0.0)), label};
}

Figure frame_plane(const Learned& learned, const std::string& title) {
  Figure figure;
  figure.title = title;
  figure.x_label = learned.axes[0].name;
  figure.y_label = learned.axes[1].name;
  return figure;
}

Figure draw_plane(const Learned& learned, std::size_t target,
                  const std::optional<DataSample>& sample) {
  Figure figure = frame_plane(learned, learned.name + " over both inputs");
  report::Field field = make_field(learned, learned.targets[target]);
  Target one(learned, target);
  for (std::size_t row = 0; row < field.y.size(); ++row) {
    for (std::size_t column = 0; column < field.x.size(); ++column) {
      const double u[] = {field.x[column], field.y[row]};
      field.value[row][column] = one.predict(u);
    }
  }
  figure.field = std::move(field);
  if (sample) {
    figure.series.push_back(
        {"data", Series::Kind::points, column_of(*sample, 0), column_of(*sample, 1), {}, {}});
    figure.caption = fmt::format("Circles are where the data lie: {}.", sample->describe());
  }
  return figure;
}

Figure draw_uncertainty(const Learned& learned, const Uncertainty& uncertainty) {
  Figure figure = frame_plane(learned, "Uncertainty of the " + learned.name);
  report::Field field = make_field(learned, "half the width of " + uncertainty.name);
  MatrixXd points(kPixels * kPixels, 2);
  for (Index k = 0; k < points.rows(); ++k) {
    points(k, 0) = field.x[static_cast<std::size_t>(k % kPixels)];
    points(k, 1) = field.y[static_cast<std::size_t>(k / kPixels)];
  }
  const Eigen::VectorXd half = uncertainty.half_width(points);
  for (Index k = 0; k < half.size(); ++k) {
    field.value[static_cast<std::size_t>(k / kPixels)][static_cast<std::size_t>(k % kPixels)] =
        half[k];
  }
  figure.field = std::move(field);
  figure.caption = "Where it is blank, no data hold the sticks.";
  if (half.allFinite()) figure.caption = "Least where the data are dense.";
  return figure;
}

Figure draw_against(const Learned& learned, std::size_t target, const DataSample& sample) {
  Figure figure;
  figure.title = "Predicted against target";
  figure.x_label = "target, " + learned.targets[target];
  figure.y_label = "predicted, " + learned.targets[target];
  const Residuals residuals = compute_residuals(learned, target, sample);
  figure.series.push_back(
      {learned.name, Series::Kind::points, residuals.target, residuals.predicted, {}, {}});
  if (!residuals.target.empty()) {
    const auto [least, largest] = std::ranges::minmax(residuals.target);
    figure.series.push_back(
        {"predicted = target", Series::Kind::dashed, {least, largest}, {least, largest}, {}, {}});
  }
  figure.caption = sample.describe() + ".";
  return figure;
}

}  // namespace

std::vector<Figure> make_fit_figures(const Learned& learned, std::size_t target,
                                     const std::optional<DataSample>& sample,
                                     const std::optional<Uncertainty>& uncertainty,
                                     const std::optional<Learned>& beside) {
  std::vector<Figure> figures;
  const std::size_t inputs = learned.axes.size();
  if (inputs == 1) {
    figures.push_back(draw_line(learned, target, sample, uncertainty, beside));
    if (sample) figures.push_back(draw_residuals(learned, target, *sample));
    return figures;
  }
  if (inputs == 2) {
    figures.push_back(draw_plane(learned, target, sample));
    if (uncertainty) figures.push_back(draw_uncertainty(learned, *uncertainty));
  }
  if (sample) figures.push_back(draw_against(learned, target, *sample));
  return figures;
}

}  // namespace springspice::cli
