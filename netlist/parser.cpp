#include "netlist/parser.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "netlist/card_cursor.hpp"
#include "netlist/deck_reader.hpp"
#include "netlist/definition_stack.hpp"
#include "netlist/dot_cards.hpp"
#include "netlist/element_parser.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/expression.hpp"
#include "netlist/foreign.hpp"
#include "netlist/parameters.hpp"
#include "netlist/references.hpp"
#include "netlist/title.hpp"

namespace springspice::netlist {
namespace {

// Analyses and what to print of them; and hints to the solver, which do not change the circuit.
constexpr std::string_view kDropped[] = {
    ".op",    ".ac",    ".noise",   ".dc",       ".tf",   ".sens", ".pz",
    ".disto", ".print", ".plot",    ".probe",    ".four", ".meas", ".measure",
    ".width", ".title", ".nodeset", ".backanno", ".net",  ".wave", ".control"};

struct Refusal {
  std::string_view card, reason;
};
constexpr Refusal kRefused[] = {
    {".endc", "no .control stands above it; remove it"},
    {".include", "a deck is one text here; expand_includes() puts the file in its place"},
    {".inc", "a deck is one text here; expand_includes() puts the file in its place"},
    {".lib", "a deck is one text here; expand_includes() puts the library in its place"},
    {".endl", "no .lib stands above it; remove it"},
    {".model", "models of devices are not read; use R L C K V I E F G H X"},
    {".func", "write the expression itself where the function is used"},
    {".step", "one deck is one circuit; write a deck for each value"},
    {".if", "write the branch that holds"},
    {".elseif", "write the branch that holds"},
    {".else", "write the branch that holds"},
    {".endif", "write the branch that holds"},
    {".machine", "state machines are not linear"},
    {".preprocess", "write the circuit as it should be solved"},
};

// Bytes of a card as hw writes it, without its comment; what is reserved and not used costs
// nothing.
constexpr std::size_t kShortCard = 48;
constexpr std::size_t kMostRoom = 4'000'000;

class DeckParser {
 public:
  DeckParser(std::string_view text, const Places& places, const ReadOptions& options,
             const ForeignNames& foreign)
      : options_(options),
        reading_{places, options.dialect},
        reader_(text, reading_.places),
        dot_cards_(circuit_, reading_),
        stack_(circuit_, reading_.places),
        foreign_(foreign),
        room_(std::min(text.size() / kShortCard, kMostRoom)) {}

  Circuit run() {
    circuit_.reserve(room_);
    places_.reserve(room_);
    bool ended = false;
    while (reader_.next(card_)) {
      if (ended) fail(first(), "text after .end, which ngspice would not read; move .end below it");
      if (first().text[0] == '.') {
        ended = dot_card(lower(first().text));
      } else {
        element();
      }
    }
    if (!ended) fail(reader_.end(), "the deck ends without .end; it may be cut off");
    finish();
    return std::move(circuit_);
  }

 private:
  // What only the whole deck tells: references, names in expressions, whether the title is an
  // element.
  void finish() {
    circuit_.title = reader_.title().text;
    if (circuit_.title == "*") circuit_.title.clear();
    circuit_.heading = reader_.circuit_heading();
    const std::string fault = title_fault(circuit_.title, circuit_);
    if (!fault.empty()) fail(reader_.title(), fault);
    const GlobalParameters globals(circuit_.parameters,
                                   [&](std::size_t i) { return at(parameter_places_[i]); });
    check_scope(circuit_.elements(), places_, nullptr, globals);
    const auto& definitions = circuit_.definitions();
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      check_scope(definitions[i].elements, stack_.element_places()[i], &definitions[i], globals);
    }
  }

  void check_scope(const std::vector<Element>& elements, const std::vector<Token>& places,
                   const Subcircuit* definition, const GlobalParameters& globals) const {
    const auto where = [&](std::size_t i) { return at(places[i]); };
    check_references(elements, circuit_, where);
    check_expressions(elements, definition, globals, where);
  }

  const Token& first() const { return card_.tokens.front(); }
  std::string at(const Token& token) const { return reading_.places.of(token); }
  [[noreturn]] void fail(const Token& token, std::string_view text) const {
    reading_.places.fail(token, text);
  }

  // The card's words after the first.
  CardCursor rest() const {
    CardCursor cursor(card_, reading_);
    cursor.word("a card");
    return cursor;
  }

  void element() {
    if (options_.keep_unknown && is_foreign(first().text)) return keep();
    Element parsed = parse_element(card_, reading_, stack_.parameters());
    parsed.heading = std::move(card_.heading);
    parsed.comment = std::move(card_.comment);
    if (parsed.kind == Kind::instance && foreign_.contains(lower(parsed.references[0]))) {
      return keep();
    }
    run_at(reading_.places, first(), [&] {
      if (stack_.is_open()) {
        check_element(parsed);
        stack_.add(std::move(parsed), first());
      } else {
        circuit_.add(std::move(parsed));
        places_.push_back(first());
      }
    });
  }

  // A card that no element stands for; inside a definition there is none, for the definition as a
  // whole is foreign then.
  void keep() {
    std::string name(first().text);
    if (name[0] == '.' && card_.tokens.size() > 1) name += ' ' + std::string(card_.tokens[1].text);
    circuit_.foreign.push_back({std::move(name), text_of(card_)});
  }

  // True for .end.
  bool dot_card(const std::string& word) {
    if (word == ".end") {
      stack_.refuse_inside(first());
      rest().expect_end("nothing may follow on this line");
      return true;
    }
    if (word == ".subckt") {
      open_definition();
    } else if (word == ".ends") {
      close_definition();
    } else if (word == ".param" || word == ".csparam" || word == ".global_param") {
      parameters();
    } else if (word == ".global") {
      global_nodes();
    } else if (options_.keep_unknown && is_foreign(word)) {
      keep();
    } else if (std::ranges::find(kDropped, word) == std::end(kDropped) && !is_preprocess(word)) {
      refuse(word);
      stack_.refuse_inside(first());
      if (!dot_cards_.read(word, card_)) refuse_unknown();
    }
    return false;
  }

  // Xyce's, where it leaves the circuit what it is.
  bool is_preprocess(const std::string& word) const {
    if (word != ".preprocess") return false;
    CardCursor cursor = rest();
    return cursor.accept("replaceground") || cursor.accept("removeunused");
  }

  void refuse(const std::string& word) const {
    const auto refused = std::ranges::find(kRefused, word, &Refusal::card);
    if (refused == std::end(kRefused)) return;
    fail(first(), fmt::format("{} is refused: {}", quoted(first().text), refused->reason));
  }

  [[noreturn]] void refuse_unknown() const {
    fail(first(), fmt::format("{} is not understood; known are .subckt .ends .param .ic .options "
                              ".save .tran .temp .end, and analyses, which are dropped",
                              quoted(first().text)));
  }

  void open_definition() {
    CardCursor cursor = rest();
    Subcircuit definition;
    definition.heading = std::move(card_.heading);
    definition.name = cursor.word("the subcircuit's name").text;
    if (!stack_.is_open() && foreign_.contains(lower(definition.name))) {
      return keep_definition();
    }
    while (!cursor.at_end() && !cursor.at_assignment() && !cursor.accept("params:")) {
      definition.pins.emplace_back(cursor.word("a pin").text);
    }
    while (!cursor.at_end()) definition.parameters.push_back(read_parameter(cursor));
    stack_.open(std::move(definition), first());
  }

  // The whole definition, card by card.
  void keep_definition() {
    const std::string name = ".subckt " + std::string(card_.tokens[1].text);
    const Token begin = first();
    circuit_.foreign.push_back({name, text_of(card_)});
    for (int depth = 1; depth > 0;) {
      if (!reader_.next(card_)) fail(begin, "a .subckt without .ends; the deck may be cut off");
      const std::string word = lower(first().text);
      depth += word == ".subckt" ? 1 : word == ".ends" ? -1 : 0;
      circuit_.foreign.push_back({name, text_of(card_)});
    }
  }

  void close_definition() {
    CardCursor cursor = rest();
    stack_.check_open(first());
    if (!cursor.at_end()) {
      const Token name = cursor.word("the subcircuit's name");
      if (lower(name.text) != lower(stack_.innermost())) {
        fail(name, fmt::format(".ends names {}, but the open .subckt is {}", quoted(name.text),
                               quoted(stack_.innermost())));
      }
      cursor.expect_end("nothing may follow the name");
    }
    stack_.close();
  }

  // .param name=value ...
  void parameters() {
    CardCursor cursor = rest();
    if (cursor.at_end()) fail(cursor.peek(), ".param without values; write name=number");
    while (!cursor.at_end()) {
      const Token place = cursor.peek();
      Parameter parameter = read_parameter(cursor);
      run_at(reading_.places, place, [&] { check_parameter_name(parameter.name); });
      if (stack_.is_open()) {
        stack_.add(std::move(parameter), place);
      } else {
        add_global(std::move(parameter), place);
      }
    }
  }

  void add_global(Parameter parameter, const Token& place) {
    const std::string name = lower(parameter.name);
    if (circuit_.parameters.size() >= kMostParameters) {
      fail(place,
           fmt::format("more than {} parameters; write the numbers themselves", kMostParameters));
    }
    if (!global_names_.insert(name).second) {
      fail(place, fmt::format("parameter {} is given twice", quoted(parameter.name)));
    }
    // Known at once where it needs nothing that stands below.
    if (parameter.expression.empty()) {
      reading_.constants.emplace(name, parameter.value);
    } else {
      remember(name, parameter.expression);
    }
    parameter_places_.push_back(place);
    circuit_.parameters.push_back(std::move(parameter));
  }

  void remember(const std::string& name, const std::string& expression) {
    const auto lookup = [&](std::string_view wanted) -> const double* {
      const auto found = reading_.constants.find(lower(wanted));
      return found == reading_.constants.end() ? nullptr : &found->second;
    };
    try {
      reading_.constants.emplace(name, evaluate(expression, lookup));
    } catch (const ExpressionError&) {  // finish() says what is wrong, if anything is
    }
  }

  void global_nodes() const {
    CardCursor cursor = rest();
    while (!cursor.at_end()) {
      const Token node = cursor.word("a node");
      if (is_ground(node.text)) continue;
      fail(node, fmt::format(".global {}: only ground is global here; hand the node to the "
                             ".subckt as a pin",
                             quoted(node.text)));
    }
  }

  const ReadOptions& options_;
  Reading reading_;
  DeckReader reader_;
  Card card_;
  Circuit circuit_;
  DotCards dot_cards_;
  DefinitionStack stack_;
  const ForeignNames& foreign_;
  std::size_t room_;  // for elements, made at once: growing would copy them twice
  std::unordered_set<std::string> global_names_;
  std::vector<Token> places_;
  std::vector<Token> parameter_places_;
};

Circuit parse(std::string_view text, const Places& places, const ReadOptions& options) {
  const ForeignNames foreign = options.keep_unknown ? find_foreign(text, places) : ForeignNames();
  return DeckParser(text, places, options, foreign).run();
}

}  // namespace

Circuit parse_deck(std::string_view text, std::string_view name, const ReadOptions& options) {
  return parse(text, Places(name), options);
}

Circuit parse_deck(const SourceText& source, const ReadOptions& options) {
  return parse(source.text, Places("deck", source.origins), options);
}

}  // namespace springspice::netlist
