// Random numbers as a pure function of their address: Philox4x64 (Salmon et al. 2011, "Parallel
// random numbers: as easy as 1, 2, 3") through Random123, normal deviates by Box-Muller. The same
// numbers for any order of calls and any number of threads.
#pragma once

#include <array>
#include <cstdint>

namespace springspice::core {

/// Where a number stands. Numbers at different addresses are independent. Domain 0 is for single
/// draws, domain r + 1 for the noise of run r (core/noise_path.hpp).
struct Counter {
  std::uint64_t seed = 0;
  std::uint64_t domain = 0;
  std::uint64_t stream = 0;
  std::uint64_t index = 0;
};

/// Four independent N(0, 1): all that one draw of Philox gives.
std::array<double, 4> normals(const Counter& counter);

/// In domain 0: uniform in (0, 1), and N(0, 1).
double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);
double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);

}  // namespace springspice::core
