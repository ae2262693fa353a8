// Data points for a picture: all of a short table, some drawn from all over a long one.
#include "cli/pages/data_sample.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/cli/folder.hpp"

using namespace springspice;
using springspice::test::Folder;

namespace {

std::string count_up(int rows) {
  std::string text = "u,z,y\n";
  for (int k = 0; k < rows; ++k) text += fmt::format("{},{},{}\n", k, -k, 2 * k);
  return text;
}

}  // namespace

TEST_CASE("a short table is taken whole, by the columns chosen") {
  const Folder folder;
  for (const int rows : {1, 30, 1000}) {
    INFO(rows << " rows");
    folder.put("a.csv", count_up(rows));
    const auto sample = cli::read_sample(folder / "a.csv", {{"u"}, {"y"}});
    REQUIRE(sample);
    REQUIRE(sample->rows.inputs.rows() == rows);
    REQUIRE(sample->rows.inputs.cols() == 1);
    REQUIRE(sample->rows.targets.rows() == rows);
    for (Eigen::Index k = 0; k < rows; ++k) {
      CHECK(sample->rows.inputs(k, 0) == static_cast<double>(k));
      CHECK(sample->rows.targets(k, 0) == 2.0 * static_cast<double>(k));
    }
    CHECK(sample->rows.input_names == std::vector<std::string>{"u"});
    CHECK(sample->rows.target_names == std::vector<std::string>{"y"});
    CHECK(sample->all == static_cast<std::size_t>(rows));
    CHECK(sample->describe() == fmt::format("{} point{}", rows, rows == 1 ? "" : "s"));
  }
}

TEST_CASE("of a long table there are rows from all over it, each once, in its order") {
  const Folder folder;
  constexpr int kRows = 20'000;
  folder.put("a.csv", count_up(kRows));
  const auto sample = cli::read_sample(folder / "a.csv", {{"u"}, {"y"}});
  REQUIRE(sample);
  CHECK(sample->all == kRows);
  CHECK(sample->describe() == "1000 of 20000 points, drawn at random");
  REQUIRE(sample->rows.size() == 1000);
  std::vector<int> tenths(10, 0);
  for (Eigen::Index k = 0; k < sample->rows.size(); ++k) {
    const double u = sample->rows.inputs(k, 0);
    CHECK(sample->rows.targets(k, 0) == 2.0 * u);
    if (k > 0) CHECK(u > sample->rows.inputs(k - 1, 0));
    ++tenths[static_cast<std::size_t>(10.0 * u / kRows)];
  }
  // Each tenth gets 100 on average. Chi-squared of 9 degrees of freedom, less for the twentieth
  // that is not put back, is below 27.9 in 999 of 1000 samples; the seed is fixed.
  double chi_squared = 0.0;
  for (const int count : tenths) {
    chi_squared += (count - 100.0) * (count - 100.0) / (100.0 * (1.0 - 1000.0 / kRows));
  }
  CHECK(chi_squared < 27.9);
}

TEST_CASE("the sample is the same each time, from a file as from memory") {
  const Folder folder;
  folder.put("a.csv", count_up(3000));
  const core::ColumnChoice columns{{"u"}, {"y", "z"}};
  const auto first = cli::read_sample(folder / "a.csv", columns);
  const auto second = cli::read_sample(folder / "a.csv", columns);
  const auto memory = cli::take_sample(core::read_rows(folder / "a.csv", columns, {}));
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->rows.inputs == second->rows.inputs);
  CHECK(first->rows.targets == second->rows.targets);
  CHECK(first->rows.inputs == memory.rows.inputs);
  CHECK(first->rows.targets == memory.rows.targets);
  CHECK(first->all == memory.all);
  CHECK(memory.rows.target_names == columns.targets);
}

TEST_CASE("what can be read only once is left out") {
  CHECK_FALSE(cli::read_sample("-", {}).has_value());
}

TEST_CASE("a table that went bad since is refused by name") {
  const Folder folder;
  folder.put("a.csv", "u,y\n1,2\n3,n/a\n");
  CHECK_THROWS_AS(cli::read_sample(folder / "a.csv", {}), core::InputError);
}
