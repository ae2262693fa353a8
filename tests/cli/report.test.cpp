// --record and `report` as a user calls them.
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The record of a run and the page made of it.
std::string make_page(const Folder& folder, const std::string& line) {
  const Result recorded = run(folder, line + " --record run.json");
  INFO(recorded.err);
  REQUIRE(recorded.status == 0);
  const Result made = run(folder, "report run.json");
  INFO(made.err);
  REQUIRE(made.status == 0);
  CHECK(has(made.out, "run.html: "));
  CHECK(made.leftovers == 0);
  return folder.text("run.html");
}

}  // namespace

TEST_CASE("a fit becomes a page with pictures and its command") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const std::string html = make_page(folder, "fit --data a.csv --sticks 4 --kT 0.01");
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(has(html, "class=\"plot\""));
  CHECK(has(html, "95 of 100 thermal states"));
  CHECK(has(html, "springspice fit --data a.csv --sticks 4 --kT 0.01 --record run.json"));
  const Json record = Json::parse(folder.text("run.json"));
  CHECK(record["record"] == 1);
  CHECK(record["command"] == "fit");
  CHECK(record["arguments"][0] == "springspice");
}

TEST_CASE("a band is drawn where there is a temperature and equilibrium alone") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  CHECK(!has(make_page(folder, "fit --data a.csv --sticks 4"), "thermal states"));
  CHECK(has(make_page(folder, "fit --data a.csv --sticks 4 --kT 1 --noise-model diagonal"),
            "No band is drawn"));
}

TEST_CASE("simulate and train keep records in all their forms") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("b.csv", plane_table());
  CHECK(has(make_page(folder, "simulate --data a.csv --sticks 2 --kT 0.1 --paths 30 --t-end 3"),
            "90 of 100 paths"));
  CHECK(has(make_page(folder, "simulate --data a.csv --sticks 2 --t-end 3"), "Positions"));
  CHECK(has(make_page(folder, "simulate --data a.csv --sticks 2 --kT 0.1 --stationary"),
            "Effective temperature"));
  CHECK(has(make_page(folder, "train --data a.csv --sticks 2 --epochs 3"), "Learning curve"));
  CHECK(
      has(make_page(folder, "train --data b.csv --inputs a,b --targets y,z --sticks 2 --epochs 2"),
          "Predicted against target"));
  CHECK(has(make_page(folder, "fit --data b.csv --inputs a,b --targets y --sticks 2 --kT 0.1"),
            "Uncertainty of the fit"));
}

TEST_CASE("the page of a large table stays small") {
  const Folder folder;
  std::string table = "u,y\n";
  for (int i = 0; i < 50000; ++i) {
    table += std::to_string(i) + "," + std::to_string(i % 977) + "\n";
  }
  folder.put("a.csv", table);
  const std::string html = make_page(folder, "fit --data a.csv --sticks 1000");
  CHECK(has(html, "1000 of 50000 points"));
  CHECK(html.size() < 1'000'000);
  CHECK(folder.text("run.json").size() < 1'000'000);
}

TEST_CASE("hostile column names are text on the page") {
  const Folder folder;
  folder.put("a.csv", "<script>`touch hacked`,\"y'\"\"</h1>\"\n0,1\n1,2\n2,0\n3,1\n");
  const std::string html = make_page(folder, "fit --data a.csv --sticks 2");
  CHECK(!has(html, "<script"));
  CHECK(has(html, "&lt;script&gt;`touch hacked`"));
  CHECK(has(html, "y&#39;&quot;&lt;/h1&gt;"));
  CHECK(!folder.has("hacked"));
}

TEST_CASE("without gnuplot the page has tables, and says why") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "fit --data a.csv --sticks 2 --record run.json").status == 0);
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);
  const Result made = run(folder, "report run.json --out page.html");
  ::setenv("PATH", path.c_str(), 1);
  CHECK(made.status == 0);
  CHECK(has(made.err, "gnuplot"));
  CHECK(has(folder.text("page.html"), "No gnuplot was found"));
  CHECK(has(folder.text("page.html"), "<table"));
}

TEST_CASE("report refuses what is no record") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  check_refused(folder, "report", 2, {"no record", "FILE.json"});
  check_refused(folder, "report absent.json", 3, {"absent.json", "--record"});
  folder.put("broken.json", "{\"springspice\": \"0.1.0\",\n  oops");
  check_refused(folder, "report broken.json", 3, {"broken.json", "line 2, column 3"});
  REQUIRE(run(folder, "fit --data a.csv --sticks 2 --json results.json").status == 0);
  check_refused(folder, "report results.json", 3, {"results.json", "--json", "--record"});
  folder.put("new.json", "{\"springspice\": \"9.0.0\", \"record\": 7}");
  check_refused(folder, "report new.json", 3, {"format 7", "9.0.0", "format 1"});
  folder.put("short.json", "{\"springspice\": \"0.1.0\", \"record\": 1, \"command\": \"fit\"}");
  check_refused(folder, "report short.json", 3, {"'arguments' is missing"});
}

TEST_CASE("neither a record nor a page replaces what was read") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "fit --data a.csv --sticks 2 --record run.html").status == 0);
  check_refused(folder, "report run.html", 2, {"--out", "would replace"});
  check_refused(folder, "fit --data a.csv --record a.csv", 2, {"--record", "would replace"});
  check_refused(folder, "fit --data a.csv --record r.json --json r.json", 2, {"same file"});
  check_refused(folder, "matrices --data a.csv --out m --record r.json", 2, {"record"});
}
