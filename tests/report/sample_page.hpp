// A small page with one of everything.
#pragma once

#include "report/page.hpp"

namespace springspice::report {

inline Page sample_page() {
  Figure curves;
  curves.title = "curves";
  curves.caption = "a caption";
  curves.x_label = "time";
  curves.y_label = "volt";
  curves.log_y = true;
  curves.series = {
      {"band", Series::Kind::band, {1.0, 2.0, 3.0}, {}, {1.0, 1.5, 2.0}, {2.0, 2.5, 4.0}},
      {"data", Series::Kind::points, {1.0, 2.0, 3.0}, {1.5, 2.0, 3.0}, {}, {}}};
  Figure field;
  field.title = "field";
  field.field = Field{{0.0, 1.0}, {0.0, 1.0}, {{1.0, 2.0}, {3.0, 4.0}}, "value"};
  Figure bars;
  bars.title = "bars";
  bars.bars = Bars{{"one", "two"}, {1.0, 0.5}};
  Page page;
  page.command = "fit";
  page.arguments = {"springspice", "fit", "--data", "my table.csv"};
  page.title = "A page";
  page.verdict = Verdict::pass;
  page.summary = "All is well.";
  page.sections = {
      {"Section", "Text.", {curves, field, bars}, {{"table", {"name", "value"}, {{"a", "1"}}}}}};
  return page;
}

}  // namespace springspice::report
