// The one exception that `hw` throws.
#pragma once

#include <stdexcept>

namespace springspice::hw {

/// A realization that cannot be built, or a manifest that cannot be read. The text names the
/// entries that fail (or the key), and what to take instead.
class RealizationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace springspice::hw
