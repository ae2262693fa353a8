#include "netlist/writer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/title.hpp"
#include "netlist/words.hpp"

namespace springspice::netlist {
namespace {

constexpr std::size_t kLineLength = 100;
// Of a part with its comment, as a guess of the deck's size.
constexpr std::size_t kCardLength = 64;

// ngspice reads bytes, not characters; a tab would not survive the reading back.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '\t') c = ' ';
    if (c < ' ' || c > '~') c = '?';
  }
  return out.substr(0, out.find_last_not_of(' ') + 1);
}

std::vector<std::string> printable_lines(std::string_view text) {
  std::vector<std::string> out;
  while (true) {
    const auto end = text.find_first_of("\r\n");
    out.push_back(printable(text.substr(0, end)));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

// The blank after the star also keeps ngspice from running a comment: it runs what follows `*#`.
void append_comment_lines(std::string& out, std::string_view text) {
  if (text.empty()) return;
  for (const auto& line : printable_lines(text)) out += line.empty() ? "*\n" : "* " + line + "\n";
}

// Nothing if the comment cannot stand at the end of a line.
void append_inline_comment(std::string& out, std::string_view comment) {
  if (comment.empty() || comment.find_first_of("\r\n") != std::string_view::npos) return;
  const bool plain =
      std::all_of(comment.begin(), comment.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (plain && comment.front() != ' ' && comment.back() != ' ') {
    out.append(" ; ").append(comment);
    return;
  }
  const std::string text = printable(comment);
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return;
  out += " ; ";
  out.append(text, first);
}

// A number's text in place: a deck of a million parts has no time for a string each.
class NumberText {
 public:
  explicit NumberText(double value) : end_(std::to_chars(text_, std::end(text_), value).ptr) {}
  operator std::string_view() const { return {text_, static_cast<std::size_t>(end_ - text_)}; }

 private:
  char text_[32];
  char* end_;
};

// Words of one card, written behind each other, wrapped before a word that would pass the line's
// length.
class Card {
 public:
  explicit Card(std::string& out) : out_(out) {}

  /// A word, in up to three parts.
  void add(std::string_view first, std::string_view second = {}, std::string_view third = {}) {
    const std::size_t size = first.size() + second.size() + third.size();
    if (column_ > 0 && column_ + 1 + size > kLineLength) {
      out_ += "\n+";
      column_ = 1;
    }
    if (column_ > 0) {
      out_ += ' ';
      ++column_;
    }
    out_.append(first).append(second).append(third);
    column_ += size;
  }
  void add(const std::vector<std::string>& words) {
    for (const std::string& word : words) add(word);
  }

 private:
  std::string& out_;
  std::size_t column_ = 0;
};

void add_waveform(Card& card, const TransientNoise& noise) {
  card.add("trnoise(", NumberText(noise.amplitude));
  card.add(NumberText(noise.step_s));
  card.add("0");
  card.add("0)");
}

void add_waveform(Card& card, const PiecewiseLinear& points) {
  for (std::size_t i = 0; i < points.time_s.size(); ++i) {
    card.add(i == 0 ? "pwl(" : "", NumberText(points.time_s[i]));
    card.add(NumberText(points.value[i]), i + 1 == points.time_s.size() ? ")" : "");
  }
}

void add_value(Card& card, const Element& element) {
  if (element.kind == Kind::instance) return;
  if (element.kind == Kind::voltage || element.kind == Kind::current) card.add("dc");
  if (element.value_parameter.empty()) {
    card.add(NumberText(element.value));
  } else {
    card.add("{", element.value_parameter, "}");
  }
  if (element.ac) {
    card.add("ac");
    card.add(NumberText(element.ac->magnitude));
    if (element.ac->phase_deg != 0.0 || std::signbit(element.ac->phase_deg)) {
      card.add(NumberText(element.ac->phase_deg));
    }
  }
  if (element.waveform) {
    std::visit([&](const auto& waveform) { add_waveform(card, waveform); }, *element.waveform);
  }
  if (element.initial) card.add("ic=", NumberText(*element.initial));
  if (!element.noisy) card.add("noisy=0");
}

void add_parameters(Card& card, const std::vector<Parameter>& parameters) {
  for (const auto& parameter : parameters) {
    card.add(parameter.name, "=", NumberText(parameter.value));
  }
}

void append_card(std::string& out, const Element& element) {
  Card card(out);
  card.add(element.name);
  card.add(element.nodes);
  card.add(element.references);
  add_value(card, element);
  add_parameters(card, element.parameters);
  append_inline_comment(out, element.comment);
}

void append_element(std::string& out, const Element& element) {
  rules_of(element.kind);  // refuses a nullor; all else a circuit has checked
  append_comment_lines(out, element.heading);
  if (element.comment.find_first_of("\r\n") != std::string::npos) {
    append_comment_lines(out, element.comment);
  }
  append_card(out, element);
  out += '\n';
}

void append_definition(std::string& out, const Subcircuit& definition) {
  append_comment_lines(out, definition.heading);
  Card card(out);
  card.add(".subckt");
  card.add(definition.name);
  card.add(definition.pins);
  add_parameters(card, definition.parameters);
  out += '\n';
  for (const auto& element : definition.elements) append_element(out, element);
  out += ".ends " + definition.name + "\n";
}

void append_words(std::string& out, std::string_view card_name,
                  const std::vector<std::string>& given, void (*check)(std::string_view)) {
  if (given.empty()) return;
  Card card(out);
  card.add(card_name);
  for (const auto& word : given) {
    check(word);
    card.add(word);
  }
  out += '\n';
}

void append_initial_voltages(std::string& out, const std::vector<InitialVoltage>& voltages) {
  if (voltages.empty()) return;
  Card card(out);
  card.add(".ic");
  std::unordered_set<std::string> seen;
  for (const auto& [node, volt] : voltages) {
    check_name(node, ".ic: node");
    if (!seen.insert(lower(node)).second) {
      throw NetlistError(
          fmt::format(".ic: node {} has an initial voltage already; give one", quoted(node)));
    }
    if (!std::isfinite(volt)) {
      throw NetlistError(fmt::format(".ic: the voltage of node {} is {}; give a finite number",
                                     quoted(node), volt));
    }
    const std::string name = "v(" + node;
    card.add(name, ")=", NumberText(volt));
  }
  out += '\n';
}

void append_transient(std::string& out, const Transient& transient) {
  const auto check = [](std::string_view what, double value, bool may_be_zero) {
    if (std::isfinite(value) && (value > 0.0 || (may_be_zero && value == 0.0))) return;
    throw NetlistError(fmt::format(".tran: {} is {}; give a positive time", what, value));
  };
  check("the step", transient.step_s, false);
  check("the stop time", transient.stop_s, false);
  check("the longest step", transient.max_step_s, true);
  out += ".tran " + format_number(transient.step_s) + " " + format_number(transient.stop_s);
  if (transient.max_step_s > 0.0) out += " 0 " + format_number(transient.max_step_s);
  out += transient.use_initial ? " uic\n" : "\n";
}

}  // namespace

std::string format_element(const Element& element) {
  check_element(element);
  std::string out;
  append_card(out, element);
  return out;
}

std::string format_deck(const Circuit& circuit) {
  const std::string fault = title_fault(circuit.title, circuit);
  if (!fault.empty()) throw NetlistError(fault);
  const std::string title = printable(circuit.title);
  std::string out = (title.empty() ? "*" : title) + "\n";
  out.reserve(kCardLength * circuit.elements().size());
  if (!circuit.heading.empty()) {
    append_comment_lines(out, circuit.heading);
    out += '\n';  // ends the circuit's heading; what follows is the first part's
  }
  for (const auto& definition : circuit.definitions()) append_definition(out, definition);
  for (const auto& element : circuit.elements()) append_element(out, element);
  append_initial_voltages(out, circuit.initial_voltages);
  append_words(out, ".options", circuit.options, check_option_word);
  append_words(out, ".save", circuit.saved, check_saved_word);
  if (circuit.transient) append_transient(out, *circuit.transient);
  out += ".end\n";
  return out;
}

}  // namespace springspice::netlist
