// How far one system is from another of the same shape.
#pragma once

#include "core/system.hpp"

namespace springspice::core {

/// |X' - X| / |X| in the Frobenius norm, of each matrix and of f; 0 where both are 0.
struct SystemDistance {
  double M = 0.0, D = 0.0, K = 0.0, f = 0.0;
};

/// @pre the same dynamics, coordinates and outputs
SystemDistance measure_distance(const SecondOrderSystem& from, const SecondOrderSystem& to);

}  // namespace springspice::core
