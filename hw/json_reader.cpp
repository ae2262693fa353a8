#include "hw/json_reader.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "hw/error.hpp"

namespace springspice::hw {
namespace {

using Json = nlohmann::ordered_json;

// Letters to insert, leave out or replace.
std::size_t count_edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

Json parse_json(const std::string& text, const std::string& name) {
  std::vector<std::set<std::string>> objects;  // keys seen in each object that is open
  const auto check_twice = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) objects.emplace_back();
    if (event == Json::parse_event_t::object_end) objects.pop_back();
    if (event == Json::parse_event_t::key &&
        !objects.back().insert(value.get<std::string>()).second) {
      throw RealizationError(fmt::format("{}: the key {} is there twice in one object; leave one",
                                         name, value.dump()));
    }
    return true;
  };
  try {
    return Json::parse(text, check_twice);
  } catch (const Json::exception& error) {
    throw RealizationError(fmt::format("{}: no JSON: {}", name, error.what()));
  }
}

JsonReader::JsonReader(const Json& json, std::string path, std::string missing_advice)
    : json_(json), path_(std::move(path)), missing_advice_(std::move(missing_advice)) {}

std::string JsonReader::path_to(const std::string& key) const { return path_ + "." + key; }

JsonReader JsonReader::at(const char* key) const {
  if (!has(key)) {
    throw RealizationError(
        fmt::format("{}: the key '{}' is missing{}", path_, key, missing_advice_));
  }
  return {json_.at(key), path_to(key), missing_advice_};
}

bool JsonReader::has(const char* key) const { return json_.is_object() && json_.contains(key); }

std::vector<JsonReader> JsonReader::items() const {
  if (!json_.is_array()) fail("a list");
  std::vector<JsonReader> items;
  for (std::size_t k = 0; k < json_.size(); ++k) {
    items.emplace_back(json_[k], fmt::format("{}[{}]", path_, k), missing_advice_);
  }
  return items;
}

double JsonReader::number() const {
  if (!json_.is_number() || !std::isfinite(json_.get<double>())) fail("a finite number");
  return json_.get<double>();
}

double JsonReader::positive() const {
  const double value = number();
  if (value <= 0.0) fail("a number above 0");
  return value;
}

double JsonReader::gain() const {
  const double value = number();
  if (value == 0.0) fail("a number other than 0");
  return value;
}

int JsonReader::integer(int low, int high) const {
  const bool whole = json_.is_number_integer();
  if (!whole || json_.get<std::int64_t>() < low || json_.get<std::int64_t>() > high) {
    fail(fmt::format("a whole number from {} to {}", low, high));
  }
  return json_.get<int>();
}

std::uint64_t JsonReader::whole() const {
  if (!json_.is_number_unsigned()) fail("a whole number, 0 or more");
  return json_.get<std::uint64_t>();
}

bool JsonReader::flag() const {
  if (!json_.is_boolean()) fail("true or false");
  return json_.get<bool>();
}

std::string JsonReader::text() const {
  if (!json_.is_string()) fail("a text");
  return json_.get<std::string>();
}

std::size_t JsonReader::choice(std::initializer_list<const char*> words) const {
  const std::string word = text();
  std::size_t k = 0;
  std::string all;
  for (const char* candidate : words) {
    if (word == candidate) return k;
    ++k;
    all += fmt::format("{}'{}'", all.empty() ? "" : " or ", candidate);
  }
  fail(all);
}

void JsonReader::check_keys(std::initializer_list<const char*> known) const {
  if (!json_.is_object()) fail("an object, {...}");
  for (const auto& [key, value] : json_.items()) {
    const auto edits = [&key = key](const char* other) { return count_edits(key, other); };
    const char* nearest = *std::ranges::min_element(known, {}, edits);
    if (key == nearest) continue;
    const bool close = edits(nearest) <= key.size() / 2;
    throw RealizationError(
        fmt::format("{}: there is no such key{}", path_to(key),
                    close ? fmt::format("; did you mean '{}'?", nearest)
                          : fmt::format("; there are: {}", fmt::join(known, ", "))));
  }
}

void JsonReader::fail(const std::string& expected) const {
  throw RealizationError(fmt::format("{}: {} stands where {} is expected", path_,
                                     json_.dump().substr(0, 60), expected));
}

}  // namespace springspice::hw
