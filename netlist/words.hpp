// Words that are written as they are given: of `.options` and `.save`, expressions, file names. Not
// installed.
#pragma once

#include <string_view>

namespace springspice::netlist {

/// `name` or `name=value`. @throws NetlistError
void check_option_word(std::string_view word);

/// `name` or `name(nodes)`. @throws NetlistError
void check_saved_word(std::string_view word);

/// What stands between braces: numbers, names of parameters, + - * / ^, comparisons, calls.
/// @param what names it in the error: "element r1". @throws NetlistError
void check_expression(std::string_view expression, std::string_view what);

/// A file's name between quotes. @throws NetlistError
void check_file_name(std::string_view file);

}  // namespace springspice::netlist
