#include "netlist/element_parser.hpp"

#include <fmt/format.h>

#include "netlist/card_cursor.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/parser.hpp"
#include "netlist/waveform_parser.hpp"

namespace springspice::netlist {
namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// "gm" from "{gm}" or "{ gm }"; empty if the token is no braced group.
std::string_view braced(std::string_view text) {
  if (!text.starts_with('{') || !text.ends_with('}')) return {};
  text = text.substr(1, text.size() - 2);
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

class ElementParser {
 public:
  ElementParser(const Card& card, std::string_view deck, const Subcircuit* definition)
      : cursor_(card, deck), definition_(definition) {}

  Element run() {
    const Token name = cursor_.word("an element");
    const KindRules* rules = rules_of_letter(lower(name.text.substr(0, 1))[0]);
    if (rules == nullptr) {
      cursor_.fail(name, fmt::format("no element begins like {}; known are R L C K V I E F G H X, "
                                     "and cards that begin with '.'",
                                     quoted(name.text)));
    }
    element_.kind = rules->kind;
    element_.name = name.text;
    if (element_.kind == Kind::instance) {
      read_instance();
    } else {
      read_terminals(*rules);
      read_values(*rules);
    }
    return std::move(element_);
  }

 private:
  void read_terminals(const KindRules& rules) {
    for (std::size_t i = 0; i < rules.nodes; ++i) {
      element_.nodes.emplace_back(
          cursor_.word(fmt::format("node {} of {} of {}", i + 1, rules.nodes, rules.noun)).text);
    }
    const auto what =
        rules.reference_letter == 'l' ? "an inductor's name" : "a voltage source's name";
    for (std::size_t i = 0; i < rules.references; ++i) {
      element_.references.emplace_back(cursor_.word(what).text);
    }
  }

  void read_values(const KindRules& rules) {
    if (element_.kind == Kind::voltage || element_.kind == Kind::current) {
      read_source();
      return;
    }
    read_value(rules.quantity);
    while (!cursor_.at_end()) read_option(rules);
  }

  void read_option(const KindRules& rules) {
    const Token at = cursor_.peek();
    const bool reactive = element_.kind == Kind::inductor || element_.kind == Kind::capacitor;
    if (element_.kind == Kind::resistor && cursor_.accept("noisy")) {
      cursor_.expect("=", "noisy=");
      element_.noisy = cursor_.number("noisy, 0 or 1,") != 0.0;
    } else if (reactive && cursor_.accept("ic")) {
      if (element_.initial) cursor_.fail(at, "a second 'ic'; give one");
      cursor_.expect("=", "ic=");
      element_.initial = cursor_.number("an initial value");
    } else {
      cursor_.expect_end(
          element_.kind == Kind::resistor ? "after the resistance only noisy= may follow"
          : reactive                      ? "after the value only ic= may follow"
                     : fmt::format("the card of {} ends with its {}", rules.noun, rules.quantity));
    }
  }

  // [[dc] value] [ac magnitude [phase]] [waveform], in any order
  void read_source() {
    const Token start = cursor_.peek();
    bool has_dc = false;
    while (!cursor_.at_end()) {
      const Token at = cursor_.peek();
      if (cursor_.accept("ac")) {
        if (element_.ac) cursor_.fail(at, "a second 'ac'; give one");
        read_ac();
      } else if (cursor_.at_call()) {
        if (element_.waveform) cursor_.fail(at, "a second waveform; give one");
        element_.waveform = read_waveform(cursor_);
      } else {
        const bool keyword = cursor_.accept("dc");
        if (has_dc) {
          cursor_.fail(at, fmt::format("{} follows the DC value; only ac and a waveform may follow",
                                       quoted(at.text)));
        }
        if (!keyword && begins_name(at.text[0]) && !is_parameter(at.text)) {
          refuse_waveform(cursor_, at);
        }
        read_value(keyword ? "DC value" : "value");
        has_dc = true;
      }
    }
    if (!has_dc && element_.waveform) element_.value = start_value(*element_.waveform);
    if (!has_dc && !element_.ac && !element_.waveform)
      cursor_.fail(start, "the source has no value; write dc and a number");
  }

  void read_ac() {
    AcStimulus ac;
    ac.magnitude = cursor_.number("an ac magnitude");
    const Token next = cursor_.peek();
    if (!next.text.empty() && !begins_name(next.text[0]))
      ac.phase_deg = cursor_.number("an ac phase");
    element_.ac = ac;
  }

  void read_instance() {
    while (!cursor_.at_end() && !cursor_.at_assignment() && !cursor_.accept("params:")) {
      element_.nodes.emplace_back(cursor_.word("a node or the subcircuit's name").text);
    }
    if (element_.nodes.size() < 2) {
      cursor_.fail(cursor_.peek(), "an instance has nodes and then the name of its subcircuit");
    }
    element_.references.push_back(std::move(element_.nodes.back()));
    element_.nodes.pop_back();
    while (!cursor_.at_end()) {
      Parameter parameter;
      parameter.name = cursor_.word("a parameter").text;
      cursor_.expect("=", "name=number");
      parameter.value = cursor_.number("a parameter's value");
      element_.parameters.push_back(std::move(parameter));
    }
  }

  bool is_parameter(std::string_view name) const {
    return definition_ != nullptr && find_parameter(definition_->parameters, name) != nullptr;
  }

  void read_value(std::string_view quantity) {
    const Token at = cursor_.peek();
    if (cursor_.at_end() || cursor_.at_assignment()) {
      cursor_.fail(at, fmt::format("element {} has no {}; write a number (ngspice would guess one)",
                                   quoted(element_.name), quantity));
    }
    if (at.text.starts_with('{') || is_parameter(at.text)) {
      read_parameter_value(at);
    } else {
      element_.value = cursor_.number(fmt::format("the {}", quantity));
    }
  }

  void read_parameter_value(const Token& at) {
    const std::string_view inner = at.text.starts_with('{') ? braced(at.text) : at.text;
    if (!is_parameter(inner)) {
      cursor_.fail(at,
                   fmt::format("{}: expressions are not read; inside a .subckt write the name of "
                               "one of its parameters, elsewhere a number",
                               quoted(at.text)));
    }
    element_.value_expression = inner;
    cursor_.word("a parameter");
  }

  CardCursor cursor_;
  const Subcircuit* definition_;
  Element element_;
};

}  // namespace

Element parse_element(const Card& card, std::string_view deck, const Subcircuit* definition) {
  return ElementParser(card, deck, definition).run();
}

}  // namespace springspice::netlist
