// A vendor's model is read for its name and pins alone; what is inside it is the simulator's.
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hw/error.hpp"
#include "hw/mapping/real_parts.hpp"
#include "netlist/lines.hpp"

namespace springspice::hw {
namespace {

constexpr std::size_t kPlainPins = 3;
constexpr std::size_t kSuppliedPins = 5;

std::vector<std::string> split_words(std::string_view card) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<std::string> words;
  std::size_t begin = card.find_first_not_of(kBlanks);
  while (begin != std::string_view::npos) {
    const std::size_t end = std::min(card.find_first_of(kBlanks, begin), card.size());
    words.emplace_back(card.substr(begin, end - begin));
    begin = card.find_first_not_of(kBlanks, end);
  }
  return words;
}

// Cards with their continuation lines joined, without comments.
std::vector<std::string> join_cards(std::string_view text) {
  std::vector<std::string> cards;
  while (!text.empty()) {
    const std::string_view line = netlist::take_line(text);
    if (netlist::is_comment_line(line)) continue;
    const std::string_view card = netlist::without_comment(line);
    if (card.starts_with('+') && !cards.empty()) {
      cards.back() += " " + std::string(card.substr(1));
    } else {
      cards.emplace_back(card);
    }
  }
  return cards;
}

// What stands between the name and the parameters, which begin with `params:` or with `name=`.
std::vector<std::string> find_pins(const std::vector<std::string>& words) {
  std::vector<std::string> pins;
  for (std::size_t k = 2; k < words.size(); ++k) {
    if (words[k].starts_with('=')) {
      if (!pins.empty()) pins.pop_back();
      break;
    }
    if (words[k].find('=') != std::string::npos || words[k].ends_with(':')) break;
    pins.push_back(words[k]);
  }
  return pins;
}

// Those that a deck can name: a definition inside another one is not among them.
std::vector<VendorModel> find_subcircuits(std::string_view text, const std::string& file) {
  std::vector<VendorModel> found;
  int depth = 0;
  for (const std::string& card : join_cards(text)) {
    const std::vector<std::string> words = split_words(card);
    if (words.empty()) continue;
    const std::string first = netlist::lower(words[0]);
    if (first == ".subckt" && depth++ == 0 && words.size() > 1) {
      found.push_back({file, words[1], find_pins(words)});
    }
    if (first == ".ends" && depth > 0) --depth;
  }
  return found;
}

std::string list_names(const std::vector<VendorModel>& models) {
  if (models.empty()) return "it has none";
  std::string names;
  for (const VendorModel& model : models) names += (names.empty() ? "" : ", ") + model.name;
  return "it has " + names;
}

}  // namespace

namespace {

// The file is included in a deck that is run: it may hold models, and nothing that acts or that
// leads to other files, which would not come along.
void refuse_what_acts(std::string_view text, const std::string& file) {
  for (const std::string& card : join_cards(text)) {
    const std::vector<std::string> words = split_words(card);
    if (words.empty()) continue;
    const std::string first = netlist::lower(words[0]);
    if (first == ".control" || first == ".exec") {
      throw RealizationError(fmt::format(
          "{}: it has a '{}' block, whose commands would be run; take it out", file, words[0]));
    }
    if (first == ".include" || first == ".inc" || first == ".lib" || first == ".endl") {
      throw RealizationError(fmt::format(
          "{}: it has a card '{}'; put all that the amplifier needs into one file without it", file,
          words[0]));
    }
  }
}

}  // namespace

VendorModel find_vendor_model(const std::string& text, const std::string& file,
                              const std::string& name) {
  refuse_what_acts(text, file);
  const std::vector<VendorModel> models = find_subcircuits(text, file);
  for (const VendorModel& model : models) {
    if (netlist::lower(model.name) != netlist::lower(name)) continue;
    if (model.pins.size() == kPlainPins || model.pins.size() == kSuppliedPins) return model;
    throw RealizationError(fmt::format(
        "{}: .subckt {} has {} pins ({}); an op-amp has 3, in+ in- out, or 5, in+ in- vcc vee out, "
        "in this order: write a .subckt with these pins around it",
        file, model.name, model.pins.size(), fmt::join(model.pins, " ")));
  }
  throw RealizationError(
      fmt::format("{}: no .subckt {}; {}. Name one of them with --opamp, or include another file",
                  file, name, list_names(models)));
}

}  // namespace springspice::hw
