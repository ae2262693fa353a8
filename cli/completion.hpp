// What may come next on a command line, for the shell's completion.
//
// Nothing is listed here: commands and options are those of the help, and what an option takes is
// found by trying. A word that nothing accepts is given to it; the refusal names the words that it
// takes (ChoiceError), or quotes that one word (a number then), or does not come (a file, or text).
#pragma once

#include <string>
#include <vector>

namespace springspice::cli {

/// @param words  those after the program's name, up to the one that is being written, perhaps empty
/// @return candidates, one a line; a line `:` where a file's name may come too
std::string complete(const std::vector<std::string>& words);

}  // namespace springspice::cli
