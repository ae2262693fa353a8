// Data points for a picture: all of a short table, evenly spread ones of a long one.
#include "cli/pages/circuit_sample.hpp"

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
  folder.put("a.csv", count_up(30));
  const auto sample = cli::sample_circuit_data(folder / "a.csv", {{"u"}, {"y"}});
  REQUIRE(sample);
  REQUIRE(sample->inputs.size() == 30);
  CHECK(sample->inputs[7] == std::vector{7.0});
  CHECK(sample->targets[7] == std::vector{14.0});
  CHECK(sample->describe() == "30 data points");
}

TEST_CASE("of a long table there is one row of every so many") {
  const Folder folder;
  for (const int rows : {100, 101, 200, 201, 1000, 1601}) {
    folder.put("a.csv", count_up(rows));
    const auto sample = cli::sample_circuit_data(folder / "a.csv", {{"u"}, {"y"}}, 100);
    REQUIRE(sample);
    INFO(rows << " rows");
    CHECK(sample->total == static_cast<std::size_t>(rows));
    CHECK(sample->inputs.size() <= 100);
    CHECK(sample->inputs.size() == (sample->total + sample->every - 1) / sample->every);
    CHECK(2 * sample->inputs.size() >= 100);
    for (std::size_t k = 0; k < sample->inputs.size(); ++k) {
      CHECK(sample->inputs[k][0] == static_cast<double>(k * sample->every));
      CHECK(sample->targets[k][0] == 2.0 * sample->inputs[k][0]);
    }
  }
}

TEST_CASE("what can be read only once is left out") {
  CHECK_FALSE(cli::sample_circuit_data("-", {}).has_value());
}

TEST_CASE("a table that went bad since is refused by name") {
  const Folder folder;
  folder.put("a.csv", "u,y\n1,2\n3,n/a\n");
  CHECK_THROWS_AS(cli::sample_circuit_data(folder / "a.csv", {}), core::InputError);
}
