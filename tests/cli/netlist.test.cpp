// Hierarchies and dialects on the command line: which files, what they hold, what is refused.
#include <cmath>

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

Json write(const Folder& folder, const std::string& options) {
  const Result result = run(folder, "netlist --out n.cir" + kModel + options + " --json -");
  INFO(options << '\n' << result.err);
  REQUIRE(result.status == 0);
  return Json::parse(result.out);
}

// The number behind "NAME ... ; expected ".
double expected(const std::string& deck, const std::string& measure) {
  const std::size_t at = deck.find(".meas tran " + measure + " ");
  INFO(measure);
  REQUIRE(at != deck.npos);
  const std::string word = "; expected ";
  return std::stod(deck.substr(deck.find(word, at) + word.size()));
}

}  // namespace

TEST_CASE(
    "a hierarchy: bench, array, library and manifest; what it expects is the fit at the end") {
  const Data folder;
  const Json json = write(folder, " --hierarchy subckt");
  CHECK(json["files"] == Json({"n.array.inc", "n.lib"}));
  CHECK(folder.files() == 5);  // the table, the deck, the manifest
  const std::string bench = folder.text("n.cir");
  CHECK_THAT(bench, ContainsSubstring("\n.include \"n.array.inc\"\n"));
  CHECK_THAT(folder.text("n.array.inc"), ContainsSubstring("\n.subckt ss_array x0 x1 x2 v0"));
  CHECK(folder.text("n.lib").find("opamp_ideal\n") == std::string::npos);
  for (const char* node : {"x0", "x1", "x2"}) {
    // 20 relaxation times: e^-20 of a swing of a volt, and the modes' factors.
    CHECK(std::abs(expected(bench, node + std::string("_end")) -
                   expected(bench, node + std::string("_fit"))) < 1e-7);
    CHECK(std::abs(expected(bench, node + std::string("_end"))) > 1e-3);
  }
}

TEST_CASE("rlc shows no positions, so its bench measures velocities") {
  const Data folder;
  write(folder, " --hierarchy subckt --realization rlc");
  const std::string bench = folder.text("n.cir");
  CHECK(std::abs(expected(bench, "v1_end")) < 1e-7);
  CHECK(bench.find("_fit") == std::string::npos);
}

TEST_CASE("a bench with noise measures nothing, since no value is expected") {
  const Data folder;
  write(folder, " --hierarchy subckt --deck-noise trnoise --t-end 3");
  CHECK(folder.text("n.cir").find(".meas") == std::string::npos);
  CHECK_THAT(folder.text("n.cir"), ContainsSubstring("trnoise("));
}

TEST_CASE("another dialect: the manifest names it, and what is done instead is said") {
  for (const std::string dialect : {"xyce", "ltspice"}) {
    const Data folder;
    const Json json = write(folder, " --realization rlc --coupling gyrator --dialect " + dialect);
    CHECK(Json::parse(folder.text("n.json"))["dialect"] == dialect);
    CHECK(json["dialect"] == dialect);
    REQUIRE(!json["substitutions"].empty());
    for (const Json& note : json["substitutions"]) {
      CHECK_THAT(folder.text("n.cir"), ContainsSubstring("* " + note.get<std::string>() + "\n"));
    }
  }
}

TEST_CASE("noise for another dialect: one file a source, or a refusal that says so") {
  const Data folder;
  const Json json = write(folder, " --dialect xyce --deck-noise pwl --t-end 3 --hierarchy subckt");
  CHECK(json["deck_noise"]["file"] == "n.*.pwl");
  for (const Json& file : json["files"]) CHECK(folder.has(file.get<std::string>()));
  CHECK_THAT(folder.text("n.cir"), ContainsSubstring("vgt0__1 gt0__1 0 dc 0 pwl file "
                                                     "\"n.vgt0__1.pwl\""));
  check_refused(folder, "netlist --out m.cir" + kModel + " --dialect ltspice --deck-noise trnoise",
                3, {"--deck-noise trnoise is ngspice's own generator, which LTspice has not"});
}

TEST_CASE("mistake: a dialect or a hierarchy that is not there") {
  const Data folder;
  check_refused(folder, "netlist --out n.cir" + kModel + " --dialect hspice", 2,
                {"--dialect", "'hspice'", "ngspice", "xyce", "ltspice"});
  check_refused(folder, "netlist --out n.cir" + kModel + " --hierarchy deep", 2,
                {"--hierarchy", "'deep'", "flat", "subckt"});
  check_refused(folder, "netlist --out n.lib" + kModel + " --hierarchy subckt", 2,
                {"n.lib", "writes to the same file"});
}
