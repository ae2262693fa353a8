#include "report/page.hpp"

#include <fmt/format.h>

namespace springspice::report {
namespace {

void require(bool fits, const std::string& where, const std::string& what) {
  if (!fits) throw PageError(fmt::format("{}: {}", where, what));
}

void check(const Series& series, const std::string& where) {
  const std::size_t points = series.x.size();
  const auto same = [&](const char* name, const std::vector<double>& values) {
    require(
        values.size() == points, where,
        fmt::format("{} has {} values, x has {}; one each is needed", name, values.size(), points));
  };
  const bool band = series.kind == Series::Kind::band;
  if (!band) same("y", series.y);
  if (band || !series.low.empty() || !series.high.empty()) {
    same("low", series.low);
    same("high", series.high);
  }
}

void check(const Field& field, const std::string& where) {
  require(field.value.size() == field.y.size(), where,
          fmt::format("value has {} rows, y has {} values; one each is needed", field.value.size(),
                      field.y.size()));
  for (std::size_t row = 0; row < field.value.size(); ++row) {
    require(field.value[row].size() == field.x.size(), where,
            fmt::format("value[{}] has {} values, x has {}; one each is needed", row,
                        field.value[row].size(), field.x.size()));
  }
}

void check(const Figure& figure, const std::string& where) {
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    check(figure.series[k], fmt::format("{}.series[{}]", where, k));
  }
  if (figure.field) check(*figure.field, where + ".field");
  if (!figure.bars) return;
  require(figure.bars->names.size() == figure.bars->values.size(), where + ".bars",
          fmt::format("{} names, {} values; one each is needed", figure.bars->names.size(),
                      figure.bars->values.size()));
}

void check(const Table& table, const std::string& where) {
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    require(table.rows[row].size() == table.columns.size(), where,
            fmt::format("rows[{}] has {} cells, the table {} columns; one each is needed", row,
                        table.rows[row].size(), table.columns.size()));
  }
}

}  // namespace

void check_sizes(const Page& page) {
  for (std::size_t s = 0; s < page.sections.size(); ++s) {
    const Section& section = page.sections[s];
    const std::string where = fmt::format("sections[{}]", s);
    for (std::size_t k = 0; k < section.figures.size(); ++k) {
      check(section.figures[k], fmt::format("{}.figures[{}]", where, k));
    }
    for (std::size_t k = 0; k < section.tables.size(); ++k) {
      check(section.tables[k], fmt::format("{}.tables[{}]", where, k));
    }
  }
}

}  // namespace springspice::report
