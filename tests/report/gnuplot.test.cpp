// Scripts for gnuplot: data, styles, and no word of a page.
#include <limits>

#include "report/html.hpp"

#include "tests/catch.hpp"
#include "tests/report/sample_page.hpp"

using namespace springspice::report;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a script brings its data and sets an SVG terminal") {
  const std::string script = format_gnuplot(sample_page().sections[0].figures[0]);
  CHECK(script.starts_with("set terminal svg "));
  CHECK(has(script, "$s0 << EOD\n1 1 2\n2 1.5 2.5\n3 2 4\nEOD\n"));
  CHECK(has(script, "$s1 << EOD\n1 1.5\n2 2\n3 3\nEOD\n"));
  CHECK(has(script, "$s0 using 1:2:3 with filledcurves"));
  CHECK(has(script, "$s1 using 1:2 with points"));
  CHECK(has(script, "set logscale y"));
  CHECK(!has(script, "set output"));
}

TEST_CASE("no name gets into a script: gnuplot would run what stands in backticks") {
  Figure figure = sample_page().sections[0].figures[0];
  for (std::string* text :
       {&figure.title, &figure.caption, &figure.x_label, &figure.y_label, &figure.series[0].name}) {
    *text = "`touch hostile`\n'; system('touch hostile'); '";
  }
  CHECK(!has(format_gnuplot(figure), "hostile"));
  figure = sample_page().sections[0].figures[1];
  figure.field->label = "`touch hostile`";
  CHECK(!has(format_gnuplot(figure), "hostile"));
}

TEST_CASE("a gap ends a stretch of a curve with one blank line") {
  Figure figure;
  const double gap = std::numeric_limits<double>::quiet_NaN();
  figure.series = {{"a", Series::Kind::line, {0, 1, 2, 3, 4}, {gap, 1.0, gap, gap, 2.0}, {}, {}}};
  CHECK(has(format_gnuplot(figure), "EOD\n1 1\n\n4 2\nEOD\n"));
}

TEST_CASE("curves differ by dash or mark, not by colour alone") {
  Figure figure;
  for (int k = 0; k < 3; ++k) {
    figure.series.push_back({"line", Series::Kind::line, {0, 1}, {0, 1}, {}, {}});
    figure.series.push_back({"mark", Series::Kind::points, {0, 1}, {0, 1}, {}, {}});
  }
  const std::string script = format_gnuplot(figure);
  CHECK(has(script, "dt solid"));
  CHECK(has(script, "dt (12,3)"));
  CHECK(has(script, "pt 7 "));
  CHECK(has(script, "pt 5 "));
}

TEST_CASE("an empty figure is still a picture") {
  Figure figure;
  figure.series = {{"nothing", Series::Kind::line, {}, {}, {}, {}}};
  CHECK(has(format_gnuplot(figure), "plot NaN\n"));
}
