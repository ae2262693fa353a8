// Noise on the command line: its options, its files, ensembles and the audit.
#include <algorithm>
#include <cmath>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

namespace {

struct Data : Folder {
  Data() { put("a.csv", sine_table()); }
};

const std::string kModel = " --data a.csv --sticks 2 --kT 0.01";

void refuse(const std::string& line, const std::vector<std::string>& parts) {
  const Data folder;
  check_refused(folder, line, 2, parts);
}

Json run_for_json(const Folder& folder, const std::string& line, int status = 0) {
  const Result result = run(folder, line + " --json -");
  INFO(line << '\n' << result.err);
  REQUIRE(result.status == status);
  return Json::parse(result.out);
}

const Json& find_check(const Json& json, const std::string& name) {
  for (const Json& check : json["checks"]) {
    if (check["name"] == name) return check;
  }
  FAIL("no check " << name);
  return json;
}

// The number that follows `before` in the program's refusal of this line.
double advised(const Folder& folder, const std::string& line, const std::string& before) {
  const Result result = run(folder, line);
  INFO(line << '\n' << result.err);
  const std::size_t at = result.err.find(before);
  REQUIRE(at != result.err.npos);
  return std::stod(result.err.substr(at + before.size()));
}

}  // namespace

TEST_CASE("mistake: options of the deck's noise") {
  refuse("netlist --out n.cir" + kModel + " --deck-noise white",
         {"--deck-noise", "'white'", "none", "trnoise", "pwl"});
  refuse("netlist --out n.cir" + kModel + " --noise-step 0.1",
         {"--noise-step is that of the deck's noise; write --deck-noise trnoise or pwl with it"});
  refuse("netlist --out n.cir" + kModel + " --deck-noise pwl --noise-step 0", {"--noise-step"});
  refuse("netlist --out n.cir" + kModel + " --deck-noise pwl --noise-step x", {"noise-step"});
  refuse("netlist --out n.cir --data a.csv --sticks 2 --deck-noise pwl",
         {"--deck-noise needs a temperature: give --kT or --temperature-K"});
  refuse("netlist --out n.cir" + kModel + " --friction 0 --deck-noise pwl",
         {"without friction there is no noise"});
}

TEST_CASE("mistake: a temperature that is none") {
  const Data folder;
  for (const char* option : {"--kT -0.1", "--kT nan", "--temperature-K -1"}) {
    const Result result = run(folder, std::string("cosim --data a.csv --sticks 2 ") + option);
    INFO(option << '\n' << result.err);
    CHECK(result.status == 2);
    CHECK_THAT(result.err, ContainsSubstring(std::string(option).substr(0, 4)));
  }
  check_refused(folder, "netlist --out n.cir" + kModel + " --resistor-noise -5", 2,
                {"--resistor-noise is -5 K; it must be a finite temperature, 0 or more"});
}

TEST_CASE("mistake: options of ensembles") {
  for (const char* value : {"x", "-1", "1.5", "1e3", ""}) {
    const Data folder;
    Words words = split_words("cosim" + kModel);
    for (const char* option : {"--paths", "--workers", "--path-steps"}) {
      Words line = words;
      line.insert(line.end(), {fmt::format("{}={}", option, value)});
      check_refused(folder, line, 2, {std::string(option).substr(2)});
    }
  }
  refuse("cosim" + kModel + " --workers 0", {"--workers", "from 1 to 256"});
  refuse("cosim" + kModel + " --path-steps 0", {"--path-steps", "from 1 to 1000000000"});
  refuse("cosim" + kModel + " --ensemble e.csv",
         {"--ensemble writes the end states of --paths; give --paths, e.g. 1000"});
}

TEST_CASE("a noise step that is too coarse names one that would do, and that is taken") {
  const Data folder;
  for (const char* friction : {"0.3", "1", "2.7", "11", "40"}) {
    const std::string line = "netlist --out n.cir" + kModel + " --deck-noise trnoise --friction " +
                             friction + " --noise-step ";
    const double step = advised(folder, line + "100", "% is the limit; ");
    INFO(line << step);
    CHECK(run(folder, line + fmt::format("{}", step)).status == 0);
    CHECK(run(folder, line + fmt::format("{}", 1.02 * step)).status == 2);
  }
}

TEST_CASE("a pwl that is too long names a t-end that would do, and that is taken") {
  const Data folder;
  const std::string line = "netlist --out n.cir" + kModel + " --deck-noise pwl --t-end ";
  const double end = advised(folder, line + "1e6", "(this one is 1e+06, ");
  CHECK(run(folder, line + fmt::format("{}", end)).status == 0);
  CHECK(run(folder, line + fmt::format("{}", 1.01 * end)).status == 3);
}

TEST_CASE("deck noise pwl: three files, which certify reads; cosim runs the same path") {
  for (const char* realization : {"opamp", "rlc"}) {
    const Data folder;
    const std::string options = kModel + " --deck-noise pwl --t-end 3 --realization " + realization;
    const Json json = run_for_json(folder, "netlist --out n.cir" + options);
    CHECK(folder.has("n.cir"));
    CHECK(folder.has("n.json"));
    REQUIRE(folder.has("n.noise.inc"));
    CHECK(folder.files() == 4);
    CHECK(json["deck_noise"]["kind"] == "pwl");
    CHECK(json["deck_noise"]["file"] == "n.noise.inc");
    CHECK(std::abs(json["deck_noise"]["bias"].get<double>()) < 0.0101);
    CHECK(json["thermal"]["ratio_to_300_K"].get<double>() > 1e6);
    CHECK_THAT(folder.text("n.cir"), ContainsSubstring(".include \"n.noise.inc\"\n"));
    const Json verdict = run_for_json(folder, "certify n.cir");
    CHECK(verdict["verdict"] == "pass");
    CHECK(find_check(verdict, "spectrum")["status"] == "pass");
    CHECK_THAT(find_check(verdict, "path")["detail"].get<std::string>(),
               ContainsSubstring("one noise path in both"));
    CHECK(run_for_json(folder, "cosim" + options)["verdict"] == "pass");
  }
}

TEST_CASE("deck noise trnoise: two files, certified without its random numbers") {
  const Data folder;
  REQUIRE(run(folder, "netlist --out n.cir" + kModel + " --deck-noise trnoise").status == 0);
  CHECK(folder.files() == 3);
  CHECK_THAT(folder.text("n.cir"), ContainsSubstring("trnoise("));
  CHECK(run_for_json(folder, "certify n.cir")["verdict"] == "pass");
}

TEST_CASE("mistake: the file that the deck includes is not there, or lies elsewhere") {
  const Data folder;
  REQUIRE(run(folder, "netlist --out n.cir --t-end 3" + kModel + " --deck-noise pwl").status == 0);
  const std::string noise = folder.text("n.noise.inc");
  const std::string deck = folder.text("n.cir");
  std::filesystem::remove(folder / "n.noise.inc");
  check_refused(folder, "certify n.cir", 3,
                {"n.noise.inc: No such file",
                 "the deck includes it; put it there, or write deck and manifest anew"});
  for (const char* file : {"../n.noise.inc", "/etc/passwd"}) {
    folder.put("n.cir", std::regex_replace(deck, std::regex("n\\.noise\\.inc"), file));
    check_refused(folder, "certify n.cir", 3, {"the file must lie in the deck's folder or below"});
  }
  folder.put("n.cir", deck);
  folder.put("n.noise.inc", noise + "r1 a 0\n");
  check_refused(folder, "certify n.cir", 3, {"element 'r1' has no resistance"});
  folder.put("n.noise.inc", noise + ".control\nshell touch pwned\n.endc\n");
  CHECK(run(folder, "certify n.cir").status == 0);
  CHECK_FALSE(folder.has("pwned"));
}

TEST_CASE("mistake: the manifest of another deck") {
  const Data folder;
  REQUIRE(run(folder, "netlist --out n.cir" + kModel).status == 0);
  REQUIRE(run(folder, "netlist --out o.cir --data a.csv --sticks 20").status == 0);
  check_refused(folder, "certify n.cir --manifest o.json", 3,
                {"o.json does not belong to n.cir: it was written for 'o.cir'",
                 "give the right one with --manifest"});
}

TEST_CASE("certify fails a generator's resistor that is off by 0.1 percent") {
  const Data folder;
  REQUIRE(run(folder, "netlist --out n.cir" + kModel).status == 0);
  const std::string deck = folder.text("n.cir");
  const std::size_t line = deck.find("\nrgt0__1__0 ");
  REQUIRE(line != deck.npos);
  const std::size_t end = deck.find(" ;", line);
  const std::size_t value = deck.rfind(' ', end - 1) + 1;
  folder.put("n.cir", deck.substr(0, value) +
                          fmt::format("{}", 1.001 * std::stod(deck.substr(value, end - value))) +
                          deck.substr(end));
  const Json json = run_for_json(folder, "certify n.cir", 1);
  CHECK(find_check(json, "matrices")["status"] == "fail");
  CHECK_THAT(find_check(json, "matrices")["detail"].get<std::string>(),
             ContainsSubstring("noise of the force"));
  CHECK(find_check(json, "spectrum")["status"] == "fail");
  CHECK(find_check(json, "steady")["status"] == "pass");
}

TEST_CASE("an ensemble: a row a path, and the same for any number of workers") {
  const Data folder;
  const std::string line = "cosim" + kModel + " --t-end 1 --seed 5 --paths 40 --ensemble ";
  const Json one = run_for_json(folder, line + "one.csv --workers 1", 0);
  const Json two = run_for_json(folder, line + "two.csv --workers 2", 0);
  const std::string csv = folder.text("one.csv");
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 41);
  CHECK(csv == folder.text("two.csv"));
  for (const char* name : {"ensemble", "ergodicity"}) {
    Json a = find_check(one, name);
    Json b = find_check(two, name);
    CHECK(a["value"] == b["value"]);
    CHECK(a["limit"] == b["limit"]);
    CHECK(a["status"] == b["status"]);
  }
  if (one.contains("ensemble")) CHECK(one["ensemble"] == two["ensemble"]);
  const Json other = run_for_json(
      folder, "cosim" + kModel + " --t-end 1 --seed 6 --paths 40 --ensemble three.csv");
  CHECK(folder.text("three.csv") != csv);
}

TEST_CASE("the audit in JSON: level for fdt, not for diagonal") {
  const Data folder;
  const std::string line = "cosim --data a.csv --sticks 4 --kT 0.01 --noise-model ";
  const Json fdt = run_for_json(folder, line + "fdt")["audit"];
  CHECK(fdt["kT"] == 0.01);
  CHECK(fdt["own_noise"] == false);
  // Parts are rounded to double precision, modes to their condition.
  CHECK(fdt["spread"].get<double>() < 1e-10);
  CHECK(std::abs(fdt["outputs"][0]["entropy_production"].get<double>()) < 1e-9);
  CHECK(fdt["outputs"][0]["modes"].size() == 5);
  CHECK(fdt["outputs"][0]["nodes"].size() == 5);
  const Json diagonal = run_for_json(folder, line + "diagonal")["audit"];
  CHECK(diagonal["outputs"][0]["mean"].get<double>() == Approx(8.0 / 15.0 * 0.01).epsilon(1e-9));
  CHECK(diagonal["outputs"][0]["entropy_production"].get<double>() > 1e-6);
  CHECK(diagonal["spread"].get<double>() > 0.1);
  const Json cold = run_for_json(folder, "cosim --data a.csv --sticks 4");
  CHECK((!cold.contains("audit") || cold["audit"].is_null()));
}

TEST_CASE("the audit in words: in equilibrium, or not") {
  const Data folder;
  const std::string line = "cosim --data a.csv --sticks 2 --kT 0.01 --noise-model ";
  CHECK_THAT(run(folder, line + "fdt").out, ContainsSubstring(": in equilibrium at kT\n"));
  CHECK_THAT(run(folder, line + "diagonal").out, ContainsSubstring(": NOT in equilibrium at kT\n"));
}

TEST_CASE("resistors at room temperature are listed, and warm a cold circuit") {
  const Data folder;
  // kT E0 is about k_B 300 K where a unit is some microvolts; here it is far above.
  REQUIRE(run(folder, "netlist --out n.cir --resistor-noise 300" + kModel).status == 0);
  CHECK_THAT(folder.text("n.json"), ContainsSubstring("thermal rd0"));
  const Json json = run_for_json(folder, "certify n.cir");
  CHECK(json["verdict"] == "pass");
  CHECK(json["audit"]["own_noise"] == true);
  CHECK(json["audit"]["coldest"].get<double>() >= 0.01 * (1.0 - 1e-9));
  // 1e18 K of room would be felt.
  const Json hot = run_for_json(folder, "cosim --resistor-noise 1e15" + kModel);
  CHECK(hot["audit"]["hottest"].get<double>() > 0.0101);
}
