// The body of draw_normals_*(): see normal_kernel.hpp. SPRINGSPICE_DRAW_NORMALS names the function.
//
// Two plain loops over lanes, which the compiler turns into vector code: bits, then Box-Muller.
//
// Threefry4x64 with 20 rounds: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy
// as 1, 2, 3"; Random123's scalar one is the test's reference. Box-Muller: a radius sqrt(-2 ln u)
// and an angle; ln, sine and cosine by the minimax polynomials of fdlibm (e_log.c, k_sin.c,
// k_cos.c), each good to about one unit in the last place. u has 52 random bits and lies within
// (2^-53, 1 - 2^-53), so the tails end at 8.57.
#include <cstddef>
#include <cstdint>

#include "core/normal_kernel.hpp"

namespace springspice::core {
namespace {

inline double from_bits(std::uint64_t bits) { return __builtin_bit_cast(double, bits); }
inline std::uint64_t to_bits(double value) { return __builtin_bit_cast(std::uint64_t, value); }

inline std::uint64_t rotate(std::uint64_t word, int left) {
  return word << left | word >> (64 - left);
}

struct Words {
  std::uint64_t a, b, c, d;
};

inline void mix(Words& x, int first, int second) {
  x.a += x.b;
  x.b = rotate(x.b, first) ^ x.a;
  x.c += x.d;
  x.d = rotate(x.d, second) ^ x.c;
}

inline void mix_crossed(Words& x, int first, int second) {
  x.a += x.d;
  x.d = rotate(x.d, first) ^ x.a;
  x.c += x.b;
  x.b = rotate(x.b, second) ^ x.c;
}

inline void four_rounds(Words& x) {
  mix(x, 14, 16);
  mix_crossed(x, 52, 57);
  mix(x, 23, 40);
  mix_crossed(x, 5, 37);
}

inline void four_other_rounds(Words& x) {
  mix(x, 25, 33);
  mix_crossed(x, 46, 12);
  mix(x, 58, 22);
  mix_crossed(x, 32, 32);
}

// The key is (seed, 0, 0, 0), its fifth word the parity that Threefry adds; each injection starts
// one word further.
inline Words threefry(std::uint64_t seed, std::uint64_t index, std::uint64_t stream,
                      std::uint64_t domain) {
  const std::uint64_t parity = 0x1BD11BDAA9FC1A22u ^ seed;
  Words x{index + seed, stream, domain, 0};
  four_rounds(x);
  x.d += parity + 1;  // (0, 0, 0, parity) + (0, 0, 0, 1)
  four_other_rounds(x);
  x.c += parity;
  x.d += seed + 2;
  four_rounds(x);
  x.b += parity;
  x.c += seed;
  x.d += 3;
  four_other_rounds(x);
  x.a += parity;
  x.b += seed;
  x.d += 4;
  four_rounds(x);
  x.a += seed;
  x.d += 5;
  return x;
}

// (k + 1/2) 2^-52 with the upper 52 bits as k: in (0, 1), exactly.
inline double to_unit(std::uint64_t word) {
  return from_bits(word >> 12 | 0x3ff0000000000000u) - 0x1.fffffffffffffp-1;
}

// ln u for u in (0, 1): u = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), s = f / (2 + f),
// ln(1 + f) = f - (f^2/2 - s (f^2/2 + R(s^2))).
inline double log_of_unit(double u) {
  constexpr std::uint64_t kOne = 0x3ff0000000000000u;
  constexpr std::uint64_t kRootHalf = 0x3fe6a09e667f3bcdu;
  const std::uint64_t shifted = to_bits(u) + (kOne - kRootHalf);
  // The exponent (below 2^11) as a double, by writing it into the mantissa of 2^52.
  const double k = from_bits(shifted >> 52 | 0x4330000000000000u) - (0x1p52 + 1023.0);
  const double f = from_bits((shifted & 0x000fffffffffffffu) + kRootHalf) - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double even = w * (3.999999999940941908e-01 +
                           w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd = z * (6.666666666666735130e-01 +
                          w * (2.857142874366239149e-01 +
                               w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double half_square = 0.5 * f * f;
  const double tail = s * (half_square + (even + odd)) + k * 1.90821492927058770002e-10;
  return k * 6.93147180369123816490e-01 - ((half_square - tail) - f);
}

// For |angle| <= pi/4.
inline double sine(double angle) {
  const double z = angle * angle;
  const double series =
      -1.66666666666666324348e-01 +
      z * (8.33333333332248946124e-03 +
           z * (-1.98412698298579493134e-04 +
                z * (2.75573137070700676789e-06 +
                     z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10))));
  return angle + angle * z * series;
}

inline double cosine(double angle) {
  const double z = angle * angle;
  const double series =
      4.16666666666666019037e-02 +
      z * (-1.38888888888741095749e-03 +
           z * (2.48015872894767294178e-05 +
                z * (-2.75573143513906633035e-07 +
                     z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11))));
  return 1.0 - (0.5 * z - z * z * series);
}

// The angle is uniform in a quarter of the circle about the axis; of the lowest 12 bits, which the
// angle does not use, one exchanges the coordinates and one turns both around: all four quarters.
inline void box_muller(std::uint64_t radius_word, std::uint64_t angle_word, double& first,
                       double& second) {
  constexpr double kHalfPi = 1.57079632679489661923;
  const double radius = __builtin_sqrt(-2.0 * log_of_unit(to_unit(radius_word)));
  const double angle = (to_unit(angle_word) - 0.5) * kHalfPi;
  const std::uint64_t along = to_bits(radius * cosine(angle));
  const std::uint64_t across = to_bits(radius * sine(angle));
  const std::uint64_t exchange = (along ^ across) & (0u - (angle_word & 1u));
  const std::uint64_t turn = (angle_word & 2u) << 62;
  first = from_bits(along ^ exchange ^ turn);
  second = from_bits(across ^ exchange ^ turn);
}

void transform(const std::uint64_t* __restrict radius, const std::uint64_t* __restrict angle,
               double* __restrict first, double* __restrict second, std::size_t lanes) {
#pragma GCC ivdep
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    box_muller(radius[lane], angle[lane], first[lane], second[lane]);
  }
}

}  // namespace

void SPRINGSPICE_DRAW_NORMALS(std::uint64_t seed, std::uint64_t domain, std::uint64_t stream,
                              std::uint64_t index, std::size_t count, double* out,
                              std::size_t stride) {
  alignas(64) std::uint64_t words[4][kKernelLanes];
  alignas(64) double drawn[4][kKernelLanes];
  // Whole vectors only: what is left over costs less there than one by one.
  const std::size_t lanes = (count + 7) & ~std::size_t{7};
#pragma GCC ivdep
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const Words x = threefry(seed, index, stream + lane, domain);
    words[0][lane] = x.a;
    words[1][lane] = x.b;
    words[2][lane] = x.c;
    words[3][lane] = x.d;
  }
  // GCC takes the case of no lanes at all for a read before a write.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
  transform(words[0], words[1], drawn[0], drawn[1], lanes);
  transform(words[2], words[3], drawn[2], drawn[3], lanes);
#pragma GCC diagnostic pop
  for (std::size_t w = 0; w < 4; ++w) {
    for (std::size_t lane = 0; lane < count; ++lane) out[w * stride + lane] = drawn[w][lane];
  }
}

}  // namespace springspice::core
