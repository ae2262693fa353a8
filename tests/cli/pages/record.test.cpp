// --record of cosim, certify and map: a record that can be read, small, and without influence.
#include "report/record.hpp"

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/folder.hpp"
#include "tests/cli/pages/page_checks.hpp"
#include "tests/cli/process.hpp"

using namespace springspice;
using namespace springspice::test;
using Json = nlohmann::json;

namespace {

report::Page read_page(const Folder& folder, const std::string& name) {
  REQUIRE(folder.has(name));
  return report::parse_record(folder.text(name), name);
}

// Without the times that it took.
Json results_of(const Folder& folder, const std::string& name) {
  Json json = Json::parse(folder.text(name));
  json.erase("wall_s");
  json["engine"].erase("wall_s");
  return json;
}

}  // namespace

TEST_CASE("a record changes nothing else that cosim says") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const std::string line = "cosim --data a.csv --sticks 2 --kT 0.01 --path-steps 200 ";
  const Result plain = run(folder, line + "--path p.csv --spectrum s.csv --json j.json");
  const Result kept =
      run(folder, line + "--path p2.csv --spectrum s2.csv --json j2.json --record r.json");
  REQUIRE(plain.status == 0);
  REQUIRE(kept.status == 0);
  CHECK(folder.text("p.csv") == folder.text("p2.csv"));
  CHECK(folder.text("s.csv") == folder.text("s2.csv"));
  CHECK(results_of(folder, "j.json") == results_of(folder, "j2.json"));

  const report::Page page = read_page(folder, "r.json");
  check_page(page);
  CHECK(page.command == "cosim");
  CHECK(page.arguments.back() == "r.json");
  CHECK(page.title == "opamp circuit of a.csv");
  const report::Table* checks = find_table(page, "Checks");
  REQUIRE(checks != nullptr);
  CHECK(checks->rows.size() == Json::parse(folder.text("j.json"))["checks"].size());
}

TEST_CASE("certify keeps a record, with the data's points where --data gives them") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "netlist --data a.csv --sticks 2 --out n.cir").status == 0);
  REQUIRE(run(folder, "certify n.cir --record without.json").status == 0);
  REQUIRE(run(folder, "certify n.cir --data a.csv --record with.json").status == 0);
  const report::Page without = read_page(folder, "without.json");
  const report::Page with = read_page(folder, "with.json");
  check_page(without);
  check_page(with);
  const report::Figure* fit = find_figure(without, "Circuit at rest");
  REQUIRE(fit != nullptr);
  CHECK(find_series(*fit, "data") == nullptr);
  CHECK(find_series(*find_figure(with, "Data and circuit at rest"), "data")->x.size() == 21);
}

TEST_CASE("data from a pipe are not in the record, which says so") {
  const Folder folder;
  const Result result =
      run(folder, "cosim --data - --bounds 0:1 --sticks 2 --record r.json", {sine_table(), {}, {}});
  INFO(result.err);
  REQUIRE(result.status == 0);
  const report::Page page = read_page(folder, "r.json");
  const report::Figure* fit = find_figure(page, "Circuit at rest");
  REQUIRE(fit != nullptr);
  CHECK(find_series(*fit, "data") == nullptr);
  CHECK(fit->caption.find("they cannot be read again") != std::string::npos);
}

TEST_CASE("a failed check leaves a record too: that is what people want to see") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "netlist --data a.csv --sticks 2 --out n.cir").status == 0);
  std::string deck = folder.text("n.cir");
  const std::size_t line = deck.find("\nrk0 ");
  REQUIRE(line != std::string::npos);
  const std::size_t end = deck.find(" ;", line);
  const std::size_t value = deck.rfind(' ', end - 1) + 1;
  deck.replace(value, end - value, std::to_string(1.5 * std::stod(deck.substr(value))));
  folder.put("n.cir", deck);
  CHECK(run(folder, "certify n.cir --record r.json").status == 1);
  CHECK(read_page(folder, "r.json").verdict == report::Verdict::fail);
}

TEST_CASE("the record of a plane of 8 x 8 sticks is below 1.5 MB") {
  const Folder folder;
  folder.put("a.csv", plane_table(400));
  const Result result = run(folder,
                            "cosim --data a.csv --inputs a,b --targets y --sticks 8 "
                            "--neighbor-spring 0.01 --path-steps 100 --record r.json");
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK(folder.text("r.json").size() < 1'500'000);
  check_page(read_page(folder, "r.json"));
}
