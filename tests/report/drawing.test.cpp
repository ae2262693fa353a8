// What is drawn of a figure: gaps, thinning, ranges, pixels.
#include "report/drawing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/catch.hpp"

using namespace springspice::report;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Figure make_figure(std::vector<double> x, std::vector<double> y,
                   Series::Kind kind = Series::Kind::line) {
  Figure figure;
  figure.series = {{"curve", kind, std::move(x), std::move(y), {}, {}}};
  return figure;
}

}  // namespace

TEST_CASE("thinning keeps spikes, ends and gaps, and says so") {
  constexpr std::size_t kCount = 100000;
  std::vector<double> x(kCount), y(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    x[i] = static_cast<double>(i);
    y[i] = std::sin(1e-3 * x[i]);
  }
  y[33333] = 7.0;
  y[44444] = -8.0;
  y[55555] = std::nan("");
  const Drawing drawing = prepare_drawing(make_figure(x, y));
  const Series& series = drawing.series.at(0);
  CHECK(series.x.size() < 3000);
  CHECK(std::ranges::find(series.y, 7.0) != series.y.end());
  CHECK(std::ranges::find(series.y, -8.0) != series.y.end());
  CHECK(std::ranges::any_of(series.y, [](double v) { return std::isnan(v); }));
  CHECK(series.x.front() == 0.0);
  CHECK(series.x.back() == 99999.0);
  CHECK(std::ranges::is_sorted(series.x));
  REQUIRE(drawing.notes.size() == 1);
  CHECK(drawing.notes[0].find("of 100000 points") != std::string::npos);
}

TEST_CASE("short curves are drawn as they are") {
  const Drawing drawing = prepare_drawing(make_figure({1.0, 3.0, 2.0}, {5.0, 6.0, 4.0}));
  CHECK(drawing.series[0].x == std::vector<double>{1.0, 3.0, 2.0});
  CHECK(drawing.notes.empty());
  CHECK(drawing.x.low < 1.0);
  CHECK(drawing.y.high > 6.0);
}

TEST_CASE("a logarithmic axis leaves out what it cannot show, and says how much") {
  Figure figure = make_figure({1.0, 2.0, 3.0, 4.0}, {0.0, -1.0, 0.03, 40.0});
  figure.log_y = true;
  const Drawing drawing = prepare_drawing(figure);
  CHECK(std::isnan(drawing.series[0].y[0]));
  CHECK(std::isnan(drawing.series[0].y[1]));
  CHECK(drawing.y.low == Approx(0.01));
  CHECK(drawing.y.high == Approx(100.0));
  REQUIRE(drawing.notes.size() == 1);
  CHECK(drawing.notes[0].find("2 of the points") != std::string::npos);
}

TEST_CASE("a band that reaches below a logarithmic axis is cut there") {
  Figure figure;
  figure.log_y = true;
  figure.series = {{"band", Series::Kind::band, {1.0, 2.0}, {}, {-1.0, 0.5}, {1.0, 2.0}}};
  const Drawing drawing = prepare_drawing(figure);
  CHECK(drawing.series[0].low[0] == drawing.y.low);
  CHECK(drawing.y.low == Approx(0.1));
}

TEST_CASE("ranges are never empty") {
  for (const auto& y : std::vector<std::vector<double>>{
           {}, {3.0}, {0.0, 0.0}, {1e9, 1e9}, {kInfinity, -kInfinity}, {1.0, 1.0 + 1e-15}}) {
    std::vector<double> x(y.size(), 2.0);
    for (const bool logarithmic : {false, true}) {
      Figure figure = make_figure(x, y);
      figure.log_x = figure.log_y = logarithmic;
      const Drawing drawing = prepare_drawing(figure);
      CHECK(drawing.x.low < drawing.x.high);
      CHECK(drawing.y.low < drawing.y.high);
      const Tics tics = choose_tics(drawing.y, 6);
      CHECK(tics.step > 0.0);
      CHECK(std::isfinite(tics.first));
    }
  }
}

TEST_CASE("numbers beyond what gnuplot reads are gaps") {
  const Drawing drawing = prepare_drawing(make_figure({1.0, 2.0}, {1e308, 1.0}));
  CHECK(std::isnan(drawing.series[0].y[0]));
  CHECK(drawing.y.high < 2.0);
}

TEST_CASE("a histogram stands on zero") {
  const Drawing drawing =
      prepare_drawing(make_figure({1.0, 2.0, 3.0}, {5.0, 9.0, 7.0}, Series::Kind::steps));
  CHECK(drawing.y.low <= 0.0);
}

TEST_CASE("tics are at whole steps, with labels that differ") {
  Tics tics = choose_tics({-0.3, 10.2}, 6);
  CHECK(tics.step == 2.0);
  CHECK(tics.first == 0.0);
  tics = choose_tics({1e6, 1e6 + 0.01}, 6);
  CHECK(tics.step == Approx(0.002));
  CHECK(tics.digits >= 10);
}

TEST_CASE("a field on uneven axes is drawn on even pixels with the nearest values") {
  Figure figure;
  figure.field = Field{{0.0, 1.0, 10.0}, {0.0, 1.0}, {{1.0, 2.0, 3.0}, {4.0, 5.0, kInfinity}}, ""};
  const Drawing drawing = prepare_drawing(figure);
  REQUIRE(drawing.field);
  CHECK(drawing.field->x == std::vector<double>{0.0, 5.0, 10.0});
  CHECK(drawing.field->value[0] == std::vector<double>{1.0, 2.0, 3.0});
  CHECK(std::isnan(drawing.field->value[1][2]));
  CHECK(drawing.x.low == -2.5);
  CHECK(drawing.x.high == 12.5);
  CHECK(drawing.value.low == 1.0);
  CHECK(drawing.value.high == 5.0);
  CHECK(drawing.notes.size() == 1);

  figure.field = Field{{0.0, 1.0}, {0.0, 1.0}, {{1.0, 2.0}, {3.0, 4.0}}, ""};
  CHECK(prepare_drawing(figure).notes.empty());
}
