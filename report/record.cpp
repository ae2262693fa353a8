#include "report/record.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace springspice::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kKinds = {"line", "dashed", "points", "steps", "band"};
constexpr std::array kVerdicts = {"none", "pass", "fail"};

// ---- writing -----------------------------------------------------------------------------------

Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(std::isfinite(value) ? Json(value) : Json());
  return list;
}

template <typename Item, typename Convert>
Json to_list(const std::vector<Item>& items, Convert convert) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(convert(item));
  return list;
}

Json convert_series(const Series& series) {
  Json json = {{"name", series.name},
               {"kind", kKinds[static_cast<std::size_t>(series.kind)]},
               {"x", numbers(series.x)},
               {"y", numbers(series.y)}};
  if (!series.low.empty()) json["low"] = numbers(series.low);
  if (!series.high.empty()) json["high"] = numbers(series.high);
  return json;
}

Json convert_figure(const Figure& figure) {
  Json json = {{"title", figure.title},
               {"caption", figure.caption},
               {"x_label", figure.x_label},
               {"y_label", figure.y_label},
               {"log_x", figure.log_x},
               {"log_y", figure.log_y},
               {"series", to_list(figure.series, convert_series)}};
  if (figure.field) {
    json["field"] = {{"x", numbers(figure.field->x)},
                     {"y", numbers(figure.field->y)},
                     {"value", to_list(figure.field->value, numbers)},
                     {"label", figure.field->label}};
  }
  if (figure.bars) {
    json["bars"] = {{"names", figure.bars->names}, {"values", numbers(figure.bars->values)}};
  }
  return json;
}

Json convert_table(const Table& table) {
  return {{"title", table.title}, {"columns", table.columns}, {"rows", table.rows}};
}

Json convert_section(const Section& section) {
  return {{"title", section.title},
          {"text", section.text},
          {"figures", to_list(section.figures, convert_figure)},
          {"tables", to_list(section.tables, convert_table)}};
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// A list of plain values is one line: the numbers of a curve need not be scrolled through.
void append(std::string& text, const Json& json, const std::string& indent) {
  const auto structured = [](const Json& item) { return item.is_structured(); };
  const bool flat = json.is_array() && std::none_of(json.begin(), json.end(), structured);
  if (!json.is_structured() || json.empty() || flat) {
    text += dump(json);
    return;
  }
  const std::string inner = indent + " ";
  const char* separator = "\n";
  text += json.is_array() ? '[' : '{';
  for (const auto& [key, value] : json.items()) {
    text += separator + inner;
    if (json.is_object()) text += dump(Json(key)) + ": ";
    append(text, value, inner);
    separator = ",\n";
  }
  text += "\n" + indent + (json.is_array() ? ']' : '}');
}

// ---- reading -----------------------------------------------------------------------------------

constexpr const char* kAdvice = "run the command again with --record FILE.json";

/// A value with the path that led to it, for messages.
class Reader {
 public:
  Reader(const Json& json, std::string path) : json_(json), path_(std::move(path)) {}

  bool has(const char* key) const { return json_.is_object() && json_.contains(key); }
  Reader at(const char* key) const {
    if (!json_.is_object()) fail("an object, {...}");
    if (!has(key)) {
      throw RecordError(fmt::format("{}: the field '{}' is missing; {}", path_, key, kAdvice));
    }
    return {json_.at(key), fmt::format("{}.{}", path_, key)};
  }
  std::string text() const {
    if (!json_.is_string()) fail("a text");
    return json_.get<std::string>();
  }
  bool flag() const {
    if (!json_.is_boolean()) fail("true or false");
    return json_.get<bool>();
  }
  double number() const {
    if (json_.is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (!json_.is_number()) fail("a number or null");
    return json_.get<double>();
  }
  template <typename Read>
  auto list(Read read) const {
    if (!json_.is_array()) fail("a list, [...]");
    std::vector<decltype(read(*this))> items;
    items.reserve(json_.size());
    for (std::size_t k = 0; k < json_.size(); ++k) {
      items.push_back(read(Reader(json_[k], fmt::format("{}[{}]", path_, k))));
    }
    return items;
  }
  std::vector<double> numbers() const {
    return list([](const Reader& item) { return item.number(); });
  }
  std::vector<std::string> texts() const {
    return list([](const Reader& item) { return item.text(); });
  }
  /// One of the words; its position.
  std::size_t choice(std::span<const char* const> words) const {
    const std::string word = text();
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) fail(fmt::format("one of {}", fmt::join(words, ", ")));
    return static_cast<std::size_t>(found - words.begin());
  }
  [[noreturn]] void fail(const std::string& expected) const {
    throw RecordError(fmt::format("{}: {} stands where {} is expected; {}", path_,
                                  dump(json_).substr(0, 60), expected, kAdvice));
  }

 private:
  const Json& json_;
  std::string path_;
};

Series read_series(const Reader& json) {
  Series series;
  series.name = json.at("name").text();
  series.kind = static_cast<Series::Kind>(json.at("kind").choice(kKinds));
  series.x = json.at("x").numbers();
  series.y = json.at("y").numbers();
  if (json.has("low")) series.low = json.at("low").numbers();
  if (json.has("high")) series.high = json.at("high").numbers();
  return series;
}

Field read_field(const Reader& json) {
  return {json.at("x").numbers(), json.at("y").numbers(),
          json.at("value").list([](const Reader& row) { return row.numbers(); }),
          json.at("label").text()};
}

Figure read_figure(const Reader& json) {
  Figure figure;
  figure.title = json.at("title").text();
  figure.caption = json.at("caption").text();
  figure.x_label = json.at("x_label").text();
  figure.y_label = json.at("y_label").text();
  figure.log_x = json.at("log_x").flag();
  figure.log_y = json.at("log_y").flag();
  figure.series = json.at("series").list(read_series);
  if (json.has("field")) figure.field = read_field(json.at("field"));
  if (json.has("bars")) {
    const Reader bars = json.at("bars");
    figure.bars = Bars{bars.at("names").texts(), bars.at("values").numbers()};
  }
  return figure;
}

Table read_table(const Reader& json) {
  return {json.at("title").text(), json.at("columns").texts(),
          json.at("rows").list([](const Reader& row) { return row.texts(); })};
}

Section read_section(const Reader& json) {
  return {json.at("title").text(), json.at("text").text(), json.at("figures").list(read_figure),
          json.at("tables").list(read_table)};
}

// What the library says begins with a word for programs, "[json.exception.parse_error.101] ".
std::string reason_of(const Json::exception& error) {
  const std::string text = error.what();
  const std::size_t end = text.find("] ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

Json parse(const std::string& text, const std::string& name) {
  // No record is nested so deeply; what tells of its faults would run out of stack.
  static constexpr int kDeepest = 100;
  const auto check_depth = [&name](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
    if (depth <= kDeepest) return true;
    throw RecordError(
        fmt::format("{}: JSON nested more than {} deep; {}", name, kDeepest, kAdvice));
  };
  try {
    return Json::parse(text, check_depth);
  } catch (const Json::exception& error) {
    throw RecordError(fmt::format("{}: no JSON: {}; {}", name, reason_of(error), kAdvice));
  }
}

void check_format(const Json& json, const std::string& name) {
  if (!json.is_object() || !json.contains("springspice")) {
    throw RecordError(
        fmt::format("{}: JSON, and not a record of a run, which begins with \"springspice\"; {}",
                    name, kAdvice));
  }
  if (!json.contains("record")) {
    throw RecordError(fmt::format(
        "{}: these are results for programs, as --json writes them, without what a page shows; {} "
        "and give that file",
        name, kAdvice));
  }
  const Json& format = json["record"];
  if (format == kRecordFormat) return;
  throw RecordError(fmt::format(
      "{}: a record of format {}, written by springspice {}; this program reads format {}; {}, "
      "with this program",
      name, dump(format).substr(0, 20), dump(json["springspice"]).substr(0, 40), kRecordFormat,
      kAdvice));
}

}  // namespace

std::string format_record(const Page& page, const std::string& version) {
  check_sizes(page);
  const Json json = {
      {"springspice", version},  {"record", kRecordFormat},
      {"command", page.command}, {"arguments", page.arguments},
      {"title", page.title},     {"verdict", kVerdicts[static_cast<std::size_t>(page.verdict)]},
      {"summary", page.summary}, {"sections", to_list(page.sections, convert_section)}};
  std::string text;
  append(text, json, "");
  return text + "\n";
}

Page parse_record(const std::string& text, const std::string& name) {
  const Json json = parse(text, name);
  check_format(json, name);
  const Reader reader(json, name);
  Page page;
  page.command = reader.at("command").text();
  page.arguments = reader.at("arguments").texts();
  page.title = reader.at("title").text();
  page.verdict = static_cast<Verdict>(reader.at("verdict").choice(kVerdicts));
  page.summary = reader.at("summary").text();
  page.sections = reader.at("sections").list(read_section);
  try {
    check_sizes(page);
  } catch (const PageError& error) {
    throw RecordError(fmt::format("{}: {}; {}", name, error.what(), kAdvice));
  }
  return page;
}

}  // namespace springspice::report
