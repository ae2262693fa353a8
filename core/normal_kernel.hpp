// The loop that draws normal deviates, compiled once for each instruction set; core/random.hpp is
// its public face.
//
// Every build of the loop does the same IEEE additions, multiplications, divisions and square roots
// in the same order (contraction into fused operations is off), so all give the same bits. Nothing
// else may be in those files: a function of the standard library compiled for AVX-512 could be the
// copy that the linker keeps for everyone.
#pragma once

#include <cstddef>
#include <cstdint>

namespace springspice::core {

/// Draws lanes 0 to count - 1 of a row of counters whose second word counts up:
///
///     (w0, w1, w2, w3) = Threefry4x64-20 of counter (index, stream + lane, domain, 0), key (seed)
///     out[w * stride + lane], w = 0..3, four independent N(0, 1)
///
/// @pre count <= kKernelLanes <= stride
using NormalKernel = void (*)(std::uint64_t seed, std::uint64_t domain, std::uint64_t stream,
                              std::uint64_t index, std::size_t count, double* out,
                              std::size_t stride);

/// The most lanes that one call takes; a multiple of every vector's length.
inline constexpr std::size_t kKernelLanes = 64;

void draw_normals_baseline(std::uint64_t seed, std::uint64_t domain, std::uint64_t stream,
                           std::uint64_t index, std::size_t count, double* out, std::size_t stride);
#ifdef __x86_64__
void draw_normals_avx2(std::uint64_t seed, std::uint64_t domain, std::uint64_t stream,
                       std::uint64_t index, std::size_t count, double* out, std::size_t stride);
void draw_normals_avx512(std::uint64_t seed, std::uint64_t domain, std::uint64_t stream,
                         std::uint64_t index, std::size_t count, double* out, std::size_t stride);
#endif

struct NamedKernel {
  const char* name;     ///< "baseline", "avx2", "avx512"
  NormalKernel kernel;  ///< null: not for this processor
};

/// Those of this processor, the fastest last.
struct KernelList {
  NamedKernel entries[3];
  std::size_t count;
};
KernelList supported_kernels();

}  // namespace springspice::core
