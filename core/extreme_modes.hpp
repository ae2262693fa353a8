// The slowest and the fastest mode of a system that is too large for all of them. Not installed.
#pragma once

#include <utility>

#include "core/null_space.hpp"
#include "core/system.hpp"

namespace springspice::core {

/// M, overdamped D.
inline const SparseMatrix& inertia_of(const SecondOrderSystem& system) {
  return system.dynamics == Dynamics::overdamped ? system.D : system.M;
}

/// Smallest and largest stiffness above zero: by Lanczos iteration on the sparse pencil, to 1e-4;
/// where K has a low rank, exactly. @pre K is not zero
/// @throws ParameterError where one of them is not found, or K is not positive semidefinite
std::pair<double, double> find_extreme_stiffness(const SecondOrderSystem& system,
                                                 const NullSpace& null_space);

}  // namespace springspice::core
