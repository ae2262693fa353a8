#include "core/random.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <thread>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/core/kolmogorov.hpp"

using namespace springspice::core;

using springspice::test::kolmogorov;

namespace {

using Words = std::array<std::uint64_t, 4>;

// Threefry4x64-20 again, from the paper (Salmon et al. 2011, Section 3.2 and Table 3).
Words threefry(Words x, const Words& key) {
  constexpr int turns[8][2] = {{14, 16}, {52, 57}, {23, 40}, {5, 37},
                               {25, 33}, {46, 12}, {58, 22}, {32, 32}};
  const std::array<std::uint64_t, 5> keys = {
      key[0], key[1], key[2], key[3],
      std::uint64_t{0x1BD11BDAA9FC1A22} ^ key[0] ^ key[1] ^ key[2] ^ key[3]};
  for (std::size_t i = 0; i < 4; ++i) x[i] += keys[i];
  for (std::size_t round = 0; round < 20; ++round) {
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t a = 2 * half;
      const std::size_t b = round % 2 == 0 ? a + 1 : 3 - a;
      x[a] += x[b];
      x[b] = std::rotl(x[b], turns[round % 8][half]) ^ x[a];
    }
    if (round % 4 != 3) continue;
    const std::size_t done = round / 4 + 1;
    for (std::size_t i = 0; i < 4; ++i) x[i] += keys[(done + i) % 5];
    x[3] += done;
  }
  return x;
}

double to_unit(std::uint64_t bits) { return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53; }

// With the library's functions: the radius from the upper 52 bits of the first word, the angle from
// those of the second, whose lowest two bits choose the quarter of the circle.
std::pair<double, double> box_muller(std::uint64_t radius_word, std::uint64_t angle_word) {
  const auto unit = [](std::uint64_t word) {
    return (static_cast<double>(word >> 12) + 0.5) * 0x1p-52;
  };
  const double radius = std::sqrt(-2.0 * std::log(unit(radius_word)));
  const double angle = std::numbers::pi / 2.0 * (unit(angle_word) - 0.5);
  double x = radius * std::cos(angle), y = radius * std::sin(angle);
  if ((angle_word & 1) != 0) std::swap(x, y);
  return (angle_word & 2) != 0 ? std::pair{-x, -y} : std::pair{x, y};
}

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

}  // namespace

TEST_CASE("the generator of this test has Random123's published answers") {
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  CHECK(threefry({0, 0, 0, 0}, {0, 0, 0, 0}) ==
        Words{0x09218ebde6c85537, 0x55941f5266d86105, 0x4bd25e16282434dc, 0xee29ec846bd2e40b});
  CHECK(threefry({ones, ones, ones, ones}, {ones, ones, ones, ones}) ==
        Words{0x29c24097942bba1b, 0x0371bbfb0f6f4e11, 0x3c231ffa33f83a1c, 0xcd29113fde32d168});
  CHECK(
      threefry({0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
               {0x452821e638d01377, 0xbe5466cf34e90c6c, 0xbe5466cf34e90c6c, 0xc0ac29b7c97c50dd}) ==
      Words{0xa7e8fde591651bd9, 0xbaafd0c30138319b, 0x84a5c1a729e685b9, 0x901d406ccebc1ba4});
}

TEST_CASE("uniform and normals are that generator's, counter (index, stream, domain), key seed") {
  std::uint64_t state = 1;
  const auto next = [&] { return state = state * 6364136223846793005 + 1442695040888963407; };
  for (int trial = 0; trial < 1000; ++trial) {
    const std::uint64_t seed = next(), domain = next(), stream = next(), index = next();
    REQUIRE(uniform(seed, stream, index) ==
            to_unit(threefry({index, stream, 0, 0}, {seed, 0, 0, 0})[0]));
    REQUIRE(normal(seed, stream, index) == normals({seed, 0, stream, index})[0]);
    const Words words = threefry({index, stream, domain, 0}, {seed, 0, 0, 0});
    const std::array<double, 4> drawn = normals({seed, domain, stream, index});
    for (std::size_t pair = 0; pair < 4; pair += 2) {
      const auto [x, y] = box_muller(words[pair], words[pair + 1]);
      // Roundings of the functions, and of an angle near an axis.
      REQUIRE(drawn[pair] == Approx(x).epsilon(4e-15).margin(4e-15));
      REQUIRE(drawn[pair + 1] == Approx(y).epsilon(4e-15).margin(4e-15));
    }
  }
}

TEST_CASE("numbers do not depend on the order of calls, nor on threads") {
  std::vector<double> forward(1000), backward(1000), threaded(1000);
  for (std::size_t i = 0; i < 1000; ++i) forward[i] = normal(7, 3, i);
  for (std::size_t i = 1000; i-- > 0;) backward[i] = normal(7, 3, i);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < 1000; i += 4) threaded[i] = normal(7, 3, i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(forward == backward);
  CHECK(forward == threaded);
}

TEST_CASE("uniform: Kolmogorov's test and the ends, along index, stream and seed") {
  const std::size_t n = 100000;
  std::vector<double> by_index(n), by_stream(n), by_seed(n);
  for (std::size_t i = 0; i < n; ++i) {
    by_index[i] = uniform(1, 0, i);
    by_stream[i] = uniform(1, i, 0);
    by_seed[i] = uniform(i, 0, 0);
  }
  for (const auto& values : {by_index, by_stream, by_seed}) {
    CHECK(kolmogorov(values) < 1.95);  // level 1e-3
    CHECK(*std::min_element(values.begin(), values.end()) > 0.0);
    CHECK(*std::max_element(values.begin(), values.end()) < 1.0);
  }
}

TEST_CASE("normal: Kolmogorov's test, mean, variance and fourth moment") {
  const std::size_t n = 100000;
  std::vector<double> mapped(n);
  double sum = 0.0, squares = 0.0, fourths = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double value = normal(42, 5, i);
    mapped[i] = normal_distribution(value);
    sum += value;
    squares += value * value;
    fourths += value * value * value * value;
  }
  const double root = std::sqrt(static_cast<double>(n));
  CHECK(kolmogorov(mapped) < 1.95);  // level 1e-3
  // Two-sided z tests of level 1e-3 (3.29): variances of x, x^2 and x^4 are 1, 2 and 96.
  CHECK(std::abs(sum / root) < 3.29);
  CHECK(std::abs(squares - static_cast<double>(n)) / root < 3.29 * std::sqrt(2.0));
  CHECK(std::abs(fourths - 3.0 * static_cast<double>(n)) / root < 3.29 * std::sqrt(96.0));
}

TEST_CASE("neighbouring indices, streams and seeds are uncorrelated") {
  const std::size_t n = 50000;
  double index = 0.0, stream = 0.0, seed = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    index += normal(1, 1, i) * normal(1, 1, i + 1);
    stream += normal(1, 1, i) * normal(1, 2, i);
    seed += normal(1, 1, i) * normal(2, 1, i);
  }
  // Products of independent normal deviates have variance 1; z tests of level 1e-3.
  for (const double sum : {index, stream, seed}) {
    CHECK(std::abs(sum) / std::sqrt(static_cast<double>(n)) < 3.29);
  }
}
