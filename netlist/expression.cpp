#include "netlist/expression.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/parser.hpp"

namespace springspice::netlist {
namespace {

double sign_of(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x; }

struct UnaryFunction {
  std::string_view name;
  double (*apply)(double);
};
constexpr UnaryFunction kUnary[] = {
    {"sqrt", [](double x) { return std::sqrt(x); }},
    {"exp", [](double x) { return std::exp(x); }},
    {"ln", [](double x) { return std::log(x); }},
    {"log", [](double x) { return std::log(x); }},
    {"log10", [](double x) { return std::log10(x); }},
    {"abs", [](double x) { return std::abs(x); }},
    {"sgn", sign_of},
    {"int", [](double x) { return std::trunc(x); }},
    {"nint", [](double x) { return std::nearbyint(x); }},
    {"floor", [](double x) { return std::floor(x); }},
    {"ceil", [](double x) { return std::ceil(x); }},
    {"sin", [](double x) { return std::sin(x); }},
    {"cos", [](double x) { return std::cos(x); }},
    {"tan", [](double x) { return std::tan(x); }},
    {"asin", [](double x) { return std::asin(x); }},
    {"acos", [](double x) { return std::acos(x); }},
    {"atan", [](double x) { return std::atan(x); }},
    {"sinh", [](double x) { return std::sinh(x); }},
    {"cosh", [](double x) { return std::cosh(x); }},
    {"tanh", [](double x) { return std::tanh(x); }},
    {"asinh", [](double x) { return std::asinh(x); }},
    {"acosh", [](double x) { return std::acosh(x); }},
    {"atanh", [](double x) { return std::atanh(x); }},
    {"sqr", [](double x) { return x * x; }},
};

struct BinaryFunction {
  std::string_view name;
  double (*apply)(double, double);
};
constexpr BinaryFunction kBinary[] = {
    {"min", [](double x, double y) { return std::min(x, y); }},
    {"max", [](double x, double y) { return std::max(x, y); }},
    {"pow", [](double x, double y) { return std::pow(x, y); }},
    {"pwr", [](double x, double y) { return sign_of(x) * std::pow(std::abs(x), y); }},
    {"atan2", [](double x, double y) { return std::atan2(x, y); }},
};

constexpr std::string_view kFunctionNames =
    "sqrt exp ln log log10 abs sgn int nint floor ceil sin cos tan asin acos atan sinh cosh tanh "
    "asinh acosh atanh sqr min max pow pwr atan2";

struct Operator {
  std::string_view text;
  int binding;  // the larger the tighter
  double (*apply)(double, double);
};
// Longer ones first: "<=" is not "<".
constexpr Operator kOperators[] = {
    {"||", 1, [](double a, double b) { return a != 0.0 || b != 0.0 ? 1.0 : 0.0; }},
    {"&&", 2, [](double a, double b) { return a != 0.0 && b != 0.0 ? 1.0 : 0.0; }},
    {"==", 3, [](double a, double b) { return a == b ? 1.0 : 0.0; }},
    {"!=", 3, [](double a, double b) { return a != b ? 1.0 : 0.0; }},
    {"<=", 4, [](double a, double b) { return a <= b ? 1.0 : 0.0; }},
    {">=", 4, [](double a, double b) { return a >= b ? 1.0 : 0.0; }},
    {"<", 4, [](double a, double b) { return a < b ? 1.0 : 0.0; }},
    {">", 4, [](double a, double b) { return a > b ? 1.0 : 0.0; }},
    {"+", 5, [](double a, double b) { return a + b; }},
    {"-", 5, [](double a, double b) { return a - b; }},
    {"*", 6, [](double a, double b) { return a * b; }},
    {"/", 6, [](double a, double b) { return a / b; }},
    {"%", 6, [](double a, double b) { return std::fmod(a, b); }},
};
constexpr int kLoosest = 1;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_name(char c) { return begins_name(c) || is_digit(c); }

struct Word {
  std::size_t position;
  std::string_view text;
};

// One pass over the text: checks it, computes it, and tells the words that it met.
class Reader {
 public:
  /// @param lookup null where only the form matters: every name is then 1.
  Reader(std::string_view text, const Lookup* lookup) : text_(text), lookup_(lookup) {}

  double run() {
    if (text_.size() > kLongestExpression) {
      fail(0, fmt::format("an expression of {} characters; the longest is {}: split it with .param",
                          text_.size(), kLongestExpression));
    }
    const double value = choice();
    skip_blanks();
    if (at_ < text_.size()) fail(at_, rest() + " is not understood; an operator may stand there");
    return value;
  }

  std::vector<Word> names, functions, powers;
  bool collects = false;  ///< whether the three are filled

 private:
  [[noreturn]] void fail(std::size_t position, const std::string& text) const {
    throw ExpressionError(position, text);
  }

  std::string rest() const {
    return at_ == text_.size() ? "the expression's end" : quoted(text_.substr(at_));
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool accept(std::string_view token) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  void expect(std::string_view token, std::string_view what) {
    if (!accept(token)) fail(at_, fmt::format("{} instead of '{}' in {}", rest(), token, what));
  }

  double choice() {
    if (++depth_ > kDeepestExpression) {
      fail(at_, fmt::format("more than {} parentheses or choices inside one another; split the "
                            "expression with .param",
                            kDeepestExpression));
    }
    double value = binary(kLoosest, false);
    if (accept("?")) {
      const double yes = choice();
      expect(":", "condition ? a : b");
      const double no = choice();
      value = value != 0.0 ? yes : no;
    }
    --depth_;
    return value;
  }

  // Operands joined by operators that bind at least as tightly as `loosest`, from the left.
  double binary(int loosest, bool after_operator) {
    double value = power(after_operator);
    while (const Operator* found = next_operator()) {
      if (found->binding < loosest) break;
      at_ += found->text.size();
      value = found->apply(value, binary(found->binding + 1, true));
    }
    return value;
  }

  const Operator* next_operator() {
    skip_blanks();
    const std::string_view here = text_.substr(at_);
    for (const auto& candidate : kOperators) {
      if (here.starts_with(candidate.text)) return &candidate;
    }
    return nullptr;
  }

  // signs operand [** exponent]
  double power(bool after_operator) {
    const std::size_t signs = skip_signs();
    const std::size_t begin = at_;
    double value = primary();
    if (accept_power()) {
      if (after_operator && signs < begin) {
        fail(signs, "a sign before a power, which ngspice takes into it; write parentheses");
      }
      const std::size_t exponent_signs = skip_signs();
      const std::size_t exponent_begin = at_;
      const double exponent = primary();
      value = std::pow(value, with_signs(exponent_signs, exponent_begin, exponent));
      skip_blanks();
      const std::size_t second = at_;
      if (accept_power()) {
        fail(second, "a power of a power, which ngspice reads from the left and others from the "
                    "right; write parentheses");
      }
    }
    return with_signs(signs, begin, value);
  }

  bool accept_power() {
    skip_blanks();
    const std::size_t begin = at_;
    if (!accept("**") && !accept("^")) return false;
    if (collects) powers.push_back({begin, text_.substr(begin, at_ - begin)});
    return true;
  }

  std::size_t skip_signs() {
    skip_blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+' || text_[at_] == '!')) {
      ++at_;
      skip_blanks();
    }
    return begin;
  }

  double with_signs(std::size_t begin, std::size_t end, double value) const {
    while (end-- > begin) {
      if (text_[end] == '-') value = -value;
      if (text_[end] == '!') value = value == 0.0 ? 1.0 : 0.0;
    }
    return value;
  }

  double primary() {
    if (at_ < text_.size()) {
      if (is_digit(text_[at_]) || text_[at_] == '.') return number();
      if (begins_name(text_[at_])) return name();
    }
    if (!accept("(")) fail(at_, rest() + " where a number, a name or '(' should be");
    const double value = choice();
    expect(")", "an expression that began with '('");
    return value;
  }

  double number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    if (at_ + 1 < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      const std::size_t sign = text_[at_ + 1] == '+' || text_[at_ + 1] == '-' ? 1 : 0;
      if (at_ + 1 + sign < text_.size() && is_digit(text_[at_ + 1 + sign])) at_ += 1 + sign;
    }
    const auto continues_number = [](char c) {
      return continues_name(c) || static_cast<unsigned char>(c) >= 0x80;
    };
    while (at_ < text_.size() && continues_number(text_[at_])) ++at_;
    const std::string_view text = text_.substr(begin, at_ - begin);
    if (lower(text).find("mil") != std::string::npos) {
      fail(begin, quoted(text) + ": ngspice takes mil for milli in expressions; write 25.4e-6 *");
    }
    try {
      return parse_number(text);
    } catch (const NetlistError& error) {
      fail(begin, error.what());
    }
  }

  double name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (accept("(")) return call(begin, name);
    if (collects) names.push_back({begin, name});
    if (lookup_ == nullptr) return 1.0;
    if (const double* value = (*lookup_)(name)) return *value;
    if (lower(name) == "pi") return std::numbers::pi;
    fail(begin, fmt::format("{} is not known here; give it with .param, or as a parameter of the "
                            ".subckt",
                            quoted(name)));
  }

  double call(std::size_t begin, std::string_view name) {
    if (collects) functions.push_back({begin, name});
    const std::string wanted = lower(name);
    const auto is_wanted = [&](const auto& function) { return function.name == wanted; };
    const auto* unary = std::ranges::find_if(kUnary, is_wanted);
    const auto* binary_function = std::ranges::find_if(kBinary, is_wanted);
    if (unary == std::end(kUnary) && binary_function == std::end(kBinary)) {
      fail(begin, fmt::format("no function {}; there are {}", quoted(name), kFunctionNames));
    }
    const double first = choice();
    if (unary != std::end(kUnary)) {
      expect(")", wanted + "(x)");
      return unary->apply(first);
    }
    expect(",", wanted + "(x, y)");
    const double second = choice();
    expect(")", wanted + "(x, y)");
    return binary_function->apply(first, second);
  }

  std::string_view text_;
  const Lookup* lookup_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

bool is_plain_name(std::string_view text) {
  return !text.empty() && begins_name(text[0]) && std::ranges::all_of(text, continues_name);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The word's text in the one spelling that all dialects share.
std::string_view shared_spelling(const Word& word, Dialect dialect) {
  if (word.text == "^") {
    if (dialect == Dialect::ngspice) return "**";
    throw ExpressionError(word.position,
                          fmt::format("'^' is an exclusive or in {}; write ** for a power",
                                      to_string(dialect)));
  }
  if (lower(word.text) == "log") {
    if (dialect != Dialect::xyce) return "ln";
    throw ExpressionError(word.position,
                          "log() is of base 10 in some versions of Xyce and natural in others; "
                          "write ln() or log10()");
  }
  return word.text;
}

}  // namespace

double evaluate(std::string_view expression, const Lookup& lookup) {
  if (is_plain_name(expression)) {  // as in every transconductor of a chip
    if (const double* value = lookup(expression)) return *value;
  }
  const double value = Reader(expression, &lookup).run();
  if (!std::isfinite(value)) {
    throw ExpressionError(0, fmt::format("{} is {}; give an expression with a finite value",
                                         quoted(expression), value));
  }
  return value;
}

std::string read_expression(std::string_view text, Dialect dialect) {
  Reader reader(text, nullptr);
  reader.collects = true;
  reader.run();
  std::vector<Word> words = std::move(reader.functions);
  words.insert(words.end(), reader.powers.begin(), reader.powers.end());
  std::ranges::sort(words, {}, &Word::position);
  std::string out;
  std::size_t copied = 0;
  for (const auto& word : words) {
    out += text.substr(copied, word.position - copied);
    out += shared_spelling(word, dialect);
    copied = word.position + word.text.size();
  }
  out += text.substr(copied);
  return std::string(trimmed(out));
}

std::vector<std::string> names_in(std::string_view expression) {
  Reader reader(expression, nullptr);
  reader.collects = true;
  reader.run();
  std::vector<std::string> out;
  for (const auto& name : reader.names) out.emplace_back(name.text);
  return out;
}

}  // namespace springspice::netlist
