// What every page must hold, whatever it is about.
#pragma once

#include <cmath>
#include <string>

#include "report/page.hpp"

#include "tests/catch.hpp"

namespace springspice::test {

inline const report::Figure* find_figure(const report::Page& page, const std::string& title) {
  for (const report::Section& section : page.sections) {
    for (const report::Figure& figure : section.figures) {
      if (figure.title.starts_with(title)) return &figure;
    }
  }
  return nullptr;
}

inline const report::Table* find_table(const report::Page& page, const std::string& title) {
  for (const report::Section& section : page.sections) {
    for (const report::Table& table : section.tables) {
      if (table.title.starts_with(title)) return &table;
    }
  }
  return nullptr;
}

inline const report::Series* find_series(const report::Figure& figure, const std::string& name) {
  for (const report::Series& series : figure.series) {
    if (series.name.starts_with(name)) return &series;
  }
  return nullptr;
}

/// Sizes fit, every figure says what it shows, and where a gap is not meant all numbers are finite;
/// a logarithmic axis has numbers above 0 alone.
inline void check_page(const report::Page& page) {
  CHECK_FALSE(page.title.empty());
  CHECK_FALSE(page.summary.empty());
  CHECK(page.verdict != report::Verdict::none);
  for (const report::Section& section : page.sections) {
    CHECK_FALSE(section.title.empty());
    for (const report::Table& table : section.tables) {
      INFO(table.title);
      CHECK_FALSE(table.rows.empty());
      for (const auto& row : table.rows) CHECK(row.size() == table.columns.size());
    }
    for (const report::Figure& figure : section.figures) {
      INFO(figure.title);
      CHECK_FALSE(figure.title.empty());
      CHECK_FALSE(figure.caption.empty());
      CHECK_FALSE(figure.x_label.empty());
      CHECK((!figure.series.empty() || figure.field || figure.bars));
      bool finite = true;
      bool positive = true;
      const bool gaps = figure.title.starts_with("Difference");
      for (const report::Series& series : figure.series) {
        const bool band = series.kind == report::Series::Kind::band;
        CHECK_FALSE(series.x.empty());
        CHECK((band ? series.low.size() : series.y.size()) == series.x.size());
        CHECK((!band || series.high.size() == series.x.size()));
        for (const double x : series.x) {
          finite = finite && std::isfinite(x);
          positive = positive && (!figure.log_x || x > 0.0);
        }
        for (const auto* values : {&series.y, &series.low, &series.high}) {
          for (const double y : *values) {
            finite = finite && (std::isfinite(y) || gaps);
            positive = positive && (!figure.log_y || !(y <= 0.0));
          }
        }
      }
      if (figure.field) {
        CHECK(figure.field->value.size() == figure.field->y.size());
        for (const auto& row : figure.field->value) {
          CHECK(row.size() == figure.field->x.size());
          for (const double value : row) finite = finite && std::isfinite(value);
        }
      }
      if (figure.bars) {
        CHECK(figure.bars->names.size() == figure.bars->values.size());
        for (const double value : figure.bars->values) finite = finite && std::isfinite(value);
      }
      CHECK(finite);
      CHECK(positive);
    }
  }
}

}  // namespace springspice::test
