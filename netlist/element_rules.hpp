// What an element of each kind may hold; the table of circuit.hpp as data. Not installed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "netlist/circuit.hpp"

namespace springspice::netlist {

struct KindRules {
  Kind kind;
  char letter;
  std::size_t nodes;  ///< 0 for an instance: as many as its definition has pins
  std::size_t references;
  char reference_letter;  ///< first letter of what it refers to; '\0': any
  std::string_view noun;  ///< with its article
  std::string_view quantity;
};

/// @throws NetlistError for a nullor, which exists only in a flattened circuit.
const KindRules& rules_of(Kind kind);
/// Null for a letter that stands for no kind.
const KindRules* rules_of_letter(char lower_letter);

/// Text between quotes, cut to printable ASCII and to a readable length.
std::string quoted(std::string_view text);

/// [A-Za-z0-9_.#+-], at least one. @param what names it in the error: "node".
void check_name(std::string_view name, std::string_view what);

/// A letter or _, then letters, digits and _; not a word that ngspice keeps for itself.
void check_parameter_name(std::string_view name);

/// All that can be said of an element without its surroundings.
void check_element(const Element& element);

/// The value alone; again after a parameter was put in its place.
void check_value(Kind kind, std::string_view name, double value);

/// Digits with a point and an exponent, as programs write them; the usual case by far. None for
/// anything else, which may still be a number.
std::optional<double> parse_plain_number(std::string_view text);

/// The parameter of this name (any case), or null.
const Parameter* find_parameter(std::span<const Parameter> parameters, std::string_view name);

}  // namespace springspice::netlist
