#include "report/drawing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>

namespace springspice::report {
namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargest = 1e300;
// Curves of more points than the picture has pixels look the same, and make the page heavy.
constexpr std::size_t kPointsOfCurve = 2000;
constexpr std::size_t kPointsOfFigure = 12000;
constexpr std::size_t kFewPoints = 200;
constexpr std::size_t kPixels = 160;

// ---- gaps --------------------------------------------------------------------------------------

double drawable(double value, bool logarithmic) {
  if (!(std::abs(value) < kLargest)) return kGap;
  return logarithmic && value <= 1.0 / kLargest ? kGap : value;
}

bool is_hidden_by_log(double value, bool logarithmic) {
  return logarithmic && std::isfinite(value) && value <= 0.0;
}

/// How many points a logarithmic axis hides.
std::size_t take_out(Series& series, const Figure& figure) {
  std::size_t hidden = 0;
  const bool band = series.kind == Series::Kind::band;
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    const double y = band ? series.high[i] : series.y[i];
    if (is_hidden_by_log(series.x[i], figure.log_x) || is_hidden_by_log(y, figure.log_y)) ++hidden;
    series.x[i] = drawable(series.x[i], figure.log_x);
    if (!band) series.y[i] = drawable(series.y[i], figure.log_y);
    if (series.low.empty()) continue;
    // The part of a band or bar below a logarithmic axis is cut off there, once that is known.
    series.low[i] = drawable(series.low[i], false);
    series.high[i] = drawable(series.high[i], figure.log_y);
  }
  return hidden;
}

// ---- thinning ----------------------------------------------------------------------------------

class Thinner {
 public:
  Thinner(const Series& series, std::size_t most) : series_(series), most_(most) {}

  /// Ascending numbers of the points that stay.
  std::vector<std::size_t> choose() const {
    const std::size_t count = series_.x.size();
    std::vector<std::size_t> kept;
    if (count <= most_) {
      for (std::size_t i = 0; i < count; ++i) kept.push_back(i);
      return kept;
    }
    const std::size_t stretches = std::max<std::size_t>(1, most_ / 4);
    for (std::size_t k = 0; k < stretches; ++k) {
      add_stretch(k * count / stretches, (k + 1) * count / stretches, kept);
    }
    return kept;
  }

 private:
  void add_stretch(std::size_t begin, std::size_t end, std::vector<std::size_t>& kept) const {
    std::vector<std::size_t> chosen = {begin, end - 1};
    for (const auto* values : {&series_.y, &series_.low, &series_.high}) {
      if (!values->empty()) add_extremes(*values, begin, end, chosen);
    }
    // Points have no order along x: the outermost ones matter too.
    if (series_.kind == Series::Kind::points) add_extremes(series_.x, begin, end, chosen);
    std::ranges::sort(chosen);
    const auto rest = std::ranges::unique(chosen);
    kept.insert(kept.end(), chosen.begin(), rest.begin());
  }

  // And the first gap, so that a broken curve stays broken.
  static void add_extremes(const std::vector<double>& values, std::size_t begin, std::size_t end,
                           std::vector<std::size_t>& chosen) {
    std::optional<std::size_t> least, largest, gap;
    for (std::size_t i = begin; i < end; ++i) {
      if (std::isnan(values[i])) {
        if (!gap) gap = i;
        continue;
      }
      if (!least || values[i] < values[*least]) least = i;
      if (!largest || values[i] > values[*largest]) largest = i;
    }
    for (const auto& point : {least, largest, gap}) {
      if (point) chosen.push_back(*point);
    }
  }

  const Series& series_;
  std::size_t most_;
};

void keep(std::vector<double>& values, const std::vector<std::size_t>& kept) {
  if (values.empty()) return;
  for (std::size_t k = 0; k < kept.size(); ++k) values[k] = values[kept[k]];
  values.resize(kept.size());
}

void thin(Drawing& drawing) {
  const std::size_t share = kPointsOfFigure / std::max<std::size_t>(1, drawing.series.size());
  const std::size_t most = std::clamp(share, kFewPoints, kPointsOfCurve);
  std::size_t before = 0, after = 0;
  for (Series& series : drawing.series) {
    const std::vector<std::size_t> kept = Thinner(series, most).choose();
    if (kept.size() == series.x.size()) continue;
    before += series.x.size();
    after += kept.size();
    for (auto* values : {&series.x, &series.y, &series.low, &series.high}) keep(*values, kept);
  }
  if (after == before) return;
  drawing.notes.push_back(fmt::format(
      "Drawn with {} of {} points: the least and the largest of each stretch.", after, before));
}

// ---- ranges ------------------------------------------------------------------------------------

class Extent {
 public:
  void add(std::span<const double> values, bool positive = false) {
    for (const double value : values) {
      if (!std::isfinite(value) || (positive && value <= 0.0)) continue;
      low_ = std::min(low_, value);
      high_ = std::max(high_, value);
    }
  }
  bool empty() const { return low_ > high_; }

  /// @param margin on each side, as a share of the extent
  Range range(double margin) const {
    if (empty()) return {};
    const double size = std::max(std::abs(low_), std::abs(high_));
    // What differs by rounding alone is constant, and no axis can be labelled finer.
    if (high_ - low_ <= 1e-10 * size) {
      const double half = size > 0.0 ? 0.05 * size : 1.0;
      return {low_ - half, high_ + half};
    }
    const double width = high_ - low_;
    return {low_ - margin * width, high_ + margin * width};
  }
  Range decades() const {
    if (empty()) return {};
    const double low = std::floor(std::log10(low_) + 1e-9);
    const double high = std::ceil(std::log10(high_) - 1e-9);
    return {std::pow(10.0, low), std::pow(10.0, std::max(high, low + 1.0))};
  }

 private:
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

void choose_ranges(const Figure& figure, Drawing& drawing) {
  Extent x, y;
  for (const Series& series : drawing.series) {
    x.add(series.x);
    for (const auto* values : {&series.y, &series.low, &series.high}) y.add(*values, figure.log_y);
    // A histogram stands on 0.
    constexpr double kFloor[] = {0.0};
    if (series.kind == Series::Kind::steps && !figure.log_y) y.add(kFloor);
  }
  drawing.x = figure.log_x ? x.decades() : x.range(0.02);
  drawing.y = figure.log_y ? y.decades() : y.range(0.05);
  if (x.empty() || y.empty()) drawing.notes.emplace_back("There is no finite value to draw.");
}

void cut_at_axis(Drawing& drawing) {
  for (Series& series : drawing.series) {
    for (double& low : series.low) low = std::isnan(low) ? low : std::max(low, drawing.y.low);
  }
}

// A bar whose end is not known is left out, and its point stays.
void close_bars(Series& series) {
  if (series.kind == Series::Kind::band) return;
  for (std::size_t i = 0; i < series.low.size(); ++i) {
    if (std::isnan(series.low[i])) series.low[i] = series.y[i];
    if (std::isnan(series.high[i])) series.high[i] = series.y[i];
  }
}

// ---- fields ------------------------------------------------------------------------------------

struct Pixels {
  std::vector<double> at;
  std::vector<std::size_t> from;  ///< the place of the nearest value
  bool same = true;               ///< one pixel a value, in order
};

Pixels choose_pixels(const std::vector<double>& axis) {
  Pixels pixels;
  Extent extent;
  extent.add(axis);
  if (extent.empty()) return pixels;
  const auto [low, high] = extent.range(0.0);
  const std::size_t count = std::min(axis.size(), kPixels);
  const double step = count > 1 ? (high - low) / static_cast<double>(count - 1) : 0.0;
  pixels.same = count == axis.size();
  for (std::size_t k = 0; k < count; ++k) {
    const double at = count > 1 ? low + static_cast<double>(k) * step : 0.5 * (low + high);
    std::size_t nearest = 0;
    for (std::size_t i = 1; i < axis.size(); ++i) {
      if (!(std::abs(axis[i] - at) >= std::abs(axis[nearest] - at))) nearest = i;
    }
    pixels.same = pixels.same && nearest == k && std::abs(axis[k] - at) <= 1e-3 * step;
    pixels.at.push_back(at);
    pixels.from.push_back(nearest);
  }
  return pixels;
}

Range around(const std::vector<double>& pixels) {
  if (pixels.empty()) return {};
  const double half =
      pixels.size() > 1 ? 0.5 * (pixels[1] - pixels[0]) : std::max(0.5, std::abs(pixels[0]) * 0.05);
  return {pixels.front() - half, pixels.back() + half};
}

void prepare_field(const Field& field, Drawing& drawing) {
  const Pixels x = choose_pixels(field.x);
  const Pixels y = choose_pixels(field.y);
  Field even{x.at, y.at, {}, field.label};
  Extent values;
  for (const std::size_t row : y.from) {
    std::vector<double>& line = even.value.emplace_back();
    for (const std::size_t column : x.from) {
      line.push_back(drawable(field.value[row][column], false));
    }
    values.add(line);
  }
  drawing.x = around(x.at);
  drawing.y = around(y.at);
  drawing.value = values.range(0.0);
  if (values.empty()) {
    drawing.notes.emplace_back("There is no finite value to draw.");
  } else if (!x.same || !y.same) {
    drawing.notes.push_back(
        fmt::format("Drawn on {} by {} even pixels, each with the nearest of {} "
                    "by {} values.",
                    x.at.size(), y.at.size(), field.x.size(), field.y.size()));
  }
  drawing.field = std::move(even);
}

}  // namespace

Drawing prepare_drawing(const Figure& figure) {
  Drawing drawing;
  drawing.series = figure.series;
  Figure axes;  // those of a field are linear
  axes.log_x = figure.log_x && !figure.field;
  axes.log_y = figure.log_y && !figure.field;
  std::size_t hidden = 0;
  for (Series& series : drawing.series) hidden += take_out(series, axes);
  if (hidden > 0) {
    drawing.notes.push_back(
        fmt::format("A logarithmic axis cannot show {} of the points, which {} 0 or less.", hidden,
                    hidden == 1 ? "is" : "are"));
  }
  thin(drawing);
  if (figure.field) {
    prepare_field(*figure.field, drawing);
  } else {
    choose_ranges(axes, drawing);
  }
  if (axes.log_y) cut_at_axis(drawing);
  for (Series& series : drawing.series) close_bars(series);
  return drawing;
}

Tics choose_tics(const Range& range, int most) {
  const double rough = (range.high - range.low) / std::max(1, most);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  Tics tics;
  tics.step = 10.0 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power < rough * (1.0 - 1e-9)) continue;
    tics.step = factor * power;
    break;
  }
  tics.first = std::ceil(range.low / tics.step - 1e-9) * tics.step;
  const double size = std::max(std::abs(range.low), std::abs(range.high));
  const double places = std::ceil(std::log10(size / tics.step));
  tics.digits = std::clamp(static_cast<int>(places) + 1, 6, 15);
  return tics;
}

}  // namespace springspice::report
