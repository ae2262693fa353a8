// The text of the NetlistError that a step must throw.
#pragma once

#include <string>

#include "netlist/error.hpp"

namespace springspice::netlist::testing {

/// "(no error)" if it throws none; any other exception passes through and fails the test.
template <class Step>
std::string message_of(Step&& step) {
  try {
    step();
  } catch (const NetlistError& error) {
    return error.what();
  }
  return "(no error)";
}

}  // namespace springspice::netlist::testing
