#include "netlist/option_cards.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/words.hpp"

namespace springspice::netlist {
namespace {

std::string option_name(std::string_view option) {
  return lower(option.substr(0, option.find('=')));
}

// Xyce sorts its options by the part of the program that they are for.
constexpr std::string_view kXyceTime[] = {"abstol", "method", "reltol"};
constexpr std::string_view kXyceDevice[] = {"gmin", "temp", "tnom"};

// Of the same meaning in ngspice and LTspice (help, .OPTIONS), and LTspice's own that are written
// here.
constexpr std::string_view kLtspice[] = {
    "abstol", "chgtol", "gmin",   "itl1",        "itl2",   "itl4", "itl6", "measdgt", "method",
    "numdgt", "pivrel", "pivtol", "plotwinsize", "reltol", "temp", "tnom", "trtol",   "vntol"};

template <std::size_t N>
bool holds(const std::string_view (&names)[N], std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

[[noreturn]] void refuse(std::string_view option, Dialect dialect) {
  throw NetlistError(fmt::format(
      ".options: {} says nothing in {} that is known here; leave it out, or write for ngspice",
      quoted(option), display_name(dialect)));
}

// What only steers how a simulator gets there.
bool is_left_out(std::string_view option, Dialect dialect) {
  const std::string name = option_name(option);
  return (dialect != Dialect::ngspice && name == "noopac") ||
         (dialect == Dialect::xyce && (name == "pivrel" || name == "pivtol"));
}

std::vector<std::vector<std::string>> make_xyce_cards(const std::vector<std::string>& options) {
  std::vector<std::string> time = {"timeint"};
  std::vector<std::string> device = {"device"};
  for (const auto& option : options) {
    const std::string name = option_name(option);
    // The package's own word, which stands in decks that were written for Xyce.
    if (name == "timeint" || name == "device") continue;
    if (holds(kXyceTime, name)) {
      time.push_back(option);
    } else if (holds(kXyceDevice, name)) {
      device.push_back(option);
    } else {
      refuse(option, Dialect::xyce);
    }
  }
  std::vector<std::vector<std::string>> cards;
  if (time.size() > 1) cards.push_back(std::move(time));
  if (device.size() > 1) cards.push_back(std::move(device));
  return cards;
}

}  // namespace

std::vector<std::string> left_out_options(const Circuit& circuit, Dialect dialect) {
  std::vector<std::string> out;
  for (const auto& option : circuit.options) {
    if (is_left_out(option, dialect)) out.push_back(option);
  }
  return out;
}

std::vector<std::string> added_options(const Circuit& circuit, Dialect dialect) {
  if (dialect != Dialect::ltspice || !circuit.transient) return {};
  std::vector<std::string> wanted = {"numdgt=15", "plotwinsize=0"};
  if (!circuit.measures.empty()) wanted.emplace_back("measdgt=15");
  std::erase_if(wanted, [&](const std::string& option) {
    return std::ranges::any_of(circuit.options, [&](const std::string& given) {
      return option_name(given) == option_name(option);
    });
  });
  return wanted;
}

std::vector<std::vector<std::string>> make_option_cards(const Circuit& circuit, Dialect dialect) {
  std::vector<std::string> words;
  for (const auto& option : circuit.options) {
    check_option_word(option);
    if (!is_left_out(option, dialect)) words.push_back(option);
  }
  if (dialect == Dialect::xyce) return make_xyce_cards(words);
  for (const auto& option : words) {
    if (dialect == Dialect::ltspice && !holds(kLtspice, option_name(option))) {
      refuse(option, dialect);
    }
  }
  for (auto& option : added_options(circuit, dialect)) words.push_back(std::move(option));
  if (words.empty()) return {};
  return {std::move(words)};
}

}  // namespace springspice::netlist
