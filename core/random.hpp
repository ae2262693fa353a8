// Random numbers as a pure function of (seed, stream, index): Philox4x64 (Salmon et al. 2011,
// "Parallel random numbers: as easy as 1, 2, 3") through Random123, normal deviates by Box-Muller.
// The same numbers for any order of calls and any number of threads.
#pragma once

#include <cstdint>

namespace springspice::core {

/// Uniform in (0, 1).
double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);
/// Independent N(0, 1).
double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);

}  // namespace springspice::core
