#include "netlist/foreign.hpp"

#include <unordered_map>
#include <utility>
#include <vector>

#include "netlist/circuit.hpp"
#include "netlist/element_parser.hpp"

namespace springspice::netlist {
namespace {

// The subcircuit that an instance's card names: the last word before its arguments.
std::string definition_of(const Card& card) {
  const auto& tokens = card.tokens;
  std::string_view last;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (i + 1 < tokens.size() && tokens[i + 1].text == "=") break;
    if (lower(tokens[i].text) == "params:") break;
    last = tokens[i].text;
  }
  return lower(last);
}

}  // namespace

bool is_foreign(std::string_view first_word) {
  if (first_word.empty()) return false;
  if (first_word[0] != '.') return !reason_for_refusal(lower(first_word.substr(0, 1))[0]).empty();
  const std::string word = lower(first_word);
  return word == ".model" || word == ".func";
}

ForeignNames find_foreign(std::string_view text, const Places& places) {
  DeckReader reader(text, places);
  Card card;
  ForeignNames out;
  std::unordered_map<std::string, std::vector<std::string>> users;  // of a definition
  std::string outermost;
  int depth = 0;
  while (reader.next(card)) {
    const std::string_view word = card.tokens[0].text;
    const std::string key = word[0] == '.' ? lower(word) : std::string();
    if (key == ".subckt") {
      if (depth++ == 0) outermost = card.tokens.size() > 1 ? lower(card.tokens[1].text) : "";
    } else if (key == ".ends") {
      if (depth > 0) --depth;
    } else if (depth > 0 && is_foreign(word)) {
      out.insert(outermost);
    } else if (depth > 0 && (word[0] == 'x' || word[0] == 'X')) {
      users[definition_of(card)].push_back(outermost);
    }
  }
  std::vector<std::string> todo(out.begin(), out.end());
  while (!todo.empty()) {
    const std::string name = std::move(todo.back());
    todo.pop_back();
    for (const auto& user : users[name]) {
      if (out.insert(user).second) todo.push_back(user);
    }
  }
  return out;
}

}  // namespace springspice::netlist
