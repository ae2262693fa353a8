// Where a trajectory starts: zero, random, or drawn from the stationary distribution.
#pragma once

#include <cstdint>
#include <span>

#include "core/null_space.hpp"
#include "core/system.hpp"

namespace springspice::core {

State make_zero_state(const SecondOrderSystem& system);

/// x: independent N(0, 1) times `spread` of each output; v = 0.
State make_random_state(const SecondOrderSystem& system, std::span<const double> spread,
                        std::uint64_t seed);

/// x ~ N(K^-1 f, kT K^-1) and v ~ N(0, kT M^-1), the equilibrium of `fdt` noise, by sparse
/// Cholesky.
/// @throws ParameterError where K has free directions (no stationary state) or the noise model is
/// `diagonal` and kT > 0 (its stationary state is not this one); InputError where K is not positive
/// definite.
State draw_stationary_state(const SecondOrderSystem& system, const NullSpace& null_space,
                            std::uint64_t seed);

/// From a Matrix Market file: x of nu x m, v = 0. From a NumPy file (one that begins as such, or is
/// named .npy; core/npy.hpp), by its shape:
///
///   (nu, m), or (nu,) of one output | x, and v = 0
///   (2, nu, m)                      | x and v, underdamped only
///
/// @throws InputError for another shape (says which are right) and numbers that are not finite
State read_state(const SecondOrderSystem& system, const std::string& path);

}  // namespace springspice::core
