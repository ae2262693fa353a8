// `netlist` with --query, --explain, --update and the realizations that have conditions.
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

TEST_CASE("netlist --query makes a read-out a row, clamped rows are counted") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("q.csv", "u\n0.25\n99\n");
  for (const std::string realization : {"opamp", "gmc", "rlc", "charge"}) {
    const Result result = run(folder,
                              "netlist --data a.csv --sticks 2 --query q.csv --out n.cir "
                              "--json - --realization " +
                                  realization);
    INFO(realization << " " << result.err);
    REQUIRE(result.status == 0);
    CHECK_THAT(result.err, ContainsSubstring("1 of 2 queries lie outside the bounds"));
    const Json readouts = Json::parse(result.out).at("readouts");
    CHECK(readouts.at("queries") == 2);
    CHECK(readouts.at("clamped") == 1);
    CHECK(Json::parse(folder.text("n.json")).at("readouts").size() == 2);
    CHECK_THAT(folder.text("n.cir"), ContainsSubstring(" q1"));
  }
}

TEST_CASE("netlist --explain writes no circuit and recommends one") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const Result result = run(folder, "netlist --data a.csv --sticks 2 --explain --json -");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const Json json = Json::parse(result.out);
  CHECK(json.at("realizations").size() == 8);
  CHECK(json.at("recommendation").at("options").get<std::string>().starts_with("--realization"));
}

TEST_CASE("netlist --update finds nothing to do for the same data, and targets for new targets") {
  const Folder folder;
  folder.put("a.csv", "u,y\n0,1\n0.25,2\n0.75,1\n1,3\n");
  folder.put("b.csv", "u,y\n0,1\n0.25,2\n0.75,1\n1,4\n");
  REQUIRE(run(folder, "netlist --data a.csv --sticks 2 --out old.cir").status == 0);
  const auto update = [&](const std::string& options) {
    const Result result =
        run(folder, "netlist --sticks 2 --update old.cir --json - --data " + options);
    INFO(result.err);
    REQUIRE(result.status == 0);
    return Json::parse(result.out).at("update");
  };
  CHECK(update("a.csv").at("parts").empty());
  const Json changed = update("b.csv --out new.cir");
  REQUIRE(!changed.at("parts").empty());
  for (const Json& part : changed.at("parts")) CHECK(part.at("group") == "targets");
  CHECK_THAT(folder.text("new.cir"), ContainsSubstring(".end"));
  check_refused(folder, "netlist --data a.csv --sticks 3 --update old.cir", 3,
                {"that deck's grid is --sticks 2 --bounds 0:1"});
  check_refused(folder, "netlist --data a.csv --sticks 2 --realization gmc --update old.cir", 3,
                {"that deck is of --realization opamp"});
}
