#include "netlist/dot_cards.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/words.hpp"

namespace springspice::netlist {
namespace {

double time(CardCursor& cursor, std::string_view what, bool may_be_zero) {
  const Token at = cursor.peek();
  const double value = cursor.number(what);
  if (value < 0.0 || (value == 0.0 && !may_be_zero)) {
    cursor.fail(at, fmt::format("{} is {}; give a positive time", what, quoted(at.text)));
  }
  return value;
}

bool accept_uic(CardCursor& cursor) {
  return cursor.accept("uic") || (cursor.dialect() == Dialect::xyce && cursor.accept("noop"));
}

// What LTspice and Xyce choose themselves where the step is 0: ngspice's longest step.
double usual_step(const Transient& transient) {
  return transient.max_step_s > 0.0 ? transient.max_step_s : transient.stop_s / 50.0;
}

}  // namespace

bool DotCards::read(std::string_view word, const Card& card) {
  if (word == ".ic") {
    initial_voltages(card);
  } else if (word == ".options" || word == ".option" || word == ".opt") {
    // Xyce's go to one of its packages (timeint, linsol) and mean nothing elsewhere.
    if (reading_.dialect != Dialect::xyce) options(card);
  } else if (word == ".save") {
    saved(card);
  } else if (word == ".tran") {
    transient(card);
  } else if (word == ".temp") {
    temperature(card);
  } else {
    return false;
  }
  return true;
}

CardCursor DotCards::rest(const Card& card) const {
  CardCursor cursor(card, reading_);
  cursor.word("a card");
  return cursor;
}

// v(node)=volt ...
void DotCards::initial_voltages(const Card& card) {
  CardCursor cursor = rest(card);
  if (cursor.at_end()) cursor.fail(cursor.peek(), ".ic without values; write v(node)=number");
  while (!cursor.at_end()) {
    cursor.expect("v", "v(node)=number");
    cursor.expect("(", "v(node)=number");
    const Token node = cursor.word("a node");
    std::string name(node.text);
    // A node inside an instance: xa:n in Xyce and LTspice.
    if (reading_.dialect != Dialect::ngspice) std::ranges::replace(name, ':', '.');
    run_at(reading_.places, node, [&] { check_name(name, "node"); });
    cursor.expect(")", "v(node)=number");
    cursor.expect("=", "v(node)=number");
    const double volt = cursor.number("an initial voltage");
    if (!initial_nodes_.insert(lower(name)).second) {
      cursor.fail(
          node, fmt::format("node {} has an initial voltage already; give one", quoted(node.text)));
    }
    circuit_.initial_voltages.push_back({std::move(name), volt});
  }
}

void DotCards::options(const Card& card) {
  CardCursor cursor = rest(card);
  while (!cursor.at_end()) {
    const Token place = cursor.peek();
    std::string option(cursor.word("an option").text);
    if (cursor.accept("=")) {
      option += '=';
      option += cursor.word("the option's value").text;
    }
    run_at(reading_.places, place, [&] { check_option_word(option); });
    circuit_.options.push_back(std::move(option));
  }
}

// Vectors such as v(x1), v(a,b), @r1[i]; blanks inside parentheses are dropped.
void DotCards::saved(const Card& card) {
  CardCursor cursor = rest(card);
  while (!cursor.at_end()) {
    const Token place = cursor.peek();
    std::string vector(cursor.word("a vector, such as v(node),").text);
    if (cursor.accept("(")) {
      vector += '(';
      while (!cursor.accept(")")) vector += cursor.word("a node and ')'").text;
      vector += ')';
    }
    run_at(reading_.places, place, [&] { check_saved_word(vector); });
    circuit_.saved.push_back(std::move(vector));
  }
}

// As the option of the same meaning.
void DotCards::temperature(const Card& card) {
  CardCursor cursor = rest(card);
  const Token place = cursor.peek();
  cursor.number("a temperature");
  cursor.expect_end("give one temperature");
  run_at(reading_.places, place, [&] { check_option_word(place.text); });
  circuit_.options.push_back("temp=" + std::string(place.text));
}

// .tran step stop [start [max_step]] [uic]
void DotCards::transient(const Card& card) {
  CardCursor cursor = rest(card);
  if (circuit_.transient) cursor.fail(card.tokens[0], "a second .tran; give one");
  const bool step_is_free = reading_.dialect != Dialect::ngspice;
  Transient out;
  out.step_s = time(cursor, "the step", step_is_free);
  if (reading_.dialect == Dialect::ltspice && !cursor.at_number()) {
    out.stop_s = std::exchange(out.step_s, 0.0);  // .tran stop
  } else {
    out.stop_s = time(cursor, "the stop time", false);
  }
  out.use_initial = accept_uic(cursor);
  if (!out.use_initial && !cursor.at_end()) {
    const Token start = cursor.peek();
    if (cursor.number("the start time") != 0.0) {
      cursor.fail(start, fmt::format("the start time is {}; only 0 is read", quoted(start.text)));
    }
    out.use_initial = accept_uic(cursor);
  }
  if (!out.use_initial && !cursor.at_end()) {
    out.max_step_s = time(cursor, "the longest step", false);
    out.use_initial = accept_uic(cursor);
  }
  cursor.expect_end("write .tran step stop 0 longest_step uic");
  if (out.step_s == 0.0) out.step_s = usual_step(out);
  circuit_.transient = out;
}

}  // namespace springspice::netlist
