#include "core/normal_kernel.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/random.hpp"
#include "tests/catch.hpp"
#include "tests/core/kolmogorov.hpp"

// The loop's own functions, as this file compiles them.
#define SPRINGSPICE_DRAW_NORMALS draw_normals_under_test
#include "core/normal_kernel.inl"

using namespace springspice::core;
using springspice::test::kolmogorov;

namespace {

double upper_tail(double x) { return 0.5 * std::erfc(x / std::numbers::sqrt2); }

std::vector<double> draw(NormalKernel kernel, std::uint64_t seed, std::uint64_t domain,
                         std::uint64_t stream, std::uint64_t index, std::size_t count) {
  std::vector<double> out(4 * count);
  kernel(seed, domain, stream, index, count, out.data(), count);
  return out;
}

// Row after row of one run's noise: sources from 0 to 63, four steps a block.
void for_each_block(std::uint64_t seed, std::uint64_t blocks, const auto& visit) {
  double out[4 * kKernelLanes];
  for (std::uint64_t block = 0; block < blocks; ++block) {
    fill_normals({seed, 1, 0, block}, kKernelLanes, out, kKernelLanes);
    for (const double value : out) visit(value);
  }
}

// Binomial counts as z; the level 1e-3 for one of k tests is about 3.29 to 4.
void check_count(double count, double draws, double probability) {
  INFO(count << " of " << draws << " draws, " << draws * probability << " expected");
  CHECK(std::abs(count - draws * probability) < 4.0 * std::sqrt(draws * probability));
}

void check_tails(std::uint64_t seed, std::uint64_t blocks, std::vector<double> levels) {
  std::vector<double> above(levels.size()), below(levels.size());
  for_each_block(seed, blocks, [&](double value) {
    if (std::abs(value) < levels[0]) return;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      above[i] += value > levels[i];
      below[i] += value < -levels[i];
    }
  });
  const double draws = 4.0 * static_cast<double>(kKernelLanes * blocks);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    INFO("beyond " << levels[i]);
    check_count(above[i], draws, upper_tail(levels[i]));
    check_count(below[i], draws, upper_tail(levels[i]));
  }
}

}  // namespace

TEST_CASE("every kernel of this processor gives the same bits, for any number of lanes") {
  const KernelList list = supported_kernels();
  std::uint64_t state = 9;
  const auto next = [&] { return state = state * 6364136223846793005 + 1442695040888963407; };
  for (std::size_t count = 1; count <= kKernelLanes; ++count) {
    const std::uint64_t seed = next(), domain = next(), stream = next(), index = next();
    const auto plain = draw(draw_normals_baseline, seed, domain, stream, index, count);
    for (std::size_t k = 0; k < list.count; ++k) {
      INFO(list.entries[k].name << ", " << count << " lanes");
      REQUIRE(plain == draw(list.entries[k].kernel, seed, domain, stream, index, count));
    }
  }
}

TEST_CASE("a row of streams is what each stream gives alone, across the kernel's lanes") {
  const std::size_t count = 2 * kKernelLanes + 11;
  std::vector<double> row(4 * (count + 3), -77.0);
  fill_normals({5, 6, 1000, 8}, count, row.data(), count + 3);
  for (std::size_t j = 0; j < count; ++j) {
    const auto one = normals({5, 6, 1000 + j, 8});
    for (std::size_t w = 0; w < 4; ++w) REQUIRE(row[w * (count + 3) + j] == one[w]);
  }
  for (std::size_t w = 0; w < 4; ++w) CHECK(row[w * (count + 3) + count] == -77.0);
}

TEST_CASE("the logarithm is good to a unit in the last place over (0, 1), ends included") {
  double worst = 0.0;
  const auto compare = [&](double u) {
    const double exact = std::log(u);
    worst = std::max(worst, std::abs(log_of_unit(u) - exact) / std::abs(exact));
  };
  for (double u = 0x1p-53; u < 0.5; u *= 1.0 + 1.0 / 512.0) compare(u);
  for (double gap = 0x1p-53; gap < 0.5; gap *= 1.0 + 1.0 / 512.0) compare(1.0 - gap);
  compare(0.5);
  compare(std::sqrt(0.5));
  CHECK(worst < 4.5e-16);
  CHECK(to_unit(0) == 0x1p-53);
  CHECK(to_unit(~std::uint64_t{0}) == 1.0 - 0x1p-53);
}

TEST_CASE("sine and cosine are good to a unit in the last place within a quarter turn") {
  for (int i = -1000; i <= 1000; ++i) {
    const double angle = i * (std::numbers::pi / 4.0) / 1000.0;
    REQUIRE(std::abs(sine(angle) - std::sin(angle)) <= 2.3e-16 * std::abs(std::sin(angle)));
    REQUIRE(std::abs(cosine(angle) - std::cos(angle)) <= 2.3e-16);
  }
}

TEST_CASE("moments to the sixth, and Kolmogorov's test, over a run's sources and steps") {
  const std::uint64_t blocks = 2000;
  std::vector<double> mapped;
  double sums[6] = {};
  for_each_block(3, blocks, [&](double value) {
    mapped.push_back(1.0 - upper_tail(value));
    double power = 1.0;
    for (double& sum : sums) sum += power *= value;
  });
  const double n = static_cast<double>(mapped.size());
  CHECK(kolmogorov(mapped) < 1.95);  // level 1e-3
  // Two-sided z of level 1e-3: mean and variance of x^k are m_k and m_2k - m_k^2.
  const double moments[13] = {1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395};
  for (int k = 1; k <= 6; ++k) {
    const double variance = moments[2 * k] - moments[k] * moments[k];
    INFO("moment " << k);
    CHECK(std::abs(sums[k - 1] - n * moments[k]) < 3.29 * std::sqrt(n * variance));
  }
}

TEST_CASE("tails to 4.5 standard deviations") { check_tails(11, 80000, {3.0, 3.5, 4.0, 4.5}); }

// 4e9 draws, some 20 s: run by hand, test_core "[long]".
TEST_CASE("tails to 6 standard deviations", "[.][long]") {
  check_tails(12, std::uint64_t{1} << 24, {3.0, 4.0, 4.5, 5.0, 5.5, 6.0});
}

TEST_CASE("no correlation between the words, the sources, the steps and the runs, nor of squares") {
  const std::uint64_t blocks = 800;
  double products[5] = {}, squares[5] = {};
  double here[4 * kKernelLanes], later[4 * kKernelLanes], other[4 * kKernelLanes];
  for (std::uint64_t block = 0; block < blocks; ++block) {
    fill_normals({1, 1, 0, block}, kKernelLanes, here, kKernelLanes);
    fill_normals({1, 1, 0, block + 1}, kKernelLanes, later, kKernelLanes);
    fill_normals({1, 2, 0, block}, kKernelLanes, other, kKernelLanes);
    for (std::size_t j = 0; j + 1 < kKernelLanes; ++j) {
      const double x = here[j];
      const double partners[5] = {here[kKernelLanes + j], here[2 * kKernelLanes + j], here[j + 1],
                                  later[j], other[j]};
      for (int k = 0; k < 5; ++k) {
        products[k] += x * partners[k];
        squares[k] += (x * x - 1.0) * (partners[k] * partners[k] - 1.0);
      }
    }
  }
  const double root = std::sqrt(static_cast<double>(blocks * (kKernelLanes - 1)));
  for (int k = 0; k < 5; ++k) {
    INFO("partner " << k);
    CHECK(std::abs(products[k]) < 3.89 * root);       // ten z tests together of level 1e-3
    CHECK(std::abs(squares[k]) < 3.89 * 2.0 * root);  // (x^2 - 1)(y^2 - 1) has variance 4
  }
}
