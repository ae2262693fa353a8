#include <bit>
#include <clocale>
#include <limits>
#include <random>

#include "netlist/error.hpp"
#include "netlist/parser.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;

TEST_CASE("numbers with suffixes are the doubles nearest to what is written") {
  CHECK(parse_number("4.7k") == 4700.0);
  CHECK(parse_number("1meg") == 1e6);
  CHECK(parse_number("1MEG") == 1e6);
  CHECK(parse_number("1M") == 1e-3);
  CHECK(parse_number("10uF") == 1e-5);
  CHECK(parse_number("1F") == 1e-15);
  CHECK(parse_number("2.2n") == 2.2e-9);
  CHECK(parse_number("3.3p") == 3.3e-12);
  CHECK(parse_number("1.1t") == 1.1e12);
  CHECK(parse_number("7g") == 7e9);
  CHECK(parse_number("1.5e3k") == 1.5e6);
  CHECK(parse_number("1mil") == 25.4e-6);
  CHECK(parse_number("2kohm") == 2000.0);
  CHECK(parse_number("5V") == 5.0);
  CHECK(parse_number("5mA") == 5e-3);
  CHECK(parse_number("10MegHz") == 1e7);
}

TEST_CASE("plain numbers") {
  CHECK(parse_number("+1") == 1.0);
  CHECK(parse_number("-.5") == -0.5);
  CHECK(parse_number("5.") == 5.0);
  CHECK(parse_number("5.e1") == 50.0);
  CHECK(parse_number("1E-06") == 1e-6);
  CHECK(std::signbit(parse_number("-0")));
}

TEST_CASE("numbers are written in the shortest form that reads back") {
  CHECK(format_number(1e-6) == "1e-06");
  CHECK(format_number(1000.0) == "1000");
  CHECK(format_number(0.1) == "0.1");
  CHECK(format_number(-0.0) == "-0");
  std::mt19937_64 engine(1);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(engine());
    if (!std::isfinite(value)) continue;
    CHECK(std::bit_cast<std::uint64_t>(parse_number(format_number(value))) ==
          std::bit_cast<std::uint64_t>(value));
  }
  const double largest = std::numeric_limits<double>::max();
  CHECK(parse_number(format_number(largest)) == largest);
}

TEST_CASE("numbers do not depend on the locale") {
  // Absent on many machines; then the test says nothing, and does no harm.
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) return;
  CHECK(format_number(1.5) == "1.5");
  CHECK(parse_number("1.5") == 1.5);
  std::setlocale(LC_ALL, "C");
}

TEST_CASE("what is no number is refused with a reason") {
  const auto refused = [](const char* text, const char* reason) {
    CAPTURE(text);
    CHECK_THROWS_WITH(parse_number(text),
                      ContainsSubstring(reason) && ContainsSubstring("is not a number"));
  };
  refused("", "write digits");
  refused("abc", "write digits");
  refused(".", "write digits");
  refused("-", "write digits");
  refused("--1", "write digits");
  refused("inf", "write digits");
  refused("nan", "write digits");
  refused("1,5", "write the decimal point as '.'");
  refused("1.2.3", "neither a suffix");
  refused("4k7", "neither a suffix");
  refused("0x10", "neither a suffix");
  refused("1e", "neither a suffix");
  refused("1e+-3", "neither a suffix");
  refused("1kx", "neither a suffix");
  refused("1_000", "neither a suffix");
  refused("1\xc2\xb5", "write the micro sign as u");
  refused("1a", "ngspice takes the a for a unit");
  refused("1A", "ngspice takes the a for a unit");
  refused("1e400", "beyond what a double holds");
  refused("1e-400", "beyond what a double holds");
  refused("1e99999999999999", "beyond what a double holds");
}
