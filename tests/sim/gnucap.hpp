// For tests that need gnucap, which not every machine has.
#pragma once

#include "sim/gnucap/engine.hpp"
#include "tests/catch.hpp"

namespace springspice::test {

/// False, with a remark, where the program is not installed; the test then has nothing to say.
inline bool has_gnucap() {
  try {
    const sim::GnucapEngine engine;
    return true;
  } catch (const sim::EngineError&) {
    WARN("gnucap is not installed (apt-get install gnucap): skipped");
    return false;
  }
}

}  // namespace springspice::test
