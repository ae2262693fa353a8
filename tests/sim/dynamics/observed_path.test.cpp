#include "sim/dynamics/observed_path.hpp"

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/core/temporary_file.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

using namespace springspice;
using dynamics::ObservedPath;
using dynamics::read_observed_paths;

namespace {

std::vector<ObservedPath> read(const std::string& text) {
  const TemporaryFile file(text, "path.csv");
  return read_observed_paths(file.path(), small::general(), 0.25);
}

std::string message_of(const std::string& text) {
  try {
    read(text);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("observed path: any coordinates in any order") {
  const auto paths = read("v1y1,x2y2,t,x0y1\n1,2,0,4\n5,6,0.5,8\n");
  REQUIRE(paths.size() == 1);
  CHECK(paths[0].times == std::vector<double>{0.0, 0.5});
  const dynamics::Observed& first = paths[0].outputs[0];
  REQUIRE(first.C.rows() == 2);
  CHECK(first.C(0, 4) == 1.0);
  CHECK(first.C(1, 0) == 1.0);
  CHECK(first.C.sum() == 2.0);
  CHECK(first.y(0, 1) == 5.0);
  CHECK(first.y(1, 0) == 4.0);
  CHECK(first.sigma(1) == 0.25);
  const dynamics::Observed& second = paths[0].outputs[1];
  REQUIRE(second.C.rows() == 1);
  CHECK(second.C(0, 2) == 1.0);
  CHECK(second.y(0, 1) == 6.0);
}

TEST_CASE("observed path: a column `run` parts the runs") {
  const auto paths = read("run,t,x0y1\n0,0,1\n0,1,2\n1,0,3\n1,1,4\n1,2,5\n");
  REQUIRE(paths.size() == 2);
  CHECK(paths[1].times == std::vector<double>{0.0, 1.0, 2.0});
  CHECK(paths[1].outputs[0].y(0, 2) == 5.0);
  CHECK(paths[0].outputs[1].C.rows() == 0);
}

TEST_CASE("observed path mistake: names, times, nothing seen") {
  CHECK_THAT(message_of("t,x0y1,x9y1\n0,1,2\n"),
             ContainsSubstring("path.csv: column 'x9y1' is no coordinate of the system; those are "
                               "t, run, x0y1, x1y1, x2y1, x0y2"));
  CHECK_THAT(message_of("x0y1,x1y1\n0,1\n"), ContainsSubstring("'t'"));
  CHECK_THAT(message_of("run,t\n0,1\n"), ContainsSubstring("no column is a coordinate"));
  CHECK_THAT(message_of("t,x0y1\n0,1\n1,1\n1,2\n"),
             ContainsSubstring("path.csv: row 3: a time of 1 follows one of 1"));
  CHECK_THAT(message_of("t,x0y1\n0,\n"), ContainsSubstring("path.csv"));
  const TemporaryFile file("t,x0y1\n0,1\n", "path.csv");
  CHECK_THROWS_WITH(read_observed_paths(file.path(), small::general(), -1.0),
                    ContainsSubstring("the error of measurement is -1"));
}
