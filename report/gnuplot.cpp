// Figures as gnuplot scripts. No text of a page goes into them, as gnuplot would run what stands in
// `backticks`, and cannot wrap what is long: title, labels and key are HTML around the picture.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "report/drawing.hpp"
#include "report/html.hpp"
#include "report/plot_style.hpp"
#include <fmt/format.h>

namespace springspice::report {
namespace {

// The size in which text is readable at half a page's width and on a telephone.
constexpr int kWidth = 500;
constexpr int kHeight = 320;

// Perceptually even from dark to bright: matplotlib's viridis at equal distances.
constexpr const char* kViridis =
    "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', "
    "5 '#28ae80', 6 '#5ec962', 7 '#addc30', 8 '#fde725') maxcolors 64\n";

std::string format_curve(const Series& series, std::size_t number) {
  std::string text = fmt::format("$s{} << EOD\n", number);
  bool gap = true;
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    const bool band = series.kind == Series::Kind::band;
    const bool drawn = std::isfinite(series.x[i]) &&
                       (band ? std::isfinite(series.low[i]) && std::isfinite(series.high[i])
                             : std::isfinite(series.y[i]));
    if (!drawn) {
      // One blank line ends a stretch of the curve; two would end the data.
      if (!gap) text += '\n';
      gap = true;
      continue;
    }
    gap = false;
    fmt::format_to(std::back_inserter(text), "{:.15g}", series.x[i]);
    for (const auto* values : {&series.y, &series.low, &series.high}) {
      if (!values->empty()) fmt::format_to(std::back_inserter(text), " {:.15g}", (*values)[i]);
    }
    text += '\n';
  }
  return text + "EOD\n";
}

bool is_empty(const Series& series) {
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    const double y = series.kind == Series::Kind::band ? series.low[i] : series.y[i];
    if (std::isfinite(series.x[i]) && std::isfinite(y)) return false;
  }
  return true;
}

double point_size(std::size_t points) { return points < 100 ? 0.6 : points < 600 ? 0.42 : 0.26; }

std::string dash(std::string_view lengths) {
  return lengths.empty() ? "dt solid" : fmt::format("dt ({})", lengths);
}

std::string plot_curve(const Series& series, const CurveStyle& style, const std::string& data,
                       bool log_y) {
  const std::string_view color = kPlotColors[style.color].light;
  switch (series.kind) {
    case Series::Kind::line:
    case Series::Kind::dashed:
      return fmt::format("{} using 1:2 with lines lw 2 lc rgb '{}' {}", data, color,
                         dash(style.dash));
    case Series::Kind::steps: {
      std::string text =
          fmt::format("{} using 1:2 with steps lw 2 lc rgb '{}' {}", data, color, dash(style.dash));
      if (log_y) return text;
      return fmt::format(
          "{} using 1:2 with fillsteps fs transparent solid 0.2 noborder lc rgb "
          "'{}', {}",
          data, color, text);
    }
    case Series::Kind::band:
      return fmt::format(
          "{} using 1:2:3 with filledcurves fs transparent solid 0.28 noborder lc rgb '{}'", data,
          color);
    case Series::Kind::points:
      break;
  }
  return fmt::format("{} using {} pt {} ps {} lw 1 lc rgb '{}'", data,
                     series.low.empty() ? "1:2 with points" : "1:2:3:4 with yerrorbars",
                     style.mark.gnuplot, point_size(series.x.size()), color);
}

// Over a field no colour is free: black on white is seen on all of them.
std::string plot_over_field(const Series& series, const CurveStyle& style,
                            const std::string& data) {
  if (series.kind == Series::Kind::band) return {};
  if (series.kind == Series::Kind::points) {
    const double size = point_size(series.x.size());
    return fmt::format(
        "{0} using 1:2 with points pt 7 ps {1} lc rgb '#fffffe', {0} using 1:2 with "
        "points pt 6 ps {1} lw 1 lc rgb '#000001'",
        data, size);
  }
  return fmt::format(
      "{0} using 1:2 with lines lw 4 lc rgb '#fffffe', {0} using 1:2 with lines lw "
      "2 lc rgb '#000001' {1}",
      data, dash(style.dash));
}

std::string format_field(const Field& field) {
  std::string text = "$field << EOD\n";
  for (std::size_t row = 0; row < field.y.size(); ++row) {
    for (std::size_t column = 0; column < field.x.size(); ++column) {
      const double value = field.value[row][column];
      fmt::format_to(std::back_inserter(text), "{:.15g} {:.15g} {}\n", field.x[column],
                     field.y[row], std::isfinite(value) ? fmt::format("{:.7g}", value) : "NaN");
    }
  }
  return text + "EOD\n";
}

std::string format_axis(const char* axis, const Range& range, bool logarithmic, int most) {
  std::string text = fmt::format("set {}range [{:.17g}:{:.17g}]\n", axis, range.low, range.high);
  if (logarithmic) {
    return text + fmt::format("set logscale {0}\nset format {0} '%g'\n", axis);
  }
  const Tics tics = choose_tics(range, most);
  return text + fmt::format("set {0}tics {1:.17g},{2:.17g}\nset format {0} '%.{3}g'\n", axis,
                            tics.first, tics.step, tics.digits);
}

// Lengths along both axes as they are, where that leaves a picture of a usual form.
std::string format_shape(const Drawing& drawing) {
  const double ratio = (drawing.y.high - drawing.y.low) / (drawing.x.high - drawing.x.low);
  return ratio > 0.5 && ratio < 2.0 ? fmt::format("set size ratio {:.6g}\n", ratio) : "";
}

// Long labels need room: 7 characters fit six times along the axis.
int count_tics(const Range& range) {
  const Tics tics = choose_tics(range, 6);
  const double last = tics.first + 5.0 * tics.step;
  const std::size_t length = std::max(fmt::format("{:.{}g}", tics.first, tics.digits).size(),
                                      fmt::format("{:.{}g}", last, tics.digits).size());
  return length > 10 ? 3 : length > 7 ? 4 : 6;
}

}  // namespace

std::string format_gnuplot(const Figure& figure) {
  const Drawing drawing = prepare_drawing(figure);
  const std::vector<CurveStyle> styles = choose_styles(drawing.series);
  std::string script = fmt::format(
      "set terminal svg size {},{} noenhanced font 'sans,13'\n"
      "set encoding utf8\nunset key\nset border 3 lw 1\nset tics nomirror out\n"
      "set grid lt 1 lw 1 lc rgb '{}' dt solid\nset pointintervalbox 0\nset rmargin 3\n"
      "set tmargin 1\n",
      kWidth, kHeight, kGridLight);
  const bool field = drawing.field.has_value();
  script += format_axis("x", drawing.x, figure.log_x && !field, count_tics(drawing.x));
  script += format_axis("y", drawing.y, figure.log_y && !field, 6);
  // Always something to plot, without which gnuplot fails.
  std::string plots = "NaN";
  if (field) {
    script += format_field(*drawing.field) + kViridis + format_shape(drawing) +
              format_axis("cb", drawing.value, false, 6) + "unset grid\nset rmargin 10\n";
    if (!drawing.field->value.empty()) plots += ", $field using 1:2:3 with image";
  }
  for (std::size_t k = 0; k < drawing.series.size(); ++k) {
    const Series& series = drawing.series[k];
    if (is_empty(series)) continue;
    script += format_curve(series, k);
    const std::string data = fmt::format("$s{}", k);
    const std::string plot = field ? plot_over_field(series, styles[k], data)
                                   : plot_curve(series, styles[k], data, figure.log_y);
    if (!plot.empty()) plots += ", " + plot;
  }
  return script + "plot " + plots + "\n";
}

}  // namespace springspice::report
