// Card -> element. Not installed.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "netlist/card_cursor.hpp"
#include "netlist/circuit.hpp"
#include "netlist/deck_reader.hpp"

namespace springspice::netlist {

/// @param parameters lower-case names that may stand for a value without braces: those of the
/// .subckt around the card.
/// @throws NetlistError "DECK:line:column: ...". What an element of its kind may hold is checked
/// later, by Circuit.
Element parse_element(const Card& card, const Reading& reading,
                      const std::unordered_set<std::string>& parameters);

/// What cards that begin with this letter are, and why no matrix stands for them: "a diode is not
/// linear"; empty for a letter of the table in circuit.hpp and for one that nothing begins with.
std::string_view reason_for_refusal(char lower_letter);

}  // namespace springspice::netlist
