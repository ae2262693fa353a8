// Which definitions of a deck hold cards that no element stands for. Not installed.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "netlist/deck_reader.hpp"

namespace springspice::netlist {

using ForeignNames = std::unordered_set<std::string>;

/// Names (lower case) of the outermost definitions that hold a device, a `.model` or a `.func`, in
/// themselves, in definitions inside them, or through an instance of such a one.
/// @throws NetlistError for text that is no cards.
ForeignNames find_foreign(std::string_view text, const Places& places);

/// Whether a card that begins with this word is foreign: a device, a `.model`, a `.func`.
bool is_foreign(std::string_view first_word);

}  // namespace springspice::netlist
