#include "netlist/parser.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include <fmt/format.h>

#include "netlist/card_cursor.hpp"
#include "netlist/deck_reader.hpp"
#include "netlist/element_parser.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/references.hpp"
#include "netlist/title.hpp"
#include "netlist/words.hpp"

namespace springspice::netlist {
namespace {

constexpr std::string_view kDropped[] = {".op", ".ac", ".noise", ".dc"};

struct Refusal {
  std::string_view card, reason;
};
constexpr Refusal kRefused[] = {
    {".control", "ngspice commands are not read; remove the .control block"},
    {".endc", "ngspice commands are not read; remove the .control block"},
    {".include", "a deck is one text; paste the file's cards here"},
    {".inc", "a deck is one text; paste the file's cards here"},
    {".lib", "a deck is one text; paste the library's .subckt here"},
    {".param", "write the numbers themselves, or parameters of a .subckt"},
    {".model", "models of devices are not read; use R L C K V I E F G H X"},
};

// Where the elements of one scope stand, for errors that are found when the whole deck is known.
using Places = std::vector<Token>;

class DeckParser {
 public:
  DeckParser(std::string_view text, std::string_view name) : reader_(text, name), name_(name) {}

  Circuit run() {
    bool ended = false;
    while (reader_.next(card_)) {
      if (ended) fail(first(), "text after .end, which ngspice would not read; move .end below it");
      const std::string word = lower(first().text);
      if (word == ".end") {
        refuse_inside_definition();
        CardCursor cursor = rest();
        cursor.expect_end("nothing may follow on this line");
        ended = true;
      } else if (word[0] == '.') {
        dot_card(word);
      } else {
        element();
      }
    }
    if (!ended) fail(reader_.end(), "the deck ends without .end; it may be cut off");
    finish();
    return std::move(circuit_);
  }

 private:
  const Token& first() const { return card_.tokens.front(); }
  [[noreturn]] void fail(const Token& at, std::string_view text) const { fail_at(name_, at, text); }

  // The card's words after the first.
  CardCursor rest() const {
    CardCursor cursor(card_, name_);
    cursor.word("a card");
    return cursor;
  }

  // Runs a step whose errors do not know the place in the deck.
  template <class Step>
  void at(const Token& place, Step&& step) const {
    try {
      step();
    } catch (const NetlistError& error) {
      fail(place, error.what());
    }
  }

  void element() {
    Element parsed = parse_element(card_, name_, open_ ? &definition_ : nullptr);
    parsed.heading = std::move(card_.heading);
    parsed.comment = std::move(card_.comment);
    if (open_) {
      at(first(), [&] { check_element(parsed); });
      definition_.elements.push_back(std::move(parsed));
      definition_places_.back().push_back(first());
    } else {
      at(first(), [&] { circuit_.add(std::move(parsed)); });
      places_.push_back(first());
    }
  }

  void dot_card(const std::string& word) {
    if (word == ".ends") return close_definition();
    for (const auto& refused : kRefused) {
      if (word == refused.card) {
        fail(first(), fmt::format("{} is refused: {}", quoted(first().text), refused.reason));
      }
    }
    refuse_inside_definition();
    if (word == ".subckt") return open_definition();
    if (word == ".ic") return initial_voltages();
    if (word == ".options" || word == ".option" || word == ".opt") return options();
    if (word == ".save") return saved();
    if (word == ".tran") return transient();
    if (std::ranges::find(kDropped, word) != std::end(kDropped)) return;
    fail(first(), fmt::format("{} is not understood; known are .subckt .ends .ic .options .save "
                              ".tran .op .ac .noise .dc .end",
                              quoted(first().text)));
  }

  void refuse_inside_definition() const {
    if (!open_) return;
    fail(first(), fmt::format("{} inside .subckt {}, which began in line {}; close it with .ends",
                              quoted(first().text), quoted(definition_.name), open_line_));
  }

  void open_definition() {
    CardCursor cursor = rest();
    definition_ = {};
    definition_.heading = std::move(card_.heading);
    definition_.name = cursor.word("the subcircuit's name").text;
    while (!cursor.at_end() && !cursor.at_assignment() && !cursor.accept("params:")) {
      definition_.pins.emplace_back(cursor.word("a pin").text);
    }
    while (!cursor.at_end()) {
      Parameter parameter;
      parameter.name = cursor.word("a parameter").text;
      cursor.expect("=", "name=default");
      parameter.value = cursor.number("a parameter's default");
      definition_.parameters.push_back(std::move(parameter));
    }
    definition_places_.emplace_back();
    open_place_ = first();
    open_line_ = first().line;
    open_ = true;
  }

  void close_definition() {
    if (!open_) fail(first(), ".ends without .subckt; remove it");
    CardCursor cursor = rest();
    if (!cursor.at_end()) {
      const Token name = cursor.word("the subcircuit's name");
      if (lower(name.text) != lower(definition_.name)) {
        fail(name, fmt::format(".ends names {}, but the open .subckt is {}", quoted(name.text),
                               quoted(definition_.name)));
      }
      cursor.expect_end("nothing may follow the name");
    }
    at(open_place_, [&] { circuit_.define(std::move(definition_)); });
    open_ = false;
  }

  // v(node)=volt ...
  void initial_voltages() {
    CardCursor cursor = rest();
    if (cursor.at_end()) fail(cursor.peek(), ".ic without values; write v(node)=number");
    while (!cursor.at_end()) {
      cursor.expect("v", "v(node)=number");
      cursor.expect("(", "v(node)=number");
      const Token node = cursor.word("a node");
      at(node, [&] { check_name(node.text, "node"); });
      cursor.expect(")", "v(node)=number");
      cursor.expect("=", "v(node)=number");
      const double volt = cursor.number("an initial voltage");
      if (!initial_nodes_.insert(lower(node.text)).second) {
        fail(node,
             fmt::format("node {} has an initial voltage already; give one", quoted(node.text)));
      }
      circuit_.initial_voltages.push_back({std::string(node.text), volt});
    }
  }

  void options() {
    CardCursor cursor = rest();
    while (!cursor.at_end()) {
      const Token place = cursor.peek();
      std::string option(cursor.word("an option").text);
      if (cursor.accept("=")) {
        option += '=';
        option += cursor.word("the option's value").text;
      }
      at(place, [&] { check_option_word(option); });
      circuit_.options.push_back(std::move(option));
    }
  }

  // Vectors such as v(x1), v(a,b), @r1[i]; blanks inside parentheses are dropped.
  void saved() {
    CardCursor cursor = rest();
    while (!cursor.at_end()) {
      const Token place = cursor.peek();
      std::string vector(cursor.word("a vector, such as v(node),").text);
      if (cursor.accept("(")) {
        vector += '(';
        while (!cursor.accept(")")) vector += cursor.word("a node and ')'").text;
        vector += ')';
      }
      at(place, [&] { check_saved_word(vector); });
      circuit_.saved.push_back(std::move(vector));
    }
  }

  // .tran step stop [start [max_step]] [uic]
  void transient() {
    if (circuit_.transient) fail(first(), "a second .tran; give one");
    CardCursor cursor = rest();
    Transient out;
    out.step_s = positive(cursor, "the step");
    out.stop_s = positive(cursor, "the stop time");
    out.use_initial = cursor.accept("uic");
    if (!out.use_initial && !cursor.at_end()) {
      const Token start = cursor.peek();
      if (cursor.number("the start time") != 0.0) {
        fail(start, fmt::format("the start time is {}; only 0 is read", quoted(start.text)));
      }
      out.use_initial = cursor.accept("uic");
    }
    if (!out.use_initial && !cursor.at_end()) {
      out.max_step_s = positive(cursor, "the longest step");
      out.use_initial = cursor.accept("uic");
    }
    cursor.expect_end("write .tran step stop 0 longest_step uic");
    circuit_.transient = out;
  }

  double positive(CardCursor& cursor, std::string_view what) const {
    const Token at = cursor.peek();
    const double value = cursor.number(what);
    if (value <= 0.0)
      fail(at, fmt::format("{} is {}; give a positive time", what, quoted(at.text)));
    return value;
  }

  // What only the whole deck tells: references, and whether the title is an element.
  void finish() {
    circuit_.title = reader_.title().text;
    if (circuit_.title == "*") circuit_.title.clear();
    circuit_.heading = reader_.circuit_heading();
    const std::string fault = title_fault(circuit_.title, circuit_);
    if (!fault.empty()) fail(reader_.title(), fault);
    check_references(circuit_.elements(), circuit_, where(places_));
    const auto& definitions = circuit_.definitions();
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      check_references(definitions[i].elements, circuit_, where(definition_places_[i]));
    }
  }

  std::function<std::string(std::size_t)> where(const Places& places) const {
    return [this, &places](std::size_t i) {
      return fmt::format("{}:{}:{}: ", name_, places[i].line, places[i].column);
    };
  }

  DeckReader reader_;
  std::string_view name_;
  Card card_;
  Circuit circuit_;
  std::unordered_set<std::string> initial_nodes_;
  Subcircuit definition_;
  Token open_place_;
  int open_line_ = 0;
  bool open_ = false;
  Places places_;
  std::vector<Places> definition_places_;
};

}  // namespace

Circuit parse_deck(std::string_view text, std::string_view name) {
  return DeckParser(text, name).run();
}

}  // namespace springspice::netlist
