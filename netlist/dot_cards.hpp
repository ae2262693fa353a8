// Cards that begin with '.' and concern the circuit as a whole. Not installed.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "netlist/card_cursor.hpp"
#include "netlist/circuit.hpp"
#include "netlist/error.hpp"

namespace springspice::netlist {

/// Reads `.ic`, `.options`, `.save`, `.tran` and `.temp` into a circuit.
class DotCards {
 public:
  /// Both outlive this.
  DotCards(Circuit& circuit, const Reading& reading) : circuit_(circuit), reading_(reading) {}

  /// False if the card is none of these. @param word its first, in lower case. @throws NetlistError
  bool read(std::string_view word, const Card& card);

 private:
  CardCursor rest(const Card& card) const;
  void initial_voltages(const Card& card);
  void options(const Card& card);
  void saved(const Card& card);
  void temperature(const Card& card);
  void transient(const Card& card);

  Circuit& circuit_;
  const Reading& reading_;
  std::unordered_set<std::string> initial_nodes_;
};

/// Runs a step whose errors do not know the place in the deck.
template <class Step>
void run_at(const Places& places, const Token& place, Step&& step) {
  try {
    step();
  } catch (const NetlistError& error) {
    places.fail(place, error.what());
  }
}

}  // namespace springspice::netlist
