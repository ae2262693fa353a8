#include "core/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/core/kolmogorov.hpp"

using namespace springspice::core;

using springspice::test::kolmogorov;

namespace {

using Words = std::array<std::uint64_t, 4>;

// Philox4x64-10 again, from the paper (Salmon et al. 2011, Section 3.3 and Table 2).
Words philox(Words counter, std::array<std::uint64_t, 2> key) {
  __extension__ using Wide = unsigned __int128;
  for (int round = 0; round < 10; ++round) {
    const Wide a = Wide{0xD2E7470EE14C6C93} * counter[0];
    const Wide b = Wide{0xCA5A826395121157} * counter[2];
    counter = {
        static_cast<std::uint64_t>(b >> 64) ^ counter[1] ^ key[0], static_cast<std::uint64_t>(b),
        static_cast<std::uint64_t>(a >> 64) ^ counter[3] ^ key[1], static_cast<std::uint64_t>(a)};
    key[0] += 0x9E3779B97F4A7C15;
    key[1] += 0xBB67AE8584CAA73B;
  }
  return counter;
}

double to_unit(std::uint64_t bits) { return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53; }

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

}  // namespace

TEST_CASE("the generator of this test has Random123's published answers") {
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        Words{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b});
  CHECK(philox({ones, ones, ones, ones}, {ones, ones}) ==
        Words{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0});
  CHECK(philox({0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
               {0x452821e638d01377, 0xbe5466cf34e90c6c}) ==
        Words{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6});
}

TEST_CASE("uniform and normal are that generator's, counter (index, stream), key seed") {
  std::uint64_t state = 1;
  const auto next = [&] { return state = state * 6364136223846793005 + 1442695040888963407; };
  for (int trial = 0; trial < 1000; ++trial) {
    const std::uint64_t seed = next(), stream = next(), index = next();
    const Words words = philox({index, stream, 0, 0}, {seed, 0});
    REQUIRE(uniform(seed, stream, index) == to_unit(words[0]));
    const double expected = std::sqrt(-2.0 * std::log(to_unit(words[0]))) *
                            std::cos(2.0 * std::numbers::pi * to_unit(words[1]));
    // The same formula: equal but for how a compiler fuses the products.
    REQUIRE(normal(seed, stream, index) == Approx(expected).epsilon(1e-14).margin(1e-15));
  }
}

TEST_CASE("known numbers, from numpy's Philox") {
  CHECK(uniform(0, 0, 0) == 0.0872391235991124);
  CHECK(uniform(1, 2, 3) == 0.41623174385118594);
  CHECK(uniform(~std::uint64_t{0}, std::uint64_t{1} << 63, 12345678901234567) ==
        0.9816652281764953);
  CHECK(normal(0, 0, 0) == Approx(1.3643421337447958).epsilon(1e-14));
  CHECK(normal(1, 2, 3) == Approx(-1.0581299412969765).epsilon(1e-14));
  CHECK(normal(~std::uint64_t{0}, std::uint64_t{1} << 63, 12345678901234567) ==
        Approx(-0.16229482415203042).epsilon(1e-13));
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
