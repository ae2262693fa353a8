// Matrices in place of data: --system DIR.
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

TEST_CASE("matrices come back as a system: the circuit is the same") {
  const Folder folder;
  folder.put("a.csv", plane_table());
  const std::string data = " --data a.csv --inputs a,b --targets y,z --sticks 2";
  for (const std::string dynamics : {"underdamped", "overdamped"}) {
    const std::string out = " --dynamics " + dynamics;
    const std::string system = " --system " + dynamics + out;
    REQUIRE(run(folder, "matrices --out " + dynamics + data + out).status == 0);
    CHECK(folder.has(dynamics + "/M.mtx") == (dynamics == "underdamped"));
    const Result result = run(folder, "cosim" + system);
    INFO(result.out << result.err);
    CHECK(result.status == 0);
    REQUIRE(run(folder, "matrices --out again" + dynamics + system).status == 0);
    for (const char* name : {"/M.mtx", "/D.mtx", "/K.mtx", "/f.mtx", "/A.mtx", "/b.mtx"}) {
      CHECK(folder.text(dynamics + name) == folder.text("again" + dynamics + name));
    }
  }
}

TEST_CASE("a given system in each realization") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "matrices --data a.csv --sticks 2 --out m").status == 0);
  for (const std::string realization : {"opamp", "gmc", "rlc"}) {
    CHECK(run(folder, "cosim --system m --realization " + realization).status == 0);
    REQUIRE(run(folder, "netlist --system m --out n.cir --realization " + realization).status == 0);
    CHECK(run(folder, "certify n.cir").status == 0);
  }
  check_refused(folder, "certify n.cir --data a.csv", 2,
                {"--data: the manifest's system was given as matrices, not made from data"});
}

TEST_CASE("fit of a given system") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "matrices --data a.csv --sticks 2 --out m").status == 0);
  const Result result = run(folder, "fit --system m --out -");
  CHECK(result.status == 0);
  CHECK(result.out.starts_with("coordinate,x\n0,"));
  const Json from_data = Json::parse(run(folder, "fit --data a.csv --sticks 2 --json -").out);
  const Json from_matrices = Json::parse(run(folder, "fit --system m --json -").out);
  for (int i = 0; i < 3; ++i) {
    CHECK(from_matrices["x"][i][0].get<double>() ==
          Approx(from_data["x"][i][0].get<double>()).epsilon(1e-12));
  }
}

TEST_CASE("mistake: options that shape a model from data beside a given system") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "matrices --data a.csv --sticks 2 --out m").status == 0);
  for (const std::string option :
       {"--inputs u", "--targets y", "--sticks 8", "--bounds 0:1", "--mass 3", "--mass-is total",
        "--spring 2", "--spring-is total", "--friction 1", "--neighbor-spring 1", "--pin-spring 1",
        "--pin-level 1"}) {
    check_refused(folder, "cosim --system m " + option, 2,
                  {option.substr(0, option.find(' ')) + " shapes a model from --data"});
  }
  check_refused(folder, "fit --system m --query a.csv", 2, {"--query needs --data"});
  check_refused(folder, "matrices --system m --write-W --out o", 2, {"--write-W needs --data"});
  check_refused(folder, "matrices --system m --out m", 2, {"would replace what --system reads"});
  check_refused(folder, "fit --system m --json m/K.mtx", 2, {"would replace what --system reads"});
  CHECK(run(folder, "fit --system m --json zero").status == 0);
}

TEST_CASE("mistake: matrices that cannot be used") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  check_refused(folder, "cosim --system none", 3, {"cannot read none/K.mtx: No such file"});
  REQUIRE(run(folder, "matrices --data a.csv --sticks 2 --out m").status == 0);
  const std::string good = folder.text("m/K.mtx");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "m/K.mtx"},
      {"garbage\n", "m/K.mtx:1: 'garbage' is no Matrix Market banner"},
      {"%%MatrixMarket matrix array real general\n3 3\n1\n0\n0\n0\nnan\n0\n0\n0\n1\n",
       "m/K.mtx:7: 'nan' is not finite"},
      {good.substr(0, good.size() / 2), "m/K.mtx"},
      {"%%MatrixMarket matrix array real general\n3 3\n1\n5\n0\n0\n1\n0\n0\n0\n1\n", "symmetric"},
      {"%%MatrixMarket matrix array real general\n2 2\n1\n0\n0\n1\n", "2 x 2"},
  };
  for (const auto& [text, message] : cases) {
    folder.put("m/K.mtx", text);
    check_refused(folder, "cosim --system m", 3, {message});
  }
}
