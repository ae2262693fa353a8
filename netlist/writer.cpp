#include "netlist/writer.hpp"

#include <cmath>
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

// Empty if the comment cannot stand at the end of a line.
std::string inline_comment(std::string_view comment) {
  if (comment.find_first_of("\r\n") != std::string_view::npos) return {};
  const std::string text = printable(comment);
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : " ; " + text.substr(first);
}

std::string wrapped(const std::vector<std::string>& words) {
  std::string out;
  std::size_t column = 0;
  for (const auto& word : words) {
    if (column > 0 && column + 1 + word.size() > kLineLength) {
      out += "\n+";
      column = 1;
    }
    if (column > 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

std::string value_text(const Element& element) {
  return element.value_parameter.empty() ? format_number(element.value)
                                         : "{" + element.value_parameter + "}";
}

void append_waveform(std::vector<std::string>& words, const TransientNoise& noise) {
  words.push_back("trnoise(" + format_number(noise.amplitude));
  words.push_back(format_number(noise.step_s));
  words.insert(words.end(), {"0", "0)"});
}

void append_waveform(std::vector<std::string>& words, const PiecewiseLinear& points) {
  for (std::size_t i = 0; i < points.time_s.size(); ++i) {
    words.push_back((i == 0 ? "pwl(" : "") + format_number(points.time_s[i]));
    words.push_back(format_number(points.value[i]));
  }
  words.back() += ')';
}

void append_value(std::vector<std::string>& words, const Element& element) {
  if (element.kind == Kind::instance) return;
  if (element.kind == Kind::voltage || element.kind == Kind::current) words.emplace_back("dc");
  words.push_back(value_text(element));
  if (element.ac) {
    words.emplace_back("ac");
    words.push_back(format_number(element.ac->magnitude));
    if (element.ac->phase_deg != 0.0 || std::signbit(element.ac->phase_deg)) {
      words.push_back(format_number(element.ac->phase_deg));
    }
  }
  if (element.waveform) {
    std::visit([&](const auto& waveform) { append_waveform(words, waveform); }, *element.waveform);
  }
  if (element.initial) words.push_back("ic=" + format_number(*element.initial));
  if (!element.noisy) words.emplace_back("noisy=0");
}

void append_parameters(std::vector<std::string>& words, const std::vector<Parameter>& parameters) {
  for (const auto& parameter : parameters) {
    words.push_back(parameter.name + "=" + format_number(parameter.value));
  }
}

void append_element(std::string& out, const Element& element) {
  append_comment_lines(out, element.heading);
  if (element.comment.find_first_of("\r\n") != std::string::npos) {
    append_comment_lines(out, element.comment);
  }
  out += format_element(element);
  out += '\n';
}

void append_definition(std::string& out, const Subcircuit& definition) {
  append_comment_lines(out, definition.heading);
  std::vector<std::string> words = {".subckt", definition.name};
  words.insert(words.end(), definition.pins.begin(), definition.pins.end());
  append_parameters(words, definition.parameters);
  out += wrapped(words) + "\n";
  for (const auto& element : definition.elements) append_element(out, element);
  out += ".ends " + definition.name + "\n";
}

void append_words(std::string& out, std::string_view card, const std::vector<std::string>& given,
                  void (*check)(std::string_view)) {
  if (given.empty()) return;
  std::vector<std::string> words = {std::string(card)};
  for (const auto& word : given) {
    check(word);
    words.push_back(word);
  }
  out += wrapped(words) + "\n";
}

void append_initial_voltages(std::string& out, const std::vector<InitialVoltage>& voltages) {
  if (voltages.empty()) return;
  std::vector<std::string> words = {".ic"};
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
    words.push_back("v(" + node + ")=" + format_number(volt));
  }
  out += wrapped(words) + "\n";
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
  std::vector<std::string> words = {element.name};
  words.insert(words.end(), element.nodes.begin(), element.nodes.end());
  words.insert(words.end(), element.references.begin(), element.references.end());
  append_value(words, element);
  append_parameters(words, element.parameters);
  return wrapped(words) + inline_comment(element.comment);
}

std::string format_deck(const Circuit& circuit) {
  const std::string fault = title_fault(circuit.title, circuit);
  if (!fault.empty()) throw NetlistError(fault);
  const std::string title = printable(circuit.title);
  std::string out = (title.empty() ? "*" : title) + "\n";
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
