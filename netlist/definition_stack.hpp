// Definitions inside definitions, while a deck is read. A circuit keeps all of them side by side:
// `inner` inside `.subckt outer` becomes `outer.inner`, and instances are made to say so. An
// instance means the definition of its name that lies nearest: in its own, in those around it, at
// last in the circuit. Not installed.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "netlist/circuit.hpp"
#include "netlist/deck_reader.hpp"

namespace springspice::netlist {

class DefinitionStack {
 public:
  /// Closed definitions go to `circuit`. Both outlive this.
  DefinitionStack(Circuit& circuit, const Places& places) : circuit_(circuit), places_(places) {}

  bool is_open() const { return !open_.empty(); }

  /// As written, of the one that was opened last.
  const std::string& innermost() const { return open_.back().written; }

  /// Lower-case names of its parameters and `.param`; empty outside.
  const std::unordered_set<std::string>& parameters() const;

  /// @param place of its card. @throws NetlistError for more than 100 inside one another.
  void open(Subcircuit definition, const Token& place);
  void add(Element element, const Token& place);
  void add(Parameter local, const Token& place);

  /// @throws NetlistError as Circuit::define(), at the place of the definition's card.
  void close();

  /// @throws NetlistError if none is open: `.ends` without `.subckt`.
  void check_open(const Token& place) const;
  /// @throws NetlistError if one is open, inside which this card may not stand.
  void refuse_inside(const Token& card) const;

  /// For each definition of the circuit, the places of its elements.
  const std::vector<std::vector<Token>>& element_places() const { return element_places_; }

 private:
  struct Entry {
    Subcircuit definition;
    std::string written;
    Token place;
    std::vector<Token> element_places;
    std::unordered_set<std::string> parameters;
    std::vector<std::string> scopes;  // "outer.inner.", "outer.": where its instances look
  };

  void resolve(Entry& entry, const std::unordered_set<std::string>& known) const;

  Circuit& circuit_;
  const Places& places_;
  std::vector<Entry> open_;
  std::vector<Entry> closed_;  // inside the outermost that is open
  std::vector<std::vector<Token>> element_places_;
};

}  // namespace springspice::netlist
