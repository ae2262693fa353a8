#include "netlist/element_parser.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/waveform_parser.hpp"

namespace springspice::netlist {
namespace {

struct Refusal {
  char letter;
  std::string_view reason;
};
constexpr Refusal kRefused[] = {
    {'a', "a code model (XSPICE) is not linear, or is digital"},
    {'b',
     "a behavioural source may be any function of the voltages; where it is linear, write it "
     "as E, F, G or H"},
    {'d', "a diode is not linear: its current grows exponentially with its voltage"},
    {'j', "a junction transistor (JFET) is not linear"},
    {'m', "a MOS transistor is not linear"},
    {'n', "a compiled device model (OSDI) is not linear, as a rule"},
    {'o',
     "a lossy transmission line has a delay, which finite matrices cannot hold; write a ladder "
     "of R, L and C"},
    {'p',
     "a coupled transmission line has a delay, which finite matrices cannot hold; write a "
     "ladder of R, L and C"},
    {'q', "a bipolar transistor is not linear: its current grows exponentially with its voltage"},
    {'s', "a switch is not linear: it changes with a voltage"},
    {'t',
     "a transmission line has a delay, which finite matrices cannot hold; write a ladder of L "
     "and C"},
    {'u',
     "a distributed RC line or a digital device has no finite matrices here; write a ladder "
     "of R and C"},
    {'w', "a switch is not linear: it changes with a current"},
    {'y', "a lossy line (or another device of Xyce) has no finite matrices here"},
    {'z', "a MESFET is not linear"},
};

// What a designer may write behind the value, where only one value leaves the element as it is.
struct Attribute {
  std::string_view letters;  // of the elements that have it
  std::string_view name;
  std::string_view advice;  // where it is not 0
};
constexpr Attribute kZeroAttributes[] = {
    {"rlc", "tc", "the value depends on the temperature; write the value at yours"},
    {"rlc", "tc1", "the value depends on the temperature; write the value at yours"},
    {"rlc", "tc2", "the value depends on the temperature; write the value at yours"},
    {"rlc", "dtemp", "parts at different temperatures are not read"},
    {"lcvi", "rser", "write the series resistance as a resistor of its own"},
    {"lc", "lser", "write the series inductance as an inductor of its own"},
    {"lc", "rpar", "write the parallel resistance as a resistor of its own"},
    {"lcvi", "cpar", "write the parallel capacitance as a capacitor of its own"},
    {"c", "rlshunt", "write the shunt resistance as a resistor of its own"},
};

// LTspice's notes on a part, which no simulation reads.
constexpr std::string_view kNotes[] = {"tol", "pwr", "mfg", "pn",  "type", "irms",
                                       "ipk", "vpk", "v",   "lot", "dev"};

constexpr std::string_view kBehavioural[] = {"value",   "vol",   "cur", "poly",
                                             "laplace", "table", "freq"};

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

class ElementParser {
 public:
  /// @param element an empty one, which is filled in place: a deck has millions of them
  ElementParser(const Card& card, const Reading& reading,
                const std::unordered_set<std::string>& parameters, Element& element)
      : cursor_(card, reading), parameters_(parameters), element_(element) {}

  void run() {
    const Token name = cursor_.word("an element");
    letter_ = lower(name.text.substr(0, 1))[0];
    const KindRules* rules = rules_of_letter(letter_);
    if (rules == nullptr) refuse_letter(name);
    element_.kind = rules->kind;
    element_.name = name.text;
    if (element_.kind == Kind::instance) {
      read_instance();
    } else {
      read_terminals(*rules);
      read_values(*rules);
    }
  }

 private:
  [[noreturn]] void refuse_letter(const Token& name) const {
    const std::string_view reason = reason_for_refusal(letter_);
    if (!reason.empty()) {
      cursor_.fail(name, fmt::format("element {} is refused: {}", quoted(name.text), reason));
    }
    cursor_.fail(name, fmt::format("no element begins like {}; known are R L C K V I E F G H X, "
                                   "and cards that begin with '.'",
                                   quoted(name.text)));
  }

  // Texts for errors are made when there is an error: a deck has millions of nodes.
  void read_terminals(const KindRules& rules) {
    element_.nodes.reserve(rules.nodes);
    for (std::size_t i = 0; i < rules.nodes; ++i) {
      if (!cursor_.at_word()) {
        cursor_.word(fmt::format("node {} of {} of {}", i + 1, rules.nodes, rules.noun));
      }
      if (i == 2) refuse_behavioural(cursor_.peek());
      element_.nodes.emplace_back(cursor_.word("a node").text);
    }
    const auto what =
        rules.reference_letter == 'l' ? "an inductor's name" : "a voltage source's name";
    for (std::size_t i = 0; i < rules.references; ++i) {
      refuse_behavioural(cursor_.peek());
      element_.references.emplace_back(cursor_.word(what).text);
    }
    if (element_.kind == Kind::coupling && cursor_.at_word() && !cursor_.at_number() &&
        lower(cursor_.peek().text.substr(0, 1)) == "l") {
      cursor_.fail(cursor_.peek(),
                   "a coupling of more than two inductors; write one K for each pair");
    }
  }

  void refuse_behavioural(const Token& at) const {
    if (!is_one_of(lower(at.text), kBehavioural)) return;
    cursor_.fail(at, fmt::format("{}: a behavioural source may be any function of the voltages; "
                                 "where it is linear, write its nodes and its gain",
                                 quoted(at.text)));
  }

  void read_values(const KindRules& rules) {
    if (element_.kind == Kind::voltage || element_.kind == Kind::current) {
      read_source();
      return;
    }
    read_value("the", rules.quantity);
    while (!cursor_.at_end()) {
      if (!read_option() && !read_attribute()) refuse_option(rules);
    }
  }

  bool read_option() {
    const Token at = cursor_.peek();
    const bool reactive = element_.kind == Kind::inductor || element_.kind == Kind::capacitor;
    if (element_.kind == Kind::resistor && cursor_.accept("noisy")) {
      cursor_.expect("=", "noisy=");
      element_.noisy = cursor_.number("noisy, 0 or 1,") != 0.0;
    } else if (element_.kind == Kind::resistor && cursor_.accept("noiseless")) {
      element_.noisy = false;
    } else if (reactive && cursor_.accept("ic")) {
      if (element_.initial) cursor_.fail(at, "a second 'ic'; give one");
      cursor_.expect("=", "ic=");
      element_.initial = cursor_.number("an initial value");
    } else if ((reactive || element_.kind == Kind::resistor) && cursor_.at_assignment() &&
               cursor_.accept("m")) {
      if (std::exchange(multiplied_, true)) cursor_.fail(at, "a second 'm'; give one");
      cursor_.expect("=", "m=");
      multiply(cursor_.quantity("the number of parts in parallel"));
    } else {
      return false;
    }
    return true;
  }

  // m equal parts side by side: R/m, L/m, m C.
  void multiply(const Quantity& count) {
    const bool grows = element_.kind == Kind::capacitor;
    if (count.expression.empty() && element_.value_expression.empty()) {
      element_.value = grows ? element_.value * count.value : element_.value / count.value;
      return;
    }
    const auto text = [](const Quantity& q) {
      return q.expression.empty() ? fmt::format("{}", q.value) : q.expression;
    };
    element_.value_expression =
        fmt::format("({}){}({})", text({element_.value, element_.value_expression}),
                    grows ? '*' : '/', text(count));
  }

  // name=value that changes nothing, or is refused because it would.
  bool read_attribute() {
    if (!cursor_.at_assignment()) return false;
    const Token at = cursor_.peek();
    const std::string name = lower(at.text);
    const auto attribute = std::ranges::find_if(kZeroAttributes, [&](const Attribute& candidate) {
      return candidate.name == name && candidate.letters.find(letter_) != std::string_view::npos;
    });
    const bool note = cursor_.dialect() == Dialect::ltspice && is_one_of(name, kNotes);
    if (!note && attribute == std::end(kZeroAttributes)) return false;
    cursor_.word("an attribute");
    cursor_.expect("=", name + "=");
    if (note) {
      cursor_.word("its value");
      return true;
    }
    do {
      const Token value = cursor_.peek();
      if (cursor_.number("a number") == 0.0) continue;
      cursor_.fail(at, fmt::format("{}={}: {}", quoted(at.text), value.text, attribute->advice));
    } while (name.starts_with("tc") && cursor_.at_number());
    return true;
  }

  [[noreturn]] void refuse_option(const KindRules& rules) const {
    const Token at = cursor_.peek();
    const std::string name = lower(at.text);
    if (name == "ac")
      cursor_.fail(at, "'ac': a resistance of its own for .ac is not read; give one");
    if (name == "temp") {
      cursor_.fail(at, "'temp': parts at different temperatures are not read; leave it out");
    }
    if (name == "scale") cursor_.fail(at, "'scale': write the scaled value itself");
    cursor_.fail(at,
                 fmt::format("{} is not understood; {}", quoted(at.text), what_may_follow(rules)));
  }

  std::string what_may_follow(const KindRules& rules) const {
    switch (element_.kind) {
      case Kind::resistor:
        return "after the resistance only noisy= and m= may follow";
      case Kind::inductor:
      case Kind::capacitor:
        return "after the value only ic= and m= may follow";
      default:
        return fmt::format("the card of {} ends with its {}", rules.noun, rules.quantity);
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
        cursor_.accept("=");
        read_ac();
      } else if (is_waveform(cursor_)) {
        if (element_.waveform) cursor_.fail(at, "a second waveform; give one");
        element_.waveform = read_waveform(cursor_);
      } else if (!read_attribute()) {
        read_dc(at, has_dc);
        has_dc = true;
      }
    }
    if (!has_dc && element_.waveform) element_.value = start_value(*element_.waveform);
    if (!has_dc && !element_.ac && !element_.waveform)
      cursor_.fail(start, "the source has no value; write dc and a number");
  }

  void read_dc(const Token& at, bool again) {
    const bool keyword = cursor_.accept("dc");
    if (again) {
      cursor_.fail(at, fmt::format("{} follows the DC value; only ac and a waveform may follow",
                                   quoted(at.text)));
    }
    if (keyword) cursor_.accept("=");
    if (!keyword && begins_name(at.text[0]) && !is_parameter(at.text)) refuse_waveform(cursor_, at);
    read_value("the", keyword ? "DC value" : "value");
  }

  void read_ac() {
    AcStimulus ac;
    ac.magnitude = cursor_.number("an ac magnitude");
    if (cursor_.at_number()) ac.phase_deg = cursor_.number("an ac phase");
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
    while (!cursor_.at_end()) element_.parameters.push_back(read_parameter(cursor_));
  }

  bool is_parameter(std::string_view name) const {
    return !parameters_.empty() && parameters_.contains(lower(name));
  }

  void read_value(std::string_view article, std::string_view quantity) {
    if (cursor_.at_assignment() && names_the_value(cursor_.peek().text)) {
      cursor_.word("a value's name");
      cursor_.expect("=", "a value");
    }
    const Token at = cursor_.peek();
    if (cursor_.at_end() || cursor_.at_assignment()) {
      cursor_.fail(at, fmt::format("element {} has no {}; write a number (ngspice would guess one)",
                                   quoted(element_.name), quantity));
    }
    if (is_parameter(at.text)) {
      element_.value_expression = cursor_.word("a parameter").text;
      return;
    }
    if (!cursor_.at_word()) cursor_.word(fmt::format("{} {}", article, quantity));
    Quantity read = cursor_.quantity(article, quantity);
    element_.value = read.value;
    element_.value_expression = std::move(read.expression);
  }

  // R=, L= and C= before the value.
  bool names_the_value(std::string_view word) const {
    return std::string_view("rlc").find(letter_) != std::string_view::npos && word.size() == 1 &&
           lower(word)[0] == letter_;
  }

  CardCursor cursor_;
  const std::unordered_set<std::string>& parameters_;
  char letter_ = '\0';
  bool multiplied_ = false;
  Element& element_;
};

}  // namespace

Element parse_element(const Card& card, const Reading& reading,
                      const std::unordered_set<std::string>& parameters) {
  Element element;
  ElementParser(card, reading, parameters, element).run();
  return element;
}

std::string_view reason_for_refusal(char lower_letter) {
  const auto found = std::ranges::find(kRefused, lower_letter, &Refusal::letter);
  return found == std::end(kRefused) ? std::string_view() : found->reason;
}

}  // namespace springspice::netlist
