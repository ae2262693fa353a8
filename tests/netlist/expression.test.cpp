// The arithmetic of decks. Where a value could surprise, it is what ngspice 39 gives.
#include "netlist/expression.hpp"

#include <numbers>
#include <unordered_map>

#include "netlist/circuit.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/message_of.hpp"

using namespace springspice::netlist;
using springspice::netlist::testing::message_of;

namespace {

double value(std::string_view text) {
  const std::unordered_map<std::string, double> known = {{"a", 3.0}, {"r_1", 1e3}, {"zero", 0.0}};
  return evaluate(text, [&](std::string_view name) -> const double* {
    const auto found = known.find(lower(name));
    return found == known.end() ? nullptr : &found->second;
  });
}

}  // namespace

TEST_CASE("operators bind as they do in ngspice") {
  CHECK(value("1-2-3") == -4.0);
  CHECK(value("8/4/2") == 1.0);
  CHECK(value("2/3*6") == 4.0);
  CHECK(value("1 + 2 * 3") == 7.0);
  CHECK(value("(1+2)*3") == 9.0);
  CHECK(value("-2**2") == -4.0);
  CHECK(value("(-8)**2") == 64.0);
  CHECK(value("2**-1") == 0.5);
  CHECK(value("2^3") == 8.0);
  CHECK(value("2*-3") == -6.0);
  CHECK(value("2 - -3") == 5.0);
  CHECK(value("7%4") == 3.0);
  CHECK(value("5>3") == 1.0);
  CHECK(value("(5>3)+1") == 2.0);
  CHECK(value("1==1 && 2<1") == 0.0);
  CHECK(value("1!=1 || 2>=2") == 1.0);
  CHECK(value("!0") == 1.0);
  CHECK(value("5>3 ? 7 : 8") == 7.0);
  CHECK(value("zero ? 1/zero : a ? 1 : 2") == 1.0);
}

TEST_CASE("numbers and names") {
  CHECK(value("1k*2") == 2000.0);
  CHECK(value("1u + 1e-6") == 2e-6);
  CHECK(value("1e3-1") == 999.0);
  CHECK(value("A*R_1") == 3000.0);
  CHECK(value("10uF") == 1e-5);
  CHECK(value("pi") == std::numbers::pi);
}

TEST_CASE("functions") {
  CHECK(value("sqrt(9)") == 3.0);
  CHECK(value("LN(exp(1))") == 1.0);
  CHECK(value("log10(100)") == 2.0);
  CHECK(value("int(-2.5)") == -2.0);
  CHECK(value("nint(2.5)") == 2.0);
  CHECK(value("floor(-2.5)") == -3.0);
  CHECK(value("ceil(2.1)") == 3.0);
  CHECK(value("sgn(-3)") == -1.0);
  CHECK(value("pow(-2,3)") == -8.0);
  CHECK(value("pwr(-2,2)") == -4.0);
  CHECK(value("min(1, max(a, 2))") == 1.0);
  CHECK(value("sqr(3)") == 9.0);
}

TEST_CASE("what evaluate() refuses, and where") {
  const struct {
    const char* expression;
    std::size_t position;
    const char* text;
  } mistakes[] = {
      {"", 0, "the expression's end where a number, a name or '(' should be"},
      {"1+", 2, "the expression's end"},
      {"(1", 2, "the expression's end instead of ')'"},
      {"1 2", 2, "'2' is not understood; an operator may stand there"},
      {"b+1", 0, "'b' is not known here; give it with .param"},
      {"f(1)", 0, "no function 'f'; there are sqrt exp ln"},
      {"2**3**2", 4, "a power of a power"},
      {"2*-a**2", 2, "a sign before a power"},
      {"1+2mil", 2, "ngspice takes mil for milli in expressions"},
      {"1+2q", 2, "'2q' is not a number"},
      {"1/zero", 0, "'1/zero' is inf"},
      {"sqrt(-1)", 0, "give an expression with a finite value"},
      {"a?1", 3, "the expression's end instead of ':'"},
      {"max(1)", 5, "')' instead of ','"},
      {"a}", 1, "'}' is not understood"},
  };
  for (const auto& [expression, position, text] : mistakes) {
    DYNAMIC_SECTION(expression) {
      std::size_t where = 1000;
      const std::string message = message_of([&, e = expression] {
        try {
          value(e);
        } catch (const ExpressionError& error) {
          where = error.position();
          throw;
        }
      });
      CHECK_THAT(message, ContainsSubstring(text));
      CHECK(where == position);
    }
  }
}

TEST_CASE("an expression is neither too long nor too deep") {
  const std::string deep(kDeepestExpression - 1, '(');
  CHECK(value(deep + "1" + std::string(deep.size(), ')')) == 1.0);
  CHECK_THAT(message_of([&] { value("((" + deep); }),
             ContainsSubstring("more than 200 parentheses"));
  std::string signs(9999, '-');
  signs += '1';
  CHECK(value(signs) == -1.0);
  CHECK_THAT(message_of([&] { value(std::string(10001, '1')); }),
             ContainsSubstring("an expression of 10001 characters"));
}

TEST_CASE("dialects are read into one spelling") {
  CHECK(read_expression(" a^2+log(x) ", Dialect::ngspice) == "a**2+ln(x)");
  CHECK(read_expression("a**2+LOG(x)", Dialect::ltspice) == "a**2+ln(x)");
  CHECK_THAT(message_of([] { read_expression("a^2", Dialect::ltspice); }),
             ContainsSubstring("'^' is an exclusive or in ltspice; write **"));
  CHECK_THAT(message_of([] { read_expression("log(2)", Dialect::xyce); }),
             ContainsSubstring("write ln() or log10()"));
  CHECK(names_in("a+sin(B_1)*2k-pi") == std::vector<std::string>{"a", "B_1", "pi"});
}
