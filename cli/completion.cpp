#include "cli/completion.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "cli/option_values.hpp"
#include "cli/options.hpp"
#include "core/error.hpp"

namespace springspice::cli {
namespace {

using Strings = std::vector<std::string>;

constexpr const char* kFiles = ":";
constexpr const char* kUnheard = "?no-such-word";  // no option takes it, and no file is called so

// What the option takes, as far as this command line is read; none: something else was wrong first.
std::optional<Strings> try_option(Strings words, const std::string& option) {
  words.insert(words.end(), {"--" + option, kUnheard});
  std::vector<const char*> argv = {"springspice"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  try {
    parse_command_line(static_cast<int>(argv.size()), argv.data());
    return Strings{kFiles};
  } catch (const ChoiceError& error) {
    // Not that of a word which stands before.
    if (std::string_view(error.what()).find(kUnheard) == std::string_view::npos) return {};
    Strings taken = error.words();
    if (error.or_file()) taken.emplace_back(kFiles);
    return taken;
  } catch (const std::exception& error) {
    if (std::string_view(error.what()).find(kUnheard) == std::string_view::npos) return {};
    return Strings{};
  }
}

bool has_option(const std::string& command, std::string_view name) {
  for (const ListedGroup& group : list_options(command)) {
    for (const ListedOption& option : group.options) {
      if (option.name == name) return option.takes_value;
    }
  }
  return false;
}

// What stands before tells most; but it may be wrong or lack something, so the least that a command
// needs is tried too.
Strings values_of(const Strings& before, const std::string& option) {
  const std::string& command = before.front();
  Strings with_data = {command};
  if (has_option(command, "data") && option != "data") {
    with_data.insert(with_data.end(), {"--data", kUnheard + std::string(".csv")});
  }
  for (const Strings& words : {before, with_data, Strings{command}}) {
    if (auto taken = try_option(words, option)) return *taken;
  }
  return {kFiles};
}

Strings options_of(const std::string& command) {
  Strings names;
  for (const ListedGroup& group : list_options(command)) {
    for (const ListedOption& option : group.options) names.push_back("--" + option.name);
  }
  return names;
}

// --sticks=4 comes as three words: the shell splits at the sign.
void join_at_equals(Strings& words) {
  if (words.size() > 1 && words.back() == "=") words.back().clear();
  if (words.size() > 2 && words[words.size() - 2] == "=") words.erase(words.end() - 2);
}

Strings candidates(const Strings& words) {
  const Strings& commands = command_names();
  if (words.size() == 1) {
    Strings first = commands;
    first.insert(first.end(), {"--help", "--version"});
    return first;
  }
  const std::string& command = words.front();
  if (std::find(commands.begin(), commands.end(), command) == commands.end()) return {};
  const std::string& previous = words[words.size() - 2];
  if (previous.starts_with("--") && has_option(command, std::string_view(previous).substr(2))) {
    return values_of({words.begin(), words.end() - 2}, previous.substr(2));
  }
  // The file that some commands take without an option is asked for by no dash.
  if (words.size() == 2 && !words.back().starts_with("-") && takes_file(command)) return {kFiles};
  return options_of(command);
}

}  // namespace

std::string complete(const Strings& words) {
  Strings joined = words;
  join_at_equals(joined);
  if (joined.empty()) return {};
  std::string text;
  for (const std::string& candidate : candidates(joined)) {
    if (candidate == kFiles || candidate.starts_with(joined.back())) text += candidate + "\n";
  }
  return text;
}

}  // namespace springspice::cli
