// --config FILE.ini
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;

namespace {

nlohmann::json fit(const Folder& folder, const std::string& options) {
  const Result result = run(folder, "fit --config a.ini --json - " + options);
  INFO(result.err);
  REQUIRE(result.status == 0);
  return nlohmann::json::parse(result.out);
}

}  // namespace

TEST_CASE("a configuration file gives options and the command line wins") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("b.csv", "u,y\n0,1\n1,2\n");
  folder.put("a.ini", "# a comment\ndata = a.csv\nmass=2\n\nsticks = 3 # as many\nkT = 0.5\n");
  const auto from_file = fit(folder, "");
  CHECK(from_file["parameters"]["mass"] == 2.0);
  CHECK(from_file["parameters"]["kT"] == 0.5);
  CHECK(from_file["grid"]["nodes"] == 4);
  CHECK(from_file["points"] == 21);
  const auto overridden = fit(folder, "--mass 5 --data b.csv --sticks=1");
  CHECK(overridden["parameters"]["mass"] == 5.0);
  CHECK(overridden["grid"]["nodes"] == 2);
  CHECK(overridden["points"] == 2);
  // Also where the command line repeats a default.
  CHECK(fit(folder, "--mass 1")["parameters"]["mass"] == 1.0);
}

TEST_CASE("a configuration file from Windows") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("a.ini", "\xEF\xBB\xBFmass = 2\r\ndata = a.csv\r\n");
  CHECK(fit(folder, "")["parameters"]["mass"] == 2.0);
}

TEST_CASE("mistake: in a configuration file") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"foo = 2\n", {"unrecognised option 'foo'", "`springspice fit --help` lists the options"}},
      {"realization = gmc\n", {"unrecognised option 'realization'"}},
      {"[model]\nmass = 2\n", {"unrecognised option 'model.mass'"}},
      {"mass\n", {"invalid line 'mass'"}},
      {"mass = abc\n", {"the argument ('abc') for option 'mass' is invalid; it must be a number"}},
      {"mass = 1\nmass = 2\n", {"option 'mass' cannot be specified more than once"}},
      {"config = b.ini\n", {"'config' belongs on the command line; remove it"}},
      {"help =\n", {"'help' belongs on the command line; remove it"}},
  };
  for (const auto& [text, message] : cases) {
    folder.put("a.ini", text);
    std::vector<std::string> parts = {"--config a.ini: "};
    parts.insert(parts.end(), message.begin(), message.end());
    check_refused(folder, "fit --data a.csv --config a.ini", 2, parts);
  }
  folder.put("a.ini", "mass = -1\n");
  check_refused(folder, "fit --data a.csv --config a.ini", 2, {"--mass is -1"});
  folder.put("a.ini", "kT = 1\n");
  check_refused(folder, "fit --data a.csv --config a.ini --temperature-K 3", 2, {"say the same"});
  check_refused(folder, "fit --data a.csv --config none", 2, {"--config none: cannot be read"});
  check_refused(folder, "fit --data a.csv --config .", 2, {"--config .: cannot be read"});
}
