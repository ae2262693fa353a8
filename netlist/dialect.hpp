// Whose language a deck is written in.
#pragma once

#include <optional>
#include <string_view>

namespace springspice::netlist {

enum class Dialect { ngspice, xyce, ltspice };

const char* to_string(Dialect dialect);

/// As its makers write it, for people: "ngspice", "Xyce", "LTspice".
const char* display_name(Dialect dialect);

/// "ngspice", "xyce" or "ltspice"; none for another word.
std::optional<Dialect> parse_dialect(std::string_view name);

}  // namespace springspice::netlist
