#include "netlist/writer.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include "netlist/card_text.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/element_writer.hpp"
#include "netlist/error.hpp"
#include "netlist/option_cards.hpp"
#include "netlist/title.hpp"
#include "netlist/words.hpp"

namespace springspice::netlist {
namespace {

// Bytes of an element with its comments; what is reserved and never written costs no memory.
constexpr std::size_t kUsualCard = 128;

/// Names of nodes in v(...): a node inside an instance is xa.n in ngspice, xa:n elsewhere.
class NodePaths {
 public:
  NodePaths(const Circuit& circuit, Dialect dialect) {
    if (dialect == Dialect::ngspice) return;
    for (const auto& element : circuit.elements()) {
      if (element.kind == Kind::instance) instances_.insert(lower(element.name));
    }
  }

  std::string translate(std::string_view node) const {
    std::string out(node);
    const auto dot = out.find('.');
    if (dot == std::string::npos || !instances_.contains(lower(node.substr(0, dot)))) return out;
    for (char& c : out) {
      if (c == '.') c = ':';
    }
    return out;
  }

  /// The same in a word such as v(a) or v(a,b).
  std::string translate_call(std::string_view word) const {
    std::string out;
    while (!word.empty()) {
      const std::size_t end = std::min(word.find_first_of("(),"), word.size());
      out += translate(word.substr(0, end));
      if (end < word.size()) out += word[end];
      word.remove_prefix(std::min(end + 1, word.size()));
    }
    return out;
  }

 private:
  std::unordered_set<std::string> instances_;
};

void append_card_of(std::string& out, std::string_view name,
                    const std::vector<std::string>& words) {
  CardText card(out);
  card.add(name);
  for (const auto& word : words) card.add(word);
  out += '\n';
}

void append_includes(std::string& out, const std::vector<std::string>& files) {
  for (const auto& file : files) {
    check_file_name(file);
    out += ".include \"" + file + "\"\n";
  }
}

void append_initial_voltages(std::string& out, const std::vector<InitialVoltage>& voltages,
                             const NodePaths& paths) {
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
    card.add("v(", paths.translate(node), ")=", volt);
  }
  out += '\n';
}

void append_saved(std::string& out, const Circuit& circuit, Dialect dialect,
                  const NodePaths& paths) {
  std::vector<std::string> words;
  for (const auto& word : circuit.saved) {
    check_saved_word(word);
    words.push_back(paths.translate_call(word));
  }
  if (dialect != Dialect::xyce) {
    if (!words.empty()) append_card_of(out, ".save", words);
    return;
  }
  // Xyce prints nothing unless it is told to.
  if (!circuit.transient) return;
  if (words.empty()) words.emplace_back("v(*)");
  append_card_of(out, ".print tran", words);
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

// The difference to the expected value is a measurement too, so that every simulator prints it.
void append_measure(std::string& out, const Measure& measure, Dialect dialect,
                    const NodePaths& paths) {
  check_parameter_name(measure.name);
  check_name(measure.node, ".meas: node");
  if (!std::isfinite(measure.expected) || !std::isfinite(measure.at_s) || measure.at_s < 0.0) {
    throw NetlistError(fmt::format(".meas {}: {} V at {} s; give finite numbers, a time from 0",
                                   quoted(measure.name), measure.expected, measure.at_s));
  }
  const std::string expected = format_number(measure.expected);
  out += fmt::format(".meas tran {} find v({}) at={} ; expected {}\n", measure.name,
                     paths.translate(measure.node), format_number(measure.at_s), expected);
  const char* form = ".meas tran {0}_error param='{0}-({1})'\n";
  if (dialect == Dialect::xyce) form = ".meas tran {0}_error eqn {{{0}-({1})}}\n";
  if (dialect == Dialect::ltspice) form = ".meas tran {0}_error param {0}-({1})\n";
  out += fmt::format(fmt::runtime(form), measure.name, expected);
}

// Cards of kinds that nothing here knows stay what they were, so they stay in their dialect.
void append_foreign(std::string& out, const Circuit& circuit, Dialect dialect) {
  for (const auto& card : circuit.foreign) {
    if (dialect != Dialect::ngspice) {
      throw NetlistError(
          fmt::format("card {}: its kind is not known here, so it is not translated "
                      "to {}; write for ngspice, or take it out",
                      quoted(card.name), display_name(dialect)));
    }
    if (card.text.empty() || find_line_break(card.text) != std::string_view::npos) {
      throw NetlistError(fmt::format("card {}: its text is {}; give one line", quoted(card.name),
                                     quoted(card.text)));
    }
    out += card.text + '\n';
  }
}

// Below the heading, unless they stand there already, as in a deck that was read.
std::string heading_with_notes(const Circuit& circuit, Dialect dialect) {
  std::string heading = circuit.heading;
  for (const auto& note : describe_substitutions(circuit, dialect)) {
    if (heading.find(note) != std::string::npos) continue;
    heading += (heading.empty() ? "" : "\n") + note;
  }
  return heading;
}

void append_heading(std::string& out, const Circuit& circuit, Dialect dialect) {
  const std::string heading = heading_with_notes(circuit, dialect);
  if (heading.empty()) return;
  append_comment_lines(out, heading);
  out += '\n';  // ends the circuit's heading; what follows is the first part's
}

void append_library(std::string& out, const Circuit& circuit, Dialect dialect) {
  append_parameter_cards(out, circuit.parameters);
  for (const auto& definition : circuit.definitions()) append_definition(out, definition, dialect);
}

}  // namespace

std::string format_element(const Element& element, Dialect dialect) {
  std::string out;
  append_card(out, element, dialect);
  return out;
}

std::string format_deck(const Circuit& circuit, Dialect dialect) {
  const std::string fault = title_fault(circuit.title, circuit);
  if (!fault.empty()) throw NetlistError(fault);
  const NodePaths paths(circuit, dialect);
  std::string out;
  out.reserve(kUsualCard * circuit.elements().size());
  append_printable(out, circuit.title);
  out += out.empty() ? "*\n" : "\n";
  append_heading(out, circuit, dialect);
  append_includes(out, circuit.includes);
  append_library(out, circuit, dialect);
  for (const auto& element : circuit.elements()) append_element(out, element, dialect);
  append_foreign(out, circuit, dialect);
  append_initial_voltages(out, circuit.initial_voltages, paths);
  for (const auto& words : make_option_cards(circuit, dialect)) {
    append_card_of(out, ".options", words);
  }
  append_saved(out, circuit, dialect, paths);
  if (circuit.transient) append_transient(out, *circuit.transient);
  for (const auto& measure : circuit.measures) append_measure(out, measure, dialect, paths);
  out += ".end\n";
  return out;
}

std::string format_definitions(const Circuit& circuit, Dialect dialect) {
  if (!circuit.elements().empty() || circuit.transient || !circuit.initial_voltages.empty()) {
    throw NetlistError(
        "a library holds definitions and parameters alone; move elements, .ic and .tran into a "
        "deck that includes it");
  }
  std::string out;
  append_comment_lines(out, circuit.title);
  append_heading(out, circuit, dialect);
  append_library(out, circuit, dialect);
  return out;
}

}  // namespace springspice::netlist
