// --engine: gnucap alone, and beside ngspice.
#include "tests/sim/gnucap.hpp"

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice;
using namespace springspice::test;
using Json = nlohmann::json;

TEST_CASE("every realization agrees in both engines") {
  if (!has_gnucap()) return;
  const Folder folder;
  folder.put("a.csv", sine_table());
  for (const char* realization : {"opamp", "gmc", "rlc --coupling direct", "rlc --coupling gyrator",
                                  "opamp --dynamics overdamped"}) {
    const Result result =
        run(folder, std::string("cosim --data a.csv --sticks 2 --t-end 5 --engine both --json - "
                                "--x0 random --realization ") +
                        realization);
    INFO(realization << '\n' << result.err << result.out);
    REQUIRE(result.status == 0);
    const Json json = Json::parse(result.out);
    CHECK(json["checks"].size() == 9);
    CHECK(json["engine"]["name"] == "ngspice");
    CHECK(json["engines"]["names"] == Json{"ngspice", "gnucap"});
    CHECK(json["engines"]["settled"]["gnucap"].size() == 3);
    CHECK(json["engines"]["difference"].get<double>() <= 1e-6);
  }
}

TEST_CASE("gnucap alone gives its part of the verdict") {
  if (!has_gnucap()) return;
  const Folder folder;
  folder.put("a.csv", sine_table());
  const std::string line = "cosim --data a.csv --sticks 2 --t-end 5 --engine gnucap";
  const Result text = run(folder, line);
  CHECK(text.status == 0);
  CHECK_THAT(text.out, ContainsSubstring("the verdict is gnucap's part alone"));
  const Json json = Json::parse(run(folder, line + " --json -").out);
  CHECK(json["engine"]["name"] == "gnucap");
  CHECK(json["verdict"] == "pass");
  CHECK(!json.contains("engines"));

  REQUIRE(run(folder, "netlist --data a.csv --sticks 2 --out n.cir").status == 0);
  CHECK(run(folder, "certify n.cir --engine gnucap").status == 0);
  std::string deck = folder.text("n.cir");
  const std::size_t at = deck.find("\nrk0 ");
  REQUIRE(at != std::string::npos);
  const std::size_t value = deck.rfind(' ', deck.find(" ;", at) - 1) + 1;
  deck.insert(value, "1");  // another resistance by far
  folder.put("n.cir", deck);
  CHECK(run(folder, "certify n.cir --engine gnucap").status == 1);
}

TEST_CASE("what gnucap cannot do, and where it is missing") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  check_refused(folder, "cosim --data a.csv --engine spectre", 2,
                {"--engine is 'spectre'", "ngspice, gnucap, both"});
  check_refused(folder, "cosim --data a.csv --kT 1 --paths 5 --engine gnucap", 2,
                {"--paths is of noise, which gnucap has not"});
  const std::string before = std::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  check_refused(folder, "cosim --data a.csv --sticks 2 --engine both", 4,
                {"no program gnucap in PATH", "apt-get install gnucap"});
  ::setenv("PATH", before.c_str(), 1);
}
