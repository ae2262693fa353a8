#include "netlist/element_writer.hpp"

#include <cmath>
#include <variant>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/words.hpp"

namespace springspice::netlist {
namespace {

struct WaveformWriter {
  CardText& card;
  const Element& element;
  Dialect dialect;

  void operator()(const TransientNoise& noise) const {
    if (dialect != Dialect::ngspice) {
      throw NetlistError(fmt::format(
          "element {}: trnoise is ngspice's alone, {} has no noise in .tran; give the source a "
          "pwl of samples, or a file of them",
          quoted(element.name), display_name(dialect)));
    }
    card.add("trnoise(", noise.amplitude);
    card.add(noise.step_s);
    card.add('0');
    card.add("0)");
  }

  void operator()(const PiecewiseLinear& points) const {
    const std::size_t last = points.time_s.size() - 1;  // check_element() asks for one at least
    for (std::size_t i = 0; i <= last; ++i) {
      card.add(i == 0 ? "pwl(" : "", points.time_s[i]);
      card.add(points.value[i], i == last ? ")" : "");
    }
  }

  void operator()(const PiecewiseLinearFile& points) const {
    card.add("pwl");
    switch (dialect) {
      case Dialect::ngspice:
        throw NetlistError(fmt::format(
            "element {}: ngspice reads no pwl from a file ({}); give the points themselves",
            quoted(element.name), quoted(points.file)));
      case Dialect::xyce:
        card.add("file");
        card.add('"', points.file, '"');
        break;
      case Dialect::ltspice:
        card.add("file=\"", points.file, '"');
        break;
    }
  }
};

void append_parameter(CardText& card, const Parameter& parameter) {
  if (parameter.expression.empty()) return card.add(parameter.name, '=', parameter.value);
  check_expression(parameter.expression, "parameter " + parameter.name);
  card.add(parameter.name, '=', '{', parameter.expression, '}');
}

void append_parameters(CardText& card, const std::vector<Parameter>& parameters) {
  for (const auto& parameter : parameters) append_parameter(card, parameter);
}

void append_words(CardText& card, const std::vector<std::string>& words) {
  for (const auto& word : words) card.add(word);
}

// Xyce knows ground as 0 alone.
void append_nodes(CardText& card, const std::vector<std::string>& nodes, Dialect dialect) {
  for (const auto& node : nodes) {
    if (dialect == Dialect::xyce && is_ground(node)) {
      card.add('0');
    } else {
      card.add(node);
    }
  }
}

void append_number_or_expression(CardText& card, const Element& element) {
  if (element.value_expression.empty()) return card.add(element.value);
  check_expression(element.value_expression, "element " + element.name);
  card.add('{', element.value_expression, '}');
}

void append_source_words(CardText& card, const Element& element, Dialect dialect) {
  if (element.ac) {
    card.add("ac");
    card.add(element.ac->magnitude);
    if (element.ac->phase_deg != 0.0 || std::signbit(element.ac->phase_deg)) {
      card.add(element.ac->phase_deg);
    }
  }
  if (element.waveform) std::visit(WaveformWriter{card, element, dialect}, *element.waveform);
}

void append_value(CardText& card, const Element& element, Dialect dialect) {
  if (element.kind == Kind::instance) return;
  const bool source = element.kind == Kind::voltage || element.kind == Kind::current;
  // LTspice's manual has a source with a value or with a waveform, not with both.
  const bool without_dc = source && element.waveform && dialect == Dialect::ltspice;
  if (source && !without_dc) card.add("dc");
  if (!without_dc) append_number_or_expression(card, element);
  append_source_words(card, element, dialect);
  if (element.initial) card.add("ic=", *element.initial);
  if (!element.noisy && dialect == Dialect::ngspice) card.add("noisy=0");
  if (!element.noisy && dialect == Dialect::ltspice) card.add("noiseless");
  if (element.kind == Kind::inductor && dialect == Dialect::ltspice) card.add("Rser=0");
}

}  // namespace

void append_card(std::string& out, const Element& element, Dialect dialect) {
  check_element(element);
  CardText card(out);
  card.add(element.name);
  append_nodes(card, element.nodes, dialect);
  append_words(card, element.references);
  append_value(card, element, dialect);
  if (dialect == Dialect::xyce && !element.parameters.empty()) card.add("PARAMS:");
  append_parameters(card, element.parameters);
  append_inline_comment(out, element.comment);
}

void append_element(std::string& out, const Element& element, Dialect dialect) {
  append_comment_lines(out, element.heading);
  if (find_line_break(element.comment) != std::string_view::npos) {
    append_comment_lines(out, element.comment);
  }
  append_card(out, element, dialect);
  out += '\n';
}

void append_parameter_cards(std::string& out, const std::vector<Parameter>& parameters) {
  for (const auto& parameter : parameters) {
    check_parameter_name(parameter.name);
    if (parameter.expression.empty() && !std::isfinite(parameter.value)) {
      throw NetlistError(fmt::format("parameter {} is {}; give a finite number",
                                     quoted(parameter.name), parameter.value));
    }
    CardText card(out);
    card.add(".param");
    append_parameter(card, parameter);
    out += '\n';
  }
}

void append_definition(std::string& out, const Subcircuit& definition, Dialect dialect) {
  append_comment_lines(out, definition.heading);
  CardText card(out);
  card.add(".subckt");
  card.add(definition.name);
  append_words(card, definition.pins);
  if (dialect != Dialect::ngspice && !definition.parameters.empty()) card.add("PARAMS:");
  append_parameters(card, definition.parameters);
  out += '\n';
  append_parameter_cards(out, definition.locals);
  for (const auto& element : definition.elements) append_element(out, element, dialect);
  out += ".ends " + definition.name + "\n";
}

}  // namespace springspice::netlist
