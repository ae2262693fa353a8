// The one exception that `netlist` throws.
#pragma once

#include <stdexcept>

namespace springspice::netlist {

/// A circuit or a deck that cannot be used. The text says what (with the value), where (element,
/// or deck, line and column), and what to write instead.
class NetlistError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace springspice::netlist
