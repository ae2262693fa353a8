// readback: records of a circuit as model coordinates, beside the model.
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

namespace {

const std::string kData = SPRINGSPICE_SOURCE_DIR "/tests/data/readback/";

Json read_back(const Folder& folder, const std::string& line) {
  const Result result = run(folder, "readback " + line + " --json -");
  INFO(line << '\n' << result.err);
  REQUIRE(result.status == 0);
  return Json::parse(result.out);
}

Json board(const Folder& folder, const std::string& more = "") {
  return read_back(folder, kData + "board.binary.raw --manifest " + kData + "board.json " + more);
}

}  // namespace

TEST_CASE("readback of ngspice's board: every coordinate, and how far the steps are from exact") {
  const Folder folder;
  const Json json = board(folder);
  CHECK(json["format"] == "ngspice raw, binary");
  CHECK(json["points"] == 52);
  CHECK(json["missing"].empty());
  CHECK(json["time"]["last"].get<double>() == Approx(4.0));
  REQUIRE(json["coordinates"].size() == 4);
  CHECK(json["coordinates"][0]["name"] == "x0");
  CHECK(json["coordinates"][3]["name"] == "v1");
  // By an independent program, with a matrix exponential: the steps of 0.1 are second order.
  double largest = 0.0;
  for (const Json& coordinate : json["coordinates"]) {
    if (coordinate["name"].get<std::string>()[0] != 'x') continue;
    largest = std::max(largest, coordinate["largest"].get<double>());
  }
  CHECK(largest == Approx(0.0034121841420422516).epsilon(1e-9));

  const Json text = read_back(folder, kData + "board.ascii.raw --manifest " + kData + "board.json");
  CHECK(text["largest"].get<double>() == Approx(json["largest"].get<double>()).epsilon(1e-9));
}

TEST_CASE("readback integrates the fluxes of a circuit of coils") {
  const Folder folder;
  const Json json =
      read_back(folder, kData + "coils.binary.raw --manifest " + kData + "coils.json");
  REQUIRE(json["coordinates"].size() == 4);
  // The same system, start and steps as the board's, so the same error of the steps, but for the
  // few that ngspice makes by backward Euler, whose fluxes are no trapezoids.
  const Json same = board(folder);
  for (std::size_t k = 0; k < 4; ++k) {
    const Json& coordinate = json["coordinates"][k];
    CHECK(coordinate["name"] == same["coordinates"][k]["name"]);
    CHECK(coordinate["largest"].get<double>() ==
          Approx(same["coordinates"][k]["largest"].get<double>()).epsilon(0.05));
  }
}

TEST_CASE("readback --limit decides the exit status") {
  const Folder folder;
  const std::string line =
      "readback " + kData + "board.binary.raw --manifest " + kData + "board.json --limit ";
  const Result kept = run(folder, line + "0.05");
  CHECK(kept.status == 0);
  CHECK_THAT(kept.out, ContainsSubstring("limit 0.05 of the range: kept"));
  const Result exceeded = run(folder, line + "1e-4");
  CHECK(exceeded.status == 1);
  CHECK_THAT(exceeded.out, ContainsSubstring("exceeded"));
  check_refused(folder, line + "0", 2, {"--limit is 0"});
}

TEST_CASE("two channels of an oscilloscope serve the two coordinates that they show") {
  const Folder folder;
  folder.put("scope.csv", "Model,X\nTime,V0,x1\nms,mV,V\n-0.1,0,0\n0,0,-0.95\n0.1,10,-0.9\n");
  const Json json = read_back(folder, "scope.csv --manifest " + kData + "board.json");
  REQUIRE(json["coordinates"].size() == 2);
  CHECK(json["coordinates"][0]["name"] == "x1");
  CHECK(json["coordinates"][1]["name"] == "v0");
  CHECK(json["points"] == 2);
  CHECK(json["before_start"] == 1);
  CHECK(json["missing"].size() == 2);
  // scales: 0.890626 V a unit of velocity
  CHECK(json["coordinates"][1]["last"].get<double>() == Approx(0.01 / 0.8906257494238011));
  const Result text = run(folder, "readback scope.csv --manifest " + kData + "board.json");
  CHECK_THAT(text.out, ContainsSubstring("not recorded: the nodes "));
  CHECK_THAT(text.out, ContainsSubstring("1 points before t = 0 were left out"));
}

TEST_CASE("readback --query predicts from the positions, and --out lists every recorded time") {
  const Folder folder;
  folder.put("q.csv", "u\n0\n0.25\n1\n");
  const Json json = board(folder, "--query q.csv --out c.csv");
  REQUIRE(json["predictions"].size() == 3);
  const double x0 = json["coordinates"][0]["last"];
  const double x1 = json["coordinates"][1]["last"];
  CHECK(json["predictions"][0]["yhat"].get<double>() == Approx(x0));
  CHECK(json["predictions"][1]["yhat"].get<double>() == Approx(0.75 * x0 + 0.25 * x1));
  CHECK(json["predictions"][2]["yhat"].get<double>() == Approx(x1));
  const std::string table = folder.text("c.csv");
  CHECK(table.starts_with("time,x0,x1,v0,v1,yhat0,yhat1,yhat2\n"));
  CHECK(std::count(table.begin(), table.end(), '\n') == 53);

  folder.put("half.csv", "time,x0\n0,-0.95\n1e-4,-0.9\n");
  check_refused(folder, "readback half.csv --query q.csv --manifest " + kData + "board.json", 3,
                {"takes all positions of an output", "x1"});
}

TEST_CASE("readback refuses what it cannot read, and says what to give") {
  const Folder folder;
  const std::string manifest = " --manifest " + kData + "board.json";
  folder.put("other.csv", "time,a,b\n0,1,2\n");
  check_refused(folder, "readback other.csv" + manifest, 3,
                {"of another circuit", "board.cir", "a, b", "none of the nodes"});
  folder.put("late.csv", "time,v0\n1,0.1\n2,0.2\n");
  check_refused(folder, "readback late.csv --manifest " + kData + "coils.json", 3,
                {"begins at 1 s", "record from the start"});
  folder.put("early.csv", "time,x0\n-2,0.1\n-1,0.2\n");
  check_refused(folder, "readback early.csv" + manifest, 3, {"ends before t = 0"});
  check_refused(folder, "readback late.csv", 2, {"no manifest", "--manifest NAME.json"});
  check_refused(folder, "readback" + manifest, 2, {"no record"});
  check_refused(folder, "readback late.csv --out late.csv" + manifest, 2,
                {"would replace what readback"});
}

TEST_CASE("where the model has noise, readback says how far it strays") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "netlist --data a.csv --sticks 2 --kT 0.01 --out n.cir").status == 0);
  folder.put("r.csv", "time,x0\n0,0\n1e-5,0\n");
  const Result result = run(folder, "readback r.csv --manifest n.json");
  REQUIRE(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("the model has noise (kT = 0.01)"));
  const Json json = read_back(folder, "r.csv --manifest n.json");
  CHECK(json["coordinates"][0]["noise_std"].get<double>() > 0.0);
}
