// cosim and certify: the verdict, its JSON, and decks that are wrong, broken or hostile.
#include <regex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

namespace {

/// A folder with a.csv and its circuit, n.cir and n.json.
class Deck {
 public:
  explicit Deck(const std::string& realization = "opamp") {
    folder.put("a.csv", sine_table());
    const Result result =
        run(folder, "netlist --data a.csv --sticks 2 --out n.cir --realization " + realization);
    REQUIRE(result.status == 0);
    text = folder.text("n.cir");
  }
  /// The deck with the value of one element multiplied.
  std::string with_factor(const std::string& element, double factor) const {
    const std::size_t line = text.find("\n" + element + " ");
    REQUIRE(line != text.npos);
    const std::size_t end = text.find(" ;", line);
    const std::size_t value = text.rfind(' ', end - 1) + 1;
    const double changed = factor * std::stod(text.substr(value, end - value));
    return text.substr(0, value) + fmt::format("{}", changed) + text.substr(end);
  }
  void check_refused(const std::string& deck, int status, const std::vector<std::string>& parts) {
    folder.put("n.cir", deck);
    springspice::test::check_refused(folder, "certify n.cir", status, parts);
  }

  Folder folder;
  std::string text;
};

const Json& find_check(const Json& json, const std::string& name) {
  for (const Json& check : json["checks"]) {
    if (check["name"] == name) return check;
  }
  FAIL("no check " << name);
  return json;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("the JSON of cosim and certify keeps its contract") {
  const Deck deck;
  for (const char* line : {"cosim --data a.csv --sticks 2 --json -", "certify n.cir --json -"}) {
    const Result result = run(deck.folder, line);
    INFO(line << '\n' << result.err);
    REQUIRE(result.status == 0);
    const Json json = Json::parse(result.out);
    CHECK(json["verdict"] == "pass");
    CHECK(json["wall_s"].is_number());
    CHECK(json["engine"]["name"] == "ngspice");
    CHECK(json["engine"]["version"].is_string());
    CHECK(json["engine"]["points"].get<int>() > 100);
    CHECK(json["engine"]["wall_s"].get<double>() <= json["wall_s"].get<double>());
    CHECK(json["circuit"]["realization"] == "opamp");
    CHECK(json["circuit"]["nodes"].get<int>() > 10);
    CHECK(json["circuit"]["elements"].get<int>() > 20);
    std::vector<std::string> names;
    for (const Json& check : json["checks"]) {
      names.push_back(check["name"]);
      CHECK(check["limit"].is_number());
      // Without temperature there is no noise to look at.
      const bool of_noise = check["name"] == "spectrum" || check["name"] == "variance";
      CHECK(check["value"].is_number() != of_noise);
      CHECK(check["status"] == (of_noise ? "not_applicable" : "pass"));
      CHECK(check["detail"].is_string());
      CHECK(check["sense"] == (check["name"] == "order" ? ">=" : "<="));
    }
    CHECK(names == std::vector<std::string>{"matrices", "probe", "steady", "path", "order",
                                            "spectrum", "variance"});
    CHECK(find_check(json, "matrices")["limit"] == 1e-12);
    CHECK(find_check(json, "probe")["limit"] == 1e-10);
    CHECK(find_check(json, "path")["limit"] == 1e-9);
    CHECK(find_check(json, "order")["limit"] == 1.9);
  }
}

TEST_CASE("the verdict as text: value, limit, sense, status, and where the limit comes from") {
  const Deck deck;
  const Result result = run(deck.folder, "cosim --data a.csv --sticks 2");
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(result.leftovers == 0);
  for (const char* row : {"matrices +[0-9.e-]+ <= +1e-12  pass", "probe +[0-9.e-]+ <= +1e-10  pass",
                          "steady +[0-9.e-]+ <= +1e-09  pass", "path +[0-9.e-]+ <= +1e-09  pass",
                          "order +[0-9.]+ >= +1.9  pass", "limit: ", "verdict: pass\n",
                          "trapezoidal, [0-9]+ backward Euler"}) {
    INFO(row << '\n' << result.out);
    CHECK(std::regex_search(result.out, std::regex(row)));
  }
}

TEST_CASE("a singular K: the checks that need a settled state do not apply") {
  const Folder folder;
  folder.put("a.csv", "u,y\n0,1\n1,2\n");
  const Result result = run(folder, "cosim --data a.csv --sticks 3 --json -");
  CHECK(result.status == 0);
  const Json json = Json::parse(result.out);
  CHECK(json["verdict"] == "pass");
  CHECK(find_check(json, "steady")["status"] == "not_applicable");
  CHECK(find_check(json, "steady")["value"].is_null());
  CHECK_THAT(find_check(json, "steady")["detail"].get<std::string>(),
             ContainsSubstring("free direction"));
}

TEST_CASE("the path as a table: circuit and model side by side") {
  for (const std::string dynamics : {"underdamped", "overdamped"}) {
    const Folder folder;
    folder.put("a.csv", sine_table());
    const Result result =
        run(folder, "cosim --data a.csv --sticks 1 --path p.csv --dynamics " + dynamics);
    REQUIRE(result.status == 0);
    const std::string text = folder.text("p.csv");
    const std::string header = text.substr(0, text.find('\n'));
    CHECK(header == (dynamics == "overdamped"
                         ? "time_s,time,x0_circuit,x1_circuit,x0_model,x1_model"
                         : "time_s,time,x0_circuit,x1_circuit,v0_circuit,v1_circuit,x0_model,"
                           "x1_model,v0_model,v1_model"));
    std::istringstream lines(text);
    const auto commas = std::count(header.begin(), header.end(), ',');
    int rows = 0;
    for (std::string line; std::getline(lines, line); ++rows) {
      if (std::count(line.begin(), line.end(), ',') != commas) FAIL(line);
    }
    CHECK(rows > 100);
  }
}

TEST_CASE("certify passes an untouched deck of each realization") {
  for (const char* realization : {"opamp", "gmc", "rlc"}) {
    const Deck deck(realization);
    const Result result = run(deck.folder, "certify n.cir");
    INFO(realization << '\n' << result.out << result.err);
    CHECK(result.status == 0);
    CHECK(result.err.empty());
  }
}

TEST_CASE("certify fails a deck with one value changed by 0.1 percent") {
  const Deck deck;
  for (const char* element : {"cm0", "rd1", "rk1__2", "rf2", "cx1", "ran0"}) {
    deck.folder.put("n.cir", deck.with_factor(element, 1.001));
    const Result result = run(deck.folder, "certify n.cir --json v.json");
    INFO(element << '\n' << result.out << result.err);
    CHECK(result.status == 1);
    CHECK_THAT(result.out, ContainsSubstring("verdict: fail"));
    const Json json = Json::parse(deck.folder.text("v.json"));
    CHECK(json["verdict"] == "fail");
    CHECK(find_check(json, "matrices")["status"] == "fail");
  }
}

TEST_CASE("certify takes comments, blanks and suffixes that people put in") {
  const Deck deck;
  std::string text = replaced(deck.text, "\nvcc vcc 0 dc 5 ", "\n* mine\n\nVCC  VCC 0 DC 5000m ");
  text = replaced(text, "\nrd0 v0 s0 ", "\nRd0 V0 s0\n+ ");
  deck.folder.put("n.cir", text);
  const Result result = run(deck.folder, "certify n.cir");
  INFO(result.out << result.err);
  CHECK(result.status == 0);
}

TEST_CASE("certify with data compares the manifest with them first") {
  const Deck deck;
  const Result same = run(deck.folder, "certify n.cir --data a.csv --json v.json");
  INFO(same.out << same.err);
  CHECK(same.status == 0);
  const Json json = Json::parse(deck.folder.text("v.json"));
  CHECK(json["checks"][0]["name"] == "model");
  CHECK(json["checks"][0]["status"] == "pass");

  deck.folder.put("b.csv", replaced(sine_table(), "0.5,", "0.5,1"));
  const Result other = run(deck.folder, "certify n.cir --data b.csv --json v.json");
  CHECK(other.status == 1);
  const Json failed = Json::parse(deck.folder.text("v.json"));
  CHECK(failed["verdict"] == "fail");
  CHECK(failed["checks"][0]["name"] == "model");
  CHECK(failed["checks"][0]["status"] == "fail");
  CHECK(find_check(failed, "matrices")["status"] == "pass");

  CHECK(run(deck.folder, "certify n.cir --data -", {sine_table(), {}, {}}).status == 0);
  check_refused(deck.folder, "certify n.cir --data none.csv", 3, {"cannot read none.csv"});
}

TEST_CASE("mistake: a deck or a manifest that is not there") {
  const Deck deck;
  check_refused(deck.folder, "certify none.cir", 3, {"cannot read none.cir: No such file"});
  check_refused(deck.folder, "certify .", 3, {"cannot read .: Is a directory"});
  deck.folder.put("other.cir", deck.text);
  check_refused(deck.folder, "certify other.cir", 3,
                {"cannot read other.json: No such file", "--manifest names another"});
  CHECK(run(deck.folder, "certify other.cir --manifest n.json").status == 0);
  check_refused(deck.folder, {"certify", "n.cir", "--manifest", std::string(300, 'm')}, 3,
                {"File name too long"});
}

TEST_CASE("mistake: a manifest that is broken") {
  const Deck deck;
  const std::string good = deck.folder.text("n.json");
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}"), std::string("null"),
        good.substr(0, good.size() / 2), deck.text,
        std::regex_replace(good, std::regex("\"system\""), "\"sistem\""),
        std::regex_replace(good, std::regex("\"probes\""), "\"probe\"")}) {
    deck.folder.put("n.json", text);
    INFO(text.substr(0, 60));
    check_refused(deck.folder, "certify n.cir", 3, {"n.json"});
  }
}

TEST_CASE("mistake: a deck that does not parse") {
  Deck deck;
  deck.check_refused("", 3, {"n.cir:1:1: the deck ends without .end"});
  deck.check_refused("title\nr1 a 0\n.end\n", 3, {"n.cir:2:7: element 'r1' has no resistance"});
  deck.check_refused(deck.folder.text("n.json"), 3, {"n.cir:2", "no element begins like"});
  deck.check_refused(deck.text.substr(0, deck.text.size() / 2), 3, {"n.cir:"});
  deck.check_refused(std::string(1000, '\xff'), 3, {"n.cir:"});
  deck.check_refused(std::string(1000, '\0'), 3, {"n.cir:"});
}

TEST_CASE("mistake: a hostile deck") {
  Deck deck;
  const auto with = [&](const std::string& cards) {
    return replaced(deck.text, "\n.end\n", "\n" + cards + "\n.end\n");
  };
  // Commands are left out, wherever they stand.
  for (const char* commands :
       {".control\nshell touch pwned\n.endc", " .CONTROL \nshell touch pwned\n.endc",
        ".control\n.control\nshell touch pwned\n.endc\nr9 x0 0 1e30\n.endc",
        ".subckt s a\n.control\nshell touch pwned\n.endc\nr1 a 0 1\n.ends",
        ".control ; .endc\nshell touch pwned\n.endc"}) {
    INFO(commands);
    deck.folder.put("n.cir", with(commands));
    (void)run(deck.folder, "certify n.cir");
    CHECK_FALSE(deck.folder.has("pwned"));
  }
  deck.folder.put("n.cir", with(".control\nshell touch pwned\n.endc"));
  CHECK(run(deck.folder, "certify n.cir").status == 0);
  deck.check_refused(with(".include /etc/passwd"), 3,
                     {"'/etc/passwd': the file must lie in the deck's folder or below"});
  deck.check_refused(with(".lib /etc/passwd x"), 3, {"n.cir:"});
  deck.check_refused(with("b1 x0 0 v=1"), 3, {"element 'b1' is refused: a behavioural source"});
  deck.check_refused("*ng_script\nshell touch pwned\n.end\n", 3, {"n.cir:"});
  deck.check_refused("*# shell touch pwned\n" + with(""), 3, {"n.cir:"});
  CHECK_FALSE(deck.folder.has("pwned"));
}

TEST_CASE("a start-up file of ngspice in the folder changes nothing") {
  const Deck deck;
  deck.folder.put(".spiceinit", "shell touch pwned\noption reltol=1\nset ngbehavior=ps\n");
  CHECK(run(deck.folder, "certify n.cir").status == 0);
  CHECK_FALSE(deck.folder.has("pwned"));
}

TEST_CASE("the engine fails: out of time") {
  const Deck deck;
  check_refused(deck.folder, "certify n.cir --time-limit 0.0001", 4, {"0.0001 s", "more time"});
}
