// The page of a mapped board: its figures and tables are the study's numbers.
#include "cli/pages/map_page.hpp"

#include <limits>
#include <numeric>

#include "cli/map_numbers.hpp"
#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "tests/catch.hpp"
#include "tests/cli/folder.hpp"
#include "tests/cli/pages/page_checks.hpp"
#include "tests/cli/process.hpp"

using namespace springspice;
using namespace springspice::test;
using report::Series;

namespace {

/// @param line with {data} and {out}
cli::MapStudy study_board(const Folder& folder, const std::string& table, const std::string& line) {
  folder.put("a.csv", table);
  const Words words = split_words("springspice map --profile opamp-board --check-draws 1 --data " +
                                  (folder / "a.csv") + " --out " + (folder / "board") + " " + line);
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  const cli::Options options =
      cli::parse_command_line(static_cast<int>(argv.size()), argv.data()).options;
  cli::Progress progress;
  return cli::study_map(options, progress);
}

}  // namespace

TEST_CASE("the page of a board shows the study's numbers") {
  const Folder folder;
  const cli::MapStudy study = study_board(folder, sine_table(), "--sticks 2 --draws 60");
  const auto data = cli::read_sample(folder / "a.csv", {});
  const report::Page page = cli::make_map_page(study, data);
  check_page(page);
  CHECK((page.verdict == report::Verdict::pass) == study.passed());

  const report::Figure* predictions = find_figure(page, "Predictions of the board");
  REQUIRE(predictions != nullptr);
  const Series* mapped = find_series(*predictions, "nominal values");
  const Series* ideal = find_series(*predictions, "ideal fit");
  const Series* band = find_series(*predictions, "90 of 100");
  REQUIRE(mapped != nullptr);
  REQUIRE(ideal->y.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto node = static_cast<Eigen::Index>(i);
    CHECK(ideal->y[i] == study.mapping.ideal_fit(node, 0));
    CHECK(mapped->y[i] == study.mapping.mapped_fit(node, 0));
    CHECK(band->low[i] == study.tolerance.low(node, 0));
    CHECK(band->high[i] == study.tolerance.high(node, 0));
  }
  CHECK(find_series(*predictions, "data")->x.size() == 21);

  // Every board is in one bar.
  const report::Figure* errors = find_figure(page, "Prediction errors");
  REQUIRE(errors != nullptr);
  const std::vector<double>& bars = find_series(*errors, "boards")->y;
  CHECK(std::accumulate(bars.begin(), bars.end(), 0.0) ==
        static_cast<double>(60 - study.tolerance.failed));
  CHECK(find_series(*errors, "limit")->x.front() == study.error_limit);

  const report::Figure* budget = find_figure(page, "Error budget");
  REQUIRE(budget != nullptr);
  std::size_t bar = 0;
  for (const sim::BudgetTerm& term : study.budget) {
    if (!term.alone) continue;
    CHECK(budget->bars->names[bar] == term.name);
    CHECK(budget->bars->values[bar++] == *term.alone);
  }
  CHECK(bar == budget->bars->names.size());

  const report::Figure* worst = find_figure(page, "Parts that matter most");
  REQUIRE(worst != nullptr);
  CHECK(worst->bars->names.front() == study.tolerance.worst.front().element);
  CHECK(worst->bars->values.front() == study.tolerance.worst.front().spread);

  const report::Table* bill = find_table(page, "Bill of materials");
  REQUIRE(bill != nullptr);
  std::size_t parts = 0;
  for (const auto& row : bill->rows) parts += std::stoul(row.front());
  CHECK(parts == study.part_count());
}

TEST_CASE("a board over two inputs is shown as maps over its nodes") {
  const Folder folder;
  const cli::MapStudy study =
      study_board(folder, plane_table(),
                  "--inputs a,b --targets y --sticks 1 --neighbor-spring 0.1 --draws 20");
  const report::Page page = cli::make_map_page(study, {});
  check_page(page);
  const report::Figure* map = find_figure(page, "Predictions of the board");
  REQUIRE(map != nullptr);
  REQUIRE(map->field);
  // Columns go along the first input, rows along the second, of nodes 00 01 10 11; pixels have
  // their centres half a pixel from the edge.
  const auto& value = map->field->value;
  REQUIRE(value.size() == 64);
  REQUIRE(value.front().size() == 64);
  const auto mapped = study.mapping.mapped_fit.col(0);
  for (const std::size_t column : {0, 20, 63}) {
    for (const std::size_t row : {0, 31, 63}) {
      const double a = (static_cast<double>(column) + 0.5) / 64.0;
      const double b = (static_cast<double>(row) + 0.5) / 64.0;
      CHECK(value[row][column] == Approx((1.0 - a) * ((1.0 - b) * mapped[0] + b * mapped[1]) +
                                         a * ((1.0 - b) * mapped[2] + b * mapped[3])));
    }
  }
}

TEST_CASE("the histogram holds every board that comes to rest") {
  cli::MapStudy study;
  for (const double error : {0.0, 0.1, 0.295, 0.3, std::numeric_limits<double>::infinity()}) {
    study.tolerance.draws.emplace_back().error = error;
  }
  const cli::ErrorHistogram histogram = cli::count_errors(study);
  CHECK(histogram.width == Approx(0.01));
  CHECK(std::accumulate(histogram.boards.begin(), histogram.boards.end(), 0.0) == 4.0);
  CHECK(histogram.boards.front() == 1.0);
  CHECK(histogram.boards.back() == 2.0);  // the largest closes the last bar
}
