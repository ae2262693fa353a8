// Arithmetic in decks: what stands between the braces of `r1 a b {2*r0}`.
//
//   operators (tightest first)       | meaning
//   ---------------------------------|-----------------------------------------------------------
//   ( )  f(x)                        | grouping; functions below
//   **  ^                            | power; `a**b**c` is refused: ngspice reads (a**b)**c, the
//                                    | mathematician a**(b**c)
//   + - !                            | signs, not; -a**2 is -(a**2), and `2*-a**2` is refused:
//                                    | ngspice squares -a there
//   * / %                            | product, quotient, remainder
//   + -                              | sum, difference
//   < <= > >=  == !=  &&  ||         | 1 if it holds, else 0; each a step looser
//   c ? a : b                        | loosest, from the right
//
// Functions: sqrt exp ln log (natural, as in ngspice and LTspice) log10 abs sgn int (towards zero)
// nint (to even) floor ceil sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sqr of one
// number; min max pow pwr (|x|^y with the sign of x) atan2 of two. `pi` is a name unless the deck
// gives it. Numbers are those of parse_number(), but `mil`, which ngspice takes for milli there, is
// refused. Names are compared without regard to case.
//
// In LTspice and Xyce `^` is an exclusive or, and in Xyce `log` has been of either base: in these
// dialects both are refused with what to write instead. (ngspice facts: measured on version 39.)
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "netlist/dialect.hpp"
#include "netlist/error.hpp"

namespace springspice::netlist {

/// Parentheses, calls and choices inside one another; characters of one expression.
constexpr int kDeepestExpression = 200;
constexpr std::size_t kLongestExpression = 10'000;

/// What is wrong inside an expression, and where: bytes from its first.
class ExpressionError : public NetlistError {
 public:
  ExpressionError(std::size_t position, const std::string& text)
      : NetlistError(text), position_(position) {}
  std::size_t position() const { return position_; }

 private:
  std::size_t position_;
};

/// The value of a name in any case, or null.
using Lookup = std::function<const double*(std::string_view name)>;

/// @throws ExpressionError for text that is no expression, an unknown name, and a value that is NaN
/// or infinite.
double evaluate(std::string_view expression, const Lookup& lookup);

/// The expression as circuits keep it, which means the same in every dialect: `^` becomes `**`,
/// `log` becomes `ln`; blanks around it go. @throws ExpressionError as evaluate() does, but for
/// names and values.
std::string read_expression(std::string_view text, Dialect dialect);

/// The names that it uses (not functions), each as it stands. @throws ExpressionError
std::vector<std::string> names_in(std::string_view expression);

}  // namespace springspice::netlist
