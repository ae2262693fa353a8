// Records: what is written comes back, and what is no record is refused by name.
#include "report/record.hpp"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/report/sample_page.hpp"

using namespace springspice::report;
using Json = nlohmann::ordered_json;

namespace {

std::string message_of(const std::string& text) {
  try {
    parse_record(text, "run.json");
  } catch (const RecordError& error) {
    return error.what();
  }
  return "";
}

void check_message(const std::string& text, const std::vector<std::string>& parts) {
  const std::string message = message_of(text);
  INFO(message);
  for (const std::string& part : parts) CHECK(message.find(part) != std::string::npos);
  CHECK(message.starts_with("run.json"));
}

Json sample_json() { return Json::parse(format_record(sample_page(), "0.1.0")); }

}  // namespace

TEST_CASE("a record comes back as the page it was") {
  const Page page = sample_page();
  const std::string text = format_record(page, "0.1.0");
  const Page again = parse_record(text, "run.json");
  CHECK(again.command == page.command);
  CHECK(again.arguments == page.arguments);
  CHECK(again.verdict == Verdict::pass);
  const Figure& figure = again.sections.at(0).figures.at(0);
  CHECK(figure.log_y);
  CHECK(figure.series.at(0).kind == Series::Kind::band);
  CHECK(figure.series.at(0).high == page.sections[0].figures[0].series[0].high);
  CHECK(again.sections[0].figures.at(1).field->value[1][0] == 3.0);
  CHECK(again.sections[0].figures.at(2).bars->names.at(1) == "two");
  CHECK(again.sections[0].tables.at(0).rows == page.sections[0].tables[0].rows);
  // To the last bit, and so the same text.
  CHECK(format_record(again, "0.1.0") == text);
}

TEST_CASE("numbers keep their bits, and those that are not finite are gaps") {
  Page page = sample_page();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  page.sections[0].figures[0].series = {
      {"", Series::Kind::line, {0.1, 1.0 / 3.0, 5e-324}, {kInfinity, std::nan(""), 1e308}, {}, {}}};
  const std::string text = format_record(page, "0.1.0");
  CHECK(text.find("null") != std::string::npos);
  const Series series = parse_record(text, "run.json").sections[0].figures[0].series[0];
  CHECK(series.x == page.sections[0].figures[0].series[0].x);
  CHECK(std::isnan(series.y[0]));
  CHECK(std::isnan(series.y[1]));
  CHECK(series.y[2] == 1e308);
}

TEST_CASE("text that is no UTF-8 does not spoil a record") {
  Page page = sample_page();
  page.title = "bad \xff byte";
  CHECK(parse_record(format_record(page, "0.1.0"), "run.json").title == "bad \uFFFD byte");
}

TEST_CASE("what is no record is refused, with what to do") {
  check_message("", {"no JSON", "line 1, column 1", "--record"});
  check_message("{\"a\": 1,\n  oops}", {"no JSON", "line 2, column 3"});
  check_message("[1, 2]", {"not a record", "--record"});
  check_message("{\"verdict\": \"pass\"}", {"not a record"});
  check_message(R"({"springspice": "0.1.0", "verdict": "pass"})", {"--json", "--record FILE.json"});
  check_message("{\"springspice\": 1e999}", {"no JSON"});
}

TEST_CASE("a record of another format names both formats and who wrote it") {
  Json json = sample_json();
  json["springspice"] = "7.5.0";
  json["record"] = 2;
  check_message(json.dump(), {"format 2", "7.5.0", "format 1"});
  json["record"] = "one";
  check_message(json.dump(), {"format \"one\"", "format 1"});
}

TEST_CASE("a field that is missing or of another type is named with its path") {
  Json json = sample_json();
  json.erase("summary");
  check_message(json.dump(), {"run.json: the field 'summary' is missing"});
  json = sample_json();
  json["sections"][0]["figures"][0].erase("x_label");
  check_message(json.dump(), {"run.json.sections[0].figures[0]", "'x_label' is missing"});
  json = sample_json();
  json["sections"][0]["figures"][0]["series"][0]["x"][1] = "three";
  check_message(json.dump(), {"series[0].x[1]", "\"three\"", "a number or null"});
  json = sample_json();
  json["verdict"] = "maybe";
  check_message(json.dump(), {"verdict", "maybe", "none, pass, fail"});
  json = sample_json();
  json["sections"] = 3;
  check_message(json.dump(), {"sections", "a list"});
  json = sample_json();
  json["sections"][0] = 3;
  check_message(json.dump(), {"sections[0]", "an object"});
}

TEST_CASE("sizes that do not fit are refused when read and when written") {
  Json json = sample_json();
  json["sections"][0]["figures"][0]["series"][0]["low"].push_back(1.0);
  check_message(json.dump(), {"sections[0].figures[0].series[0]", "low has 4 values, x has 3"});
  json = sample_json();
  json["sections"][0]["figures"][1]["field"]["value"][0].push_back(1.0);
  check_message(json.dump(), {"figures[1].field", "value[0] has 3 values, x has 2"});
  json = sample_json();
  json["sections"][0]["tables"][0]["rows"][0].push_back("more");
  check_message(json.dump(), {"tables[0]", "rows[0] has 3 cells, the table 2 columns"});
  Page page = sample_page();
  page.sections[0].figures[2].bars->values.pop_back();
  CHECK_THROWS_AS(format_record(page, "0.1.0"), PageError);
}
