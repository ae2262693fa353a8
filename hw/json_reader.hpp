// JSON as it is read here: with the path that led to a value, so that errors can name the key. Not
// installed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace springspice::hw {

/// @param name what error messages call the text: a file's name
/// @throws RealizationError for text that is no JSON, and for a key that an object has twice: which
/// of the two is meant, nobody knows
nlohmann::ordered_json parse_json(const std::string& text, const std::string& name);

/// A value and its path; the value must outlive it. Every reading throws RealizationError with the
/// path for a value of another type or out of bounds.
class JsonReader {
 public:
  /// @param missing_advice what follows "the key 'x' is missing": "; write the manifest anew"
  JsonReader(const nlohmann::ordered_json& json, std::string path, std::string missing_advice = {});

  const std::string& path() const { return path_; }
  JsonReader at(const char* key) const;
  bool has(const char* key) const;
  bool is_null() const { return json_.is_null(); }
  bool is_text() const { return json_.is_string(); }
  std::vector<JsonReader> items() const;

  double number() const;
  double positive() const;
  /// A gain: what is read through it would say nothing if it were 0.
  double gain() const;
  int integer(int low, int high) const;
  std::uint64_t whole() const;
  bool flag() const;
  std::string text() const;
  /// One of the words; its position.
  std::size_t choice(std::initializer_list<const char*> words) const;

  /// Refuses a value that is no object, and a key beside those known: names the nearest of them.
  void check_keys(std::initializer_list<const char*> known) const;

  /// "path: VALUE stands where `expected` is expected".
  [[noreturn]] void fail(const std::string& expected) const;

 private:
  std::string path_to(const std::string& key) const;

  const nlohmann::ordered_json& json_;
  std::string path_;
  std::string missing_advice_;
};

}  // namespace springspice::hw
