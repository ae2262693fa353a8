#include "cli/option_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include <fmt/format.h>

#include "core/table.hpp"

namespace springspice::cli {

namespace po = boost::program_options;

std::size_t choose(const po::variables_map& map, const char* option,
                   std::initializer_list<const char*> words) {
  const std::string given = map[option].as<std::string>();
  const auto* const at = std::find(words.begin(), words.end(), given);
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  std::string all;
  for (const char* word : words) all += fmt::format("{}{}", all.empty() ? "" : ", ", word);
  throw ChoiceError(
      fmt::format("--{} is '{}'; it must be one of: {}", option, core::printable(given), all),
      {words.begin(), words.end()}, false);
}

void require_positive(const std::optional<double>& value, const char* option) {
  if (value && !(std::isfinite(*value) && *value > 0.0)) {
    throw UsageError(fmt::format("--{} is {}; it must be a finite number above 0", option, *value));
  }
}

std::uint64_t read_whole(const std::string& text, const char* option, std::uint64_t least,
                         std::uint64_t most, const char* range) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < least || number > most) {
    throw UsageError(fmt::format("--{} is '{}'; it must be a whole number {}", option,
                                 core::printable(text), range));
  }
  return number;
}

}  // namespace springspice::cli
