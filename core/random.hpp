// Random numbers as a pure function of their address: Threefry4x64-20 (Salmon et al. 2011,
// "Parallel random numbers: as easy as 1, 2, 3"), normal deviates by Box-Muller. The same numbers
// for any order of calls, any number of threads, and any processor: the vector code for AVX2 and
// AVX-512 is chosen at run time and gives the same bits as the plain one (core/normal_kernel.hpp).
//
// Four words of 64 bits make four normals of 52 bits each, within 8.57 standard deviations.
#pragma once

#include <array>
#include <cstddef>
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

/// Four independent N(0, 1): all that one address gives.
std::array<double, 4> normals(const Counter& counter);

/// The normals of `count` streams from first.stream on, at one index:
///
///     out[w stride + j] = normals({seed, domain, stream + j, index})[w],  w = 0..3,  j < count
///
/// the fastest way to many. @pre stride >= count
void fill_normals(const Counter& first, std::size_t count, double* out, std::size_t stride);

/// In domain 0: uniform in (0, 1), and N(0, 1).
double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);
double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);

}  // namespace springspice::core
