// A deck that a designer brings: read with its files, in its dialect, and as ngspice takes it.
#pragma once

#include <string>

#include "cli/options.hpp"
#include "netlist/circuit.hpp"

namespace springspice::cli {

struct ReadDeck {
  netlist::Circuit circuit;
  /// What ngspice runs: the deck's own text with its files in place, or, where ngspice would not
  /// read that (another dialect, foreign cards), the circuit written anew.
  std::string text;
};

/// @param text of options.deck. A remark on standard error says that it was rewritten.
/// @throws netlist::NetlistError with file, line and column. core::InputError for a file that
/// cannot be read.
ReadDeck read_deck(const Options& options, const std::string& text, const std::string& dialect);

}  // namespace springspice::cli
