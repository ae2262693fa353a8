#include "core/random.hpp"

#include <algorithm>

#include <Random123/threefry.h>

#include "core/normal_kernel.hpp"

namespace springspice::core {
namespace {

NormalKernel fastest_kernel() {
  const KernelList list = supported_kernels();
  return list.entries[list.count - 1].kernel;
}

NormalKernel kernel() {
  static const NormalKernel chosen = fastest_kernel();
  return chosen;
}

}  // namespace

KernelList supported_kernels() {
  KernelList list{{{"baseline", draw_normals_baseline}, {}, {}}, 1};
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) list.entries[list.count++] = {"avx2", draw_normals_avx2};
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
    list.entries[list.count++] = {"avx512", draw_normals_avx512};
  }
#endif
  return list;
}

void fill_normals(const Counter& first, std::size_t count, double* out, std::size_t stride) {
  const NormalKernel draw = kernel();
  for (std::size_t done = 0; done < count; done += kKernelLanes) {
    const std::size_t lanes = std::min(kKernelLanes, count - done);
    draw(first.seed, first.domain, first.stream + done, first.index, lanes, out + done, stride);
  }
}

std::array<double, 4> normals(const Counter& counter) {
  std::array<double, 4> out;
  fill_normals(counter, 1, out.data(), 1);
  return out;
}

double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  const r123::Threefry4x64::ctr_type counter = {{index, stream, 0, 0}};
  const r123::Threefry4x64::key_type key = {{seed, 0, 0, 0}};
  // The upper 53 bits, in the middle of their interval: never 0 and never 1.
  const std::uint64_t word = r123::Threefry4x64{}(counter, key)[0];
  return (static_cast<double>(word >> 11) + 0.5) * 0x1p-53;
}

double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return normals({seed, 0, stream, index})[0];
}

}  // namespace springspice::core
