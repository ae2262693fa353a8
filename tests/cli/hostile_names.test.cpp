// Names of columns and files that would do harm if they reached a deck.
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;

namespace {

const std::string kInput = "; .include x";
const std::string kTarget = "y\"q\n.control\nshell id\n.endc";

std::string hostile_table() {
  std::string text = sine_table();
  return "\"; .include x\",\"y\"\"q\n.control\nshell id\n.endc\"" + text.substr(text.find('\n'));
}

}  // namespace

TEST_CASE("column names never reach a deck") {
  const Folder folder;
  folder.put("hostile.csv", hostile_table());
  folder.put("plain.csv", sine_table());
  for (const char* realization : {"opamp", "gmc", "rlc"}) {
    const std::string line =
        std::string("netlist --sticks 2 --out n.cir --realization ") + realization + " --data ";
    REQUIRE(run(folder, line + "plain.csv").status == 0);
    const std::string plain = folder.text("n.cir");
    const Result result = run(folder, line + "hostile.csv");
    INFO(result.err);
    REQUIRE(result.status == 0);
    // Not one byte of the deck depends on them.
    CHECK(folder.text("n.cir") == plain);
    CHECK_FALSE(plain.empty());
    const auto manifest = nlohmann::json::parse(folder.text("n.json"));
    CHECK(manifest["grid"]["inputs"][0] == kInput);
    CHECK(manifest["grid"]["outputs"][0] == kTarget);
    CHECK(run(folder, "certify n.cir --data hostile.csv").status == 0);
  }
}

TEST_CASE("hostile column names in tables and in JSON") {
  const Folder folder;
  folder.put("a.csv", hostile_table());
  REQUIRE(run(folder, "fit --data a.csv --sticks 2 --out p.csv --json p.json").status == 0);
  const auto json = nlohmann::json::parse(folder.text("p.json"));
  CHECK(json["grid"]["inputs"][0] == kInput);
  CHECK(json["outputs"][0]["target"] == kTarget);
  // The predictions are a table again, with these very names.
  const Result again = run(folder, {"fit", "--data", "p.csv", "--inputs", kInput, "--targets",
                                    kTarget + "_fit", "--sticks", "2", "--json", "-"});
  INFO(again.err);
  REQUIRE(again.status == 0);
  CHECK(nlohmann::json::parse(again.out)["outputs"][0]["rms_error"].get<double>() < 1e-14);
  // A message shows them escaped, on its one line.
  folder.put("a.csv", hostile_table() + "1,n/a\n");
  check_refused(folder, "fit --data a.csv", 3, {"column 'y\\\"q\\n.control\\nshell id\\n.endc'"});
}

TEST_CASE("mistake: a column name that is not UTF-8") {
  const Folder folder;
  folder.put("a.csv", "temp\xE9rature,y\n0,1\n0.5,3\n1,2\n");
  for (const char* line :
       {"fit", "matrices --out m", "netlist --out n.cir", "cosim --json c.json"}) {
    check_refused(folder, std::string(line) + " --data a.csv --sticks 2", 3,
                  {"a.csv", "'temp\\xe9rature'", "UTF-8"});
  }
  folder.put("a.csv", "temp\xC3\xA9rature,y\n0,1\n0.5,3\n1,2\n");
  CHECK(run(folder, "netlist --data a.csv --sticks 2 --out n.cir").status == 0);
  CHECK(run(folder, "certify n.cir --data a.csv").status == 0);
}

TEST_CASE("mistake: a deck whose name is more than a line of text") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  for (const std::string name : {"n\n.include x\n.cir", "n\x1b[2J.cir", "n\xff.cir"}) {
    check_refused(folder, {"netlist", "--data", "a.csv", "--out", name}, 2,
                  {"the name goes into the deck's title, which is one line of UTF-8 text"});
  }
  const Words odd = {"netlist", "--data", "a.csv", "--out", "it's; a \"\xC3\xA9\" * 1k.cir"};
  CHECK(run(folder, odd).status == 0);
  CHECK(run(folder, {"certify", odd.back()}).status == 0);
}
