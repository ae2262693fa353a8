#include "sim/training/input_groups.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/table.hpp"

namespace springspice::training {
namespace {

using Places = std::vector<std::size_t>;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    parts.push_back(text.substr(0, text.find(separator)));
    if (parts.back().size() == text.size()) return parts;
    text.remove_prefix(parts.back().size() + 1);
  }
}

std::string list(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + core::printable(name);
  return all;
}

std::vector<Places> group_in_order(const std::string& text, std::size_t inputs) {
  std::size_t size = 0;
  std::from_chars(text.data(), text.data() + text.size(), size);
  if (size == 0) {
    throw core::ParameterError(
        fmt::format("--groups {}: a group has at least one input; write 2, or names a,b;c",
                    core::printable(text)));
  }
  std::vector<Places> groups;
  for (std::size_t i = 0; i < inputs; ++i) {
    if (i % size == 0) groups.emplace_back();
    groups.back().push_back(i);
  }
  return groups;
}

}  // namespace

std::vector<Places> parse_groups(const std::string& text, const std::vector<std::string>& inputs) {
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos &&
      std::find(inputs.begin(), inputs.end(), text) == inputs.end()) {
    return group_in_order(text, inputs.size());
  }
  std::vector<Places> groups;
  std::vector<bool> taken(inputs.size(), false);
  for (const std::string_view part : split(text, ';')) {
    groups.emplace_back();
    for (const std::string_view name : split(part, ',')) {
      const auto at = std::find(inputs.begin(), inputs.end(), name);
      if (at == inputs.end()) {
        throw core::ParameterError(fmt::format(
            "--groups {}: '{}' is no input; there are: {}; write a,b;c with every input once",
            core::printable(text), core::printable(name), list(inputs)));
      }
      const auto place = static_cast<std::size_t>(at - inputs.begin());
      if (taken[place]) {
        throw core::ParameterError(
            fmt::format("--groups {}: '{}' stands twice; groups share no input",
                        core::printable(text), core::printable(name)));
      }
      taken[place] = true;
      groups.back().push_back(place);
    }
  }
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!taken[i]) missing.push_back(inputs[i]);
  }
  if (missing.empty()) return groups;
  throw core::ParameterError(
      fmt::format("--groups {}: in no group: {}; add them, or choose --inputs without them",
                  core::printable(text), list(missing)));
}

std::vector<InputGroup> make_groups(const std::vector<Places>& groups,
                                    const std::vector<core::Axis>& axes) {
  std::vector<InputGroup> out;
  for (const Places& places : groups) {
    std::vector<core::Axis> own;
    for (const std::size_t place : places) own.push_back(axes[place]);
    out.push_back({places, core::Grid(std::move(own))});
  }
  return out;
}

}  // namespace springspice::training
