#include "netlist/si.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace springspice::netlist {

const char* unit_of(Kind kind) {
  switch (kind) {
    case Kind::resistor:
    case Kind::ccvs:
      return "ohm";
    case Kind::capacitor:
      return "F";
    case Kind::inductor:
      return "H";
    case Kind::current:
      return "A";
    case Kind::voltage:
      return "V";
    case Kind::vccs:
      return "S";
    default:
      return "";
  }
}

std::string format_si(double value, const char* unit) {
  static constexpr std::array<const char*, 11> kPrefixes = {"a", "f", "p", "n", "u", "m",
                                                            "",  "k", "M", "G", "T"};
  if (*unit == '\0') return fmt::format("{:.4g}", value);
  if (value == 0.0) return fmt::format("0 {}", unit);
  const int thousands = static_cast<int>(std::floor(std::log10(std::abs(value)) / 3.0 + 1e-12));
  const int index = std::clamp(thousands + 6, 0, static_cast<int>(kPrefixes.size()) - 1);
  return fmt::format("{:.4g} {}{}", value / std::pow(1000.0, index - 6),
                     kPrefixes[static_cast<std::size_t>(index)], unit);
}

}  // namespace springspice::netlist
