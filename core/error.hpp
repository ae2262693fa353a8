// The two exceptions that `core` throws for its user's fault; each text says what (with the value),
// where (file, row, column, entry), and what to do. Faults of our own are assertions, never these.
#pragma once

#include <stdexcept>

namespace springspice::core {

/// Data that cannot be used: a table, a matrix file, a system of matrices.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A parameter that cannot be used: a negative mass, a grid without sticks, an unknown column.
class ParameterError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

}  // namespace springspice::core
