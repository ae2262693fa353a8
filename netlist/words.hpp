// The words of `.options` and `.save`, which are written as they are given. Not installed.
#pragma once

#include <string_view>

namespace springspice::netlist {

/// `name` or `name=value`. @throws NetlistError
void check_option_word(std::string_view word);

/// `name` or `name(nodes)`. @throws NetlistError
void check_saved_word(std::string_view word);

}  // namespace springspice::netlist
