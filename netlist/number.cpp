// Numbers as decks write them. std::to_chars and std::from_chars know no locale and round once.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/parser.hpp"
#include "netlist/writer.hpp"

namespace springspice::netlist {
namespace {

constexpr std::string_view kUnits[] = {
    "ohm",   "ohms", "f",    "farad",  "farads",  "h", "henry", "henries", "henrys",  "v",  "volt",
    "volts", "amp",  "amps", "ampere", "amperes", "a", "s",     "sec",     "siemens", "hz", "w"};

// A number in its parts; `digits` has neither sign nor exponent nor suffix.
struct Parts {
  bool negative = false;
  std::string_view digits;
  std::string_view exponent;  // with its sign, without the e
  std::string tail;           // lower case
};

struct Scale {
  int exponent = 0;
  bool mil = false;
};

[[noreturn]] void refuse(std::string_view text, std::string_view advice) {
  throw NetlistError(fmt::format("{} is not a number; {}", quoted(text), advice));
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// The exponent's end if one begins at `at`, else `at`.
std::size_t skip_exponent(std::string_view text, std::size_t at) {
  if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return at;
  std::size_t digits = at + 1;
  if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
  const std::size_t end = skip_digits(text, digits);
  return end == digits ? at : end;
}

/// @param all what errors quote
Parts split(std::string_view all, std::string_view text) {
  Parts out;
  std::size_t begin = 0;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    out.negative = text[0] == '-';
    begin = 1;
  }
  const std::size_t whole = skip_digits(text, begin);
  std::size_t end = whole;
  if (end < text.size() && text[end] == '.') end = skip_digits(text, end + 1);
  const std::size_t digit_count = end - begin - (end > whole ? 1 : 0);
  if (digit_count == 0)
    refuse(all, "write digits, with a suffix of t g meg k m u n p f if wanted");
  out.digits = text.substr(begin, end - begin);
  const std::size_t after = skip_exponent(text, end);
  if (after > end) out.exponent = text.substr(end + 1, after - end - 1);
  out.tail = lower(text.substr(after));
  return out;
}

int suffix_exponent(char letter) {
  switch (letter) {
    case 't':
      return 12;
    case 'g':
      return 9;
    case 'k':
      return 3;
    case 'm':
      return -3;
    case 'u':
      return -6;
    case 'n':
      return -9;
    case 'p':
      return -12;
    case 'f':
      return -15;
    default:
      return 0;
  }
}

Scale scale_of(std::string_view text, std::string_view tail) {
  if (tail.empty()) return {};
  Scale out;
  std::string_view unit = tail;
  if (tail.starts_with("meg")) {
    out.exponent = 6;
    unit.remove_prefix(3);
  } else if (tail.starts_with("mil")) {
    out.mil = true;
    unit.remove_prefix(3);
  } else {
    out.exponent = suffix_exponent(tail[0]);
    if (out.exponent != 0) unit.remove_prefix(1);
  }
  if (unit.size() == tail.size() && unit[0] == 'a') {
    refuse(text, "ngspice takes the a for a unit, others for 1e-18: write e-18, or no unit");
  }
  if (!unit.empty() && std::ranges::find(kUnits, unit) == std::end(kUnits)) {
    refuse(text,
           fmt::format("{} is neither a suffix (t g meg k m u n p f) nor a unit", quoted(tail)));
  }
  return out;
}

// from_chars on the text with the suffix moved into the exponent, so that 4.7k is the double
// nearest to 4700 and not a product that was rounded twice.
double convert(std::string_view text, const Parts& parts, int shift) {
  int exponent = 0;
  if (!parts.exponent.empty()) {
    const auto digits = parts.exponent.substr(parts.exponent[0] == '+' ? 1 : 0);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (read.ec != std::errc() || std::abs(exponent) > 100000) {
      refuse(text, "its exponent is beyond what a double holds");
    }
  }
  std::string plain(parts.digits);
  if (exponent + shift != 0) plain += 'e' + std::to_string(exponent + shift);
  double value = 0.0;
  const auto read = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (read.ec == std::errc::result_out_of_range) {
    refuse(text, "it is beyond what a double holds (2.2e-308 to 1.8e308)");
  }
  if (read.ec != std::errc() || read.ptr != plain.data() + plain.size()) {
    refuse(text, "write it as 1e3, 1000 or 1k");
  }
  return parts.negative ? -value : value;
}

// The micro sign and the Greek letter in UTF-8, and the micro sign in Latin-1, as u.
std::string with_ascii_micro(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view pair = text.substr(i, 2);
    if (pair == "\xc2\xb5" || pair == "\xce\xbc") {
      out += 'u';
      ++i;
    } else {
      out += text[i] == '\xb5' ? 'u' : text[i];
    }
  }
  return out;
}

// LTspice's 4k7 is 4.7k.
std::string with_leading_suffix(std::string text) {
  const std::size_t begin = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  const std::size_t letter = skip_digits(text, begin);
  if (letter == begin) return text;
  const std::size_t size = lower(std::string_view(text).substr(letter, 3)) == "meg" ? 3 : 1;
  const std::size_t after = letter + size;
  if (after >= text.size()) return text;
  const char small = text[letter] >= 'A' && text[letter] <= 'Z'
                         ? static_cast<char>(text[letter] - 'A' + 'a')
                         : text[letter];
  if (size == 1 && suffix_exponent(small) == 0) return text;
  const std::size_t end = skip_digits(text, after);
  if (end == after) return text;
  return text.substr(0, letter) + "." + text.substr(after, end - after) +
         text.substr(letter, size) + text.substr(end);
}

}  // namespace

std::optional<double> parse_plain_number(std::string_view text) {
  const char* begin = text.data();
  const char* const end = begin + text.size();
  if (begin != end && *begin == '+') ++begin;
  // from_chars would take "inf" and "nan".
  const char* first = begin != end && begin == text.data() && *begin == '-' ? begin + 1 : begin;
  if (first == end || !((*first >= '0' && *first <= '9') || *first == '.')) return std::nullopt;
  double value = 0.0;
  const auto read = std::from_chars(begin, end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

double parse_number(std::string_view text, Dialect dialect) {
  if (const auto plain = parse_plain_number(text)) return *plain;
  if (text.find(',') != std::string_view::npos) {
    refuse(text, "write the decimal point as '.' (ngspice would drop what is before the comma)");
  }
  std::string spelled = with_ascii_micro(text);
  if (spelled != text && dialect != Dialect::ltspice) {
    refuse(text, "write the micro sign as u");
  }
  if (dialect == Dialect::ltspice) spelled = with_leading_suffix(std::move(spelled));
  const Parts parts = split(text, spelled);
  const Scale scale = scale_of(text, parts.tail);
  const double value = convert(text, parts, scale.exponent);
  return scale.mil ? value * 25.4e-6 : value;
}

void append_number(std::string& out, double value) {
  char buffer[32];
  const auto written = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out.append(buffer, written.ptr);
}

std::string format_number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

}  // namespace springspice::netlist
