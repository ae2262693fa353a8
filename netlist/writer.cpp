#include "netlist/writer.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
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
// Bytes of an element with its comments; what is reserved and never written costs no memory.
constexpr std::size_t kUsualCard = 128;

// ngspice reads bytes, not characters; a tab would not survive the reading back.
char printable(char c) {
  if (c == '\t') return ' ';
  return c < ' ' || c > '~' ? '?' : c;
}

// Without the blanks at its end.
void append_printable(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out.resize(begin + text.size());
  std::ranges::transform(text, out.begin() + static_cast<std::ptrdiff_t>(begin),
                         [](char c) { return printable(c); });
  const auto last = std::string_view(out).substr(begin).find_last_not_of(' ');
  out.resize(last == std::string_view::npos ? begin : begin + last + 1);
}

// find_first_of("\r\n") asks a function for each character.
std::size_t find_line_break(std::string_view text) {
  return std::min(text.find('\n'), text.find('\r'));
}

// The blank after the star also keeps ngspice from running a comment: it runs what follows `*#`.
void append_comment_lines(std::string& out, std::string_view text) {
  if (text.empty()) return;
  while (true) {
    const std::size_t end = find_line_break(text);
    out += "* ";
    const std::size_t begin = out.size();
    append_printable(out, text.substr(0, end));
    if (out.size() == begin) out.pop_back();
    out += '\n';
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

// Nothing if the comment cannot stand at the end of a line.
void append_inline_comment(std::string& out, std::string_view comment) {
  if (find_line_break(comment) != std::string_view::npos) return;
  const auto first = comment.find_first_not_of(" \t");
  if (first == std::string_view::npos) return;
  out += " ; ";
  append_printable(out, comment.substr(first));
}

void append(std::string& out, std::string_view text) { out += text; }
void append(std::string& out, char c) { out += c; }
void append(std::string& out, double value) { append_number(out, value); }

/// Words of one card, with a blank between them; a card that grows too long goes on in `+` lines.
/// Written in place, since a deck has millions of words.
class CardText {
 public:
  explicit CardText(std::string& out) : out_(out) {}

  /// One word, of texts and numbers one after the other.
  template <class... Pieces>
  void add(const Pieces&... pieces) {
    const std::size_t before = out_.size();
    if (column_ > 0) out_ += ' ';
    const std::size_t begin = out_.size();
    (append(out_, pieces), ...);
    const std::size_t size = out_.size() - begin;
    if (column_ > 0 && column_ + 1 + size > kLineLength) {
      out_.insert(before, "\n+");
      column_ = 1;
    }
    column_ += size + (column_ > 0 ? 1 : 0);
  }

 private:
  std::string& out_;
  std::size_t column_ = 0;
};

void append_waveform(CardText& card, const TransientNoise& noise) {
  card.add("trnoise(", noise.amplitude);
  card.add(noise.step_s);
  card.add('0');
  card.add("0)");
}

void append_waveform(CardText& card, const PiecewiseLinear& points) {
  const std::size_t last = points.time_s.size() - 1;  // check_element() asks for one at least
  for (std::size_t i = 0; i <= last; ++i) {
    card.add(i == 0 ? "pwl(" : "", points.time_s[i]);
    card.add(points.value[i], i == last ? ")" : "");
  }
}

void append_waveform(CardText& card, const PiecewiseLinearFile& points) {
  card.add("pwl");
  card.add("file=\"", points.file, '"');
}

void append_value(CardText& card, const Element& element) {
  if (element.kind == Kind::instance) return;
  if (element.kind == Kind::voltage || element.kind == Kind::current) card.add("dc");
  if (element.value_expression.empty()) {
    card.add(element.value);
  } else {
    card.add('{', element.value_expression, '}');
  }
  if (element.ac) {
    card.add("ac");
    card.add(element.ac->magnitude);
    if (element.ac->phase_deg != 0.0 || std::signbit(element.ac->phase_deg)) {
      card.add(element.ac->phase_deg);
    }
  }
  if (element.waveform) {
    std::visit([&](const auto& waveform) { append_waveform(card, waveform); }, *element.waveform);
  }
  if (element.initial) card.add("ic=", *element.initial);
  if (!element.noisy) card.add("noisy=0");
}

void append_parameters(CardText& card, const std::vector<Parameter>& parameters) {
  for (const auto& parameter : parameters) card.add(parameter.name, '=', parameter.value);
}

void append_words(CardText& card, const std::vector<std::string>& words) {
  for (const auto& word : words) card.add(word);
}

void append_card(std::string& out, const Element& element) {
  check_element(element);
  CardText card(out);
  card.add(element.name);
  append_words(card, element.nodes);
  append_words(card, element.references);
  append_value(card, element);
  append_parameters(card, element.parameters);
  append_inline_comment(out, element.comment);
}

void append_element(std::string& out, const Element& element) {
  append_comment_lines(out, element.heading);
  if (find_line_break(element.comment) != std::string_view::npos) {
    append_comment_lines(out, element.comment);
  }
  append_card(out, element);
  out += '\n';
}

void append_definition(std::string& out, const Subcircuit& definition) {
  append_comment_lines(out, definition.heading);
  CardText card(out);
  card.add(".subckt");
  card.add(definition.name);
  append_words(card, definition.pins);
  append_parameters(card, definition.parameters);
  out += '\n';
  for (const auto& element : definition.elements) append_element(out, element);
  out += ".ends " + definition.name + "\n";
}

void append_checked_words(std::string& out, std::string_view name,
                          const std::vector<std::string>& words, void (*check)(std::string_view)) {
  if (words.empty()) return;
  CardText card(out);
  card.add(name);
  for (const auto& word : words) {
    check(word);
    card.add(word);
  }
  out += '\n';
}

void append_initial_voltages(std::string& out, const std::vector<InitialVoltage>& voltages) {
  if (voltages.empty()) return;
  CardText card(out);
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
    card.add("v(", node, ")=", volt);
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
  std::string out;
  append_card(out, element);
  return out;
}

std::string format_deck(const Circuit& circuit) {
  const std::string fault = title_fault(circuit.title, circuit);
  if (!fault.empty()) throw NetlistError(fault);
  std::string out;
  out.reserve(kUsualCard * circuit.elements().size());
  append_printable(out, circuit.title);
  out += out.empty() ? "*\n" : "\n";
  if (!circuit.heading.empty()) {
    append_comment_lines(out, circuit.heading);
    out += '\n';  // ends the circuit's heading; what follows is the first part's
  }
  for (const auto& definition : circuit.definitions()) append_definition(out, definition);
  for (const auto& element : circuit.elements()) append_element(out, element);
  append_initial_voltages(out, circuit.initial_voltages);
  append_checked_words(out, ".options", circuit.options, check_option_word);
  append_checked_words(out, ".save", circuit.saved, check_saved_word);
  if (circuit.transient) append_transient(out, *circuit.transient);
  out += ".end\n";
  return out;
}

}  // namespace springspice::netlist
