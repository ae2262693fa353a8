#include "cli/pages/fit_figures.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "cli/pages/raster.hpp"

namespace springspice::cli {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using report::Figure;
using report::Series;

// Between nodes a prediction is a straight line: its kinks must be met, and little else.
constexpr int kMostPlaces = 2000;
constexpr std::size_t kMostTargets = 3;

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

std::string capitalize(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string describe_points(const std::optional<DataSample>& sample) {
  if (sample) return capitalize(sample->describe()) + ".";
  return "Data are not shown: none were given, or they cannot be read again.";
}

constexpr const char* kNoBand =
    " How far thermal states spread is not drawn: with so many nodes it takes too long to compute.";

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

// Half the width of the band, where there is one.
std::optional<std::vector<double>> measure_band(const std::optional<Uncertainty>& uncertainty,
                                                const std::vector<double>& places) {
  if (!uncertainty) return std::nullopt;
  const MatrixXd points = Eigen::VectorXd::Map(places.data(), static_cast<Index>(places.size()));
  const std::optional<Eigen::VectorXd> half = uncertainty->half_width(points);
  if (!half) return std::nullopt;
  return std::vector<double>(half->begin(), half->end());
}

Series make_band(const std::string& name, const std::vector<double>& places,
                 const std::vector<double>& middle, const std::vector<double>& half) {
  Series band{name, Series::Kind::band, places, {}, {}, {}};
  for (std::size_t k = 0; k < places.size(); ++k) {
    band.low.push_back(middle[k] - half[k]);
    band.high.push_back(middle[k] + half[k]);
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
                 const std::optional<std::vector<double>>& half_width,
                 const std::optional<Learned>& beside) {
  Figure figure;
  figure.title = sample ? "Data and " + learned.name : capitalize(learned.name);
  figure.x_label = learned.axes[0].name;
  figure.y_label = learned.targets[target];
  figure.caption = "Predictions are straight between the nodes. " + describe_points(sample);
  const std::vector<double> places = choose_places(learned.axes[0]);
  const std::vector<double> values = predict_along(learned, target, places);
  if (half_width) {
    figure.series.push_back(make_band(uncertainty->name, places, values, *half_width));
  } else if (uncertainty) {
    figure.caption += kNoBand;
  }
  if (sample) {
    const Eigen::VectorXd y = sample->rows.targets.col(static_cast<Index>(target));
    figure.series.push_back(
        {"data", Series::Kind::points, column_of(*sample, 0), {y.begin(), y.end()}, {}, {}});
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
  return figure;
}

// To scale: beside the data themselves what is left over may be too small to be seen.
Figure draw_residuals(const Learned& learned, std::size_t target, const DataSample& sample,
                      const std::optional<Uncertainty>& uncertainty,
                      const std::optional<std::vector<double>>& half_width) {
  Figure figure;
  figure.title = "What is left over";
  figure.x_label = learned.axes[0].name;
  figure.y_label = "data less " + learned.name;
  const core::Axis& axis = learned.axes[0];
  if (half_width) {
    const std::vector<double> zeros(half_width->size(), 0.0);
    figure.series.push_back(make_band(uncertainty->name, choose_places(axis), zeros, *half_width));
  }
  figure.series.push_back({"data less " + learned.name,
                           Series::Kind::points,
                           column_of(sample, 0),
                           compute_residuals(learned, target, sample).difference,
                           {},
                           {}});
  figure.series.push_back(
      {"0", Series::Kind::dashed, {axis.lower, axis.upper}, {0.0, 0.0}, {}, {}});
  figure.caption = "To scale. Structure here is what finer sticks could still learn.";
  return figure;
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
  Figure figure = frame_plane(learned, capitalize(learned.name) + " over both inputs");
  Target one(learned, target);
  figure.field = make_field(
      learned.axes, [&](std::span<const double> u) { return one.predict(u); },
      learned.targets[target]);
  figure.caption = describe_points(sample);
  if (sample) {
    figure.series.push_back(
        {"data", Series::Kind::points, column_of(*sample, 0), column_of(*sample, 1), {}, {}});
    figure.caption = fmt::format("Circles are where the data lie: {}.", sample->describe());
  }
  return figure;
}

std::optional<Figure> draw_uncertainty(const Learned& learned, const Uncertainty& uncertainty) {
  const std::optional<Eigen::VectorXd> half = uncertainty.half_width(place_pixels(learned.axes));
  if (!half) return std::nullopt;
  Figure figure = frame_plane(learned, "Uncertainty of the " + learned.name);
  figure.field = make_field(learned.axes, *half, "half the width of " + uncertainty.name);
  figure.caption =
      fmt::format("At each place {} lie within so much of the prediction{}.", uncertainty.name,
                  learned.targets.size() > 1 ? ", the same for every target" : "");
  if (!half->allFinite()) figure.caption += " Where it is blank, no data hold the sticks.";
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
  figure.caption =
      fmt::format("On the line a prediction is exact. {}.", capitalize(sample.describe()));
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
    const auto half_width = measure_band(uncertainty, choose_places(learned.axes[0]));
    figures.push_back(draw_line(learned, target, sample, uncertainty, half_width, beside));
    if (sample) {
      figures.push_back(draw_residuals(learned, target, *sample, uncertainty, half_width));
    }
    return figures;
  }
  if (inputs == 2) {
    figures.push_back(draw_plane(learned, target, sample));
    // It is the same for every target.
    if (uncertainty && target == 0) {
      if (auto map = draw_uncertainty(learned, *uncertainty)) {
        figures.push_back(std::move(*map));
      } else {
        figures.front().caption += kNoBand;
      }
    }
  }
  if (sample) figures.push_back(draw_against(learned, target, *sample));
  return figures;
}

std::vector<report::Section> make_fit_sections(const std::string& title, const std::string& text,
                                               const Learned& learned,
                                               const std::optional<DataSample>& sample,
                                               const std::optional<Uncertainty>& uncertainty,
                                               const std::optional<Learned>& beside) {
  const std::size_t all = learned.targets.size();
  const std::size_t shown = std::min(all, kMostTargets);
  std::vector<report::Section> sections;
  for (std::size_t p = 0; p < shown; ++p) {
    sections.push_back({all == 1 ? title : title + ": " + learned.targets[p],
                        "",
                        make_fit_figures(learned, p, sample, uncertainty, beside),
                        {}});
  }
  std::string& first = sections.front().text;
  first = text;
  if (shown < all) {
    first +=
        fmt::format("{}Shown are the first {} of {} targets.", text.empty() ? "" : " ", shown, all);
  }
  return sections;
}

}  // namespace springspice::cli
