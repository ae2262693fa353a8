#include "core/noise_path.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <vector>

#include "core/error.hpp"
#include "core/random.hpp"
#include "tests/catch.hpp"
#include "tests/core/kolmogorov.hpp"

using namespace springspice::core;

namespace {

// Kolmogorov's statistic against N(0, 1): the values' own distribution makes them uniform.
double kolmogorov(std::vector<double> values) {
  for (double& value : values) value = 0.5 * std::erfc(-value / std::numbers::sqrt2);
  return springspice::test::kolmogorov(std::move(values));
}

// |sum a_i b_i| / sqrt(n): a z statistic where a and b are independent N(0, 1).
template <class A, class B>
double correlation(int n, A a, B b) {
  double sum = 0.0;
  for (int i = 0; i < n; ++i) {
    const auto k = static_cast<std::uint64_t>(i) + 1;
    sum += a(k) * b(k);
  }
  return std::abs(sum) / std::sqrt(static_cast<double>(n));
}

}  // namespace

TEST_CASE("a path starts at 0 and is linear between its samples") {
  const NoisePath path(3, 1, 0.25);
  CHECK(path.step() == 0.25);
  for (std::uint64_t source = 0; source < 3; ++source) {
    CHECK(path.sample(source, 0) == 0.0);
    CHECK(path.at(source, 0.0) == 0.0);
    for (std::uint64_t k = 0; k < 50; ++k) {
      const double left = path.sample(source, k), right = path.sample(source, k + 1);
      // 0.25 k is exact, and so is the place between.
      CHECK(path.at(source, 0.25 * static_cast<double>(k)) == left);
      for (const double part : {0.25, 0.5, 0.875}) {
        CHECK(path.at(source, 0.25 * (static_cast<double>(k) + part)) ==
              Approx(left + part * (right - left)).epsilon(1e-14).margin(1e-15));
      }
    }
  }
}

TEST_CASE("a path is continuous where the step is no power of two") {
  const double step = 1e-7;
  const NoisePath path(1, 0, step);
  for (int k = 1; k < 1000; ++k) {
    // k step is rounded, and the slope is below 10 samples a step: 20 eps k.
    CHECK(path.at(0, k * step) ==
          Approx(path.sample(0, static_cast<std::uint64_t>(k))).margin(5e-15 * k));
  }
}

TEST_CASE("a path is a pure function: any order, any object, any step") {
  const NoisePath path(7, 2, 1.0), again(7, 2, 1.0), other_step(7, 2, 0.1);
  std::vector<double> forward, backward;
  for (std::uint64_t k = 0; k < 500; ++k) forward.push_back(path.sample(k % 3, k));
  for (std::uint64_t k = 500; k-- > 0;) backward.push_back(again.sample(k % 3, k));
  std::ranges::reverse(backward);
  CHECK(forward == backward);
  CHECK(other_step.sample(1, 5) == path.sample(1, 5));
  // The address: domain run + 1, stream source, index k / 4, number k mod 4.
  CHECK(path.sample(4, 9) == normals({7, 3, 4, 2})[1]);
}

TEST_CASE("the amplitude is the root of density over step") {
  CHECK(NoisePath(1, 0, 0.25).amplitude(9.0) == 6.0);
  CHECK(NoisePath(1, 0, 1e-6).amplitude(0.0) == 0.0);
}

TEST_CASE("samples are N(0, 1): moments, and Kolmogorov's test at level 1e-3") {
  const std::size_t n = 50000;
  const NoisePath path(11, 4, 1e-6);
  std::vector<double> by_step, by_source, by_run, by_seed;
  for (std::uint64_t i = 1; i <= n; ++i) {
    by_step.push_back(path.sample(2, i));
    by_source.push_back(path.sample(i, 2));
    by_run.push_back(NoisePath(11, i, 1.0).sample(2, 3));
    by_seed.push_back(NoisePath(i, 4, 1.0).sample(2, 3));
  }
  const double root = std::sqrt(static_cast<double>(n));
  for (const auto& values : {by_step, by_source, by_run, by_seed}) {
    std::array<double, 4> sums{};
    for (const double x : values) {
      sums[0] += x;
      sums[1] += x * x - 1.0;
      sums[2] += x * x * x;
      sums[3] += x * x * x * x - 3.0;
    }
    // Within 4 sigma; the variances of x, x^2, x^3, x^4 are 1, 2, 15, 96.
    CHECK(std::abs(sums[0]) < 4.0 * root);
    CHECK(std::abs(sums[1]) < 4.0 * std::sqrt(2.0) * root);
    CHECK(std::abs(sums[2]) < 4.0 * std::sqrt(15.0) * root);
    CHECK(std::abs(sums[3]) < 4.0 * std::sqrt(96.0) * root);
    CHECK(kolmogorov(values) < 1.95);
  }
}

TEST_CASE("steps, sources, runs and seeds are independent: correlations within 4 sigma") {
  const int n = 20000;
  const NoisePath path(5, 0, 1.0), next_run(5, 1, 1.0), next_seed(6, 0, 1.0);
  const auto base = [&](std::uint64_t k) { return path.sample(0, k); };
  for (std::uint64_t lag = 1; lag <= 5; ++lag) {
    CHECK(correlation(n, base, [&](std::uint64_t k) { return path.sample(0, k + lag); }) < 4.0);
    CHECK(correlation(n, base, [&](std::uint64_t k) { return path.sample(lag, k); }) < 4.0);
  }
  for (std::uint64_t source = 0; source < 3; ++source) {
    CHECK(correlation(n, base, [&](std::uint64_t k) { return next_run.sample(source, k); }) < 4.0);
    CHECK(correlation(n, base, [&](std::uint64_t k) { return next_seed.sample(source, k); }) < 4.0);
  }
  // Single draws of the same seed share nothing with run 0.
  CHECK(correlation(n, base, [&](std::uint64_t k) { return normal(5, 0, k); }) < 4.0);
}

TEST_CASE("two-sided spectral density a^2 h sinc^4(f h)") {
  // Periodograms |int_0^T u e^{-2 pi i f t} dt|^2 / T of runs of 32 steps.
  const double h = 0.5, density = 3.0;
  const int steps = 32, runs = 2000;
  for (const double fh : {0.0625, 0.25, 0.5, 0.75}) {
    CAPTURE(fh);
    double mean = 0.0;
    for (int run = 0; run < runs; ++run) {
      const NoisePath path(21, static_cast<std::uint64_t>(run), h);
      const double a = path.amplitude(density);
      // Trapezoids on 16 parts of each step; their error is (2 pi f h / 16)^2 / 12, at most 0.8 %.
      double re = 0.0, im = 0.0;
      const int parts = 16;
      for (int k = 0; k < steps; ++k) {
        const double left = a * path.sample(0, static_cast<std::uint64_t>(k));
        const double right = a * path.sample(0, static_cast<std::uint64_t>(k) + 1);
        for (int i = 0; i < parts; ++i) {
          const double x = (i + 0.5) / parts;
          const double phase = 2.0 * std::numbers::pi * fh * (k + x);
          re += (left + x * (right - left)) * std::cos(phase) * h / parts;
          im += (left + x * (right - left)) * std::sin(phase) * h / parts;
        }
      }
      mean += (re * re + im * im) / (steps * h) / runs;
    }
    const double x = std::numbers::pi * fh, sinc = std::sin(x) / x;
    // The last sample has half a triangle, of transform int_0^1 (1 - x) e^{-i phi x} dx, the 31
    // before it a whole one, of transform sinc^2.
    const std::complex<double> i_phi(0.0, 2.0 * x);
    const double half = std::norm(1.0 / i_phi - (1.0 - std::exp(-i_phi)) / (i_phi * i_phi));
    const double expected = density * ((steps - 1) * std::pow(sinc, 4) + half) / steps;
    // 4 sigma of 2000 exponential deviates (sqrt(2) more at f h = 0.5, where im is tied to re), and
    // 1 % from the trapezoids.
    CHECK(mean == Approx(expected).epsilon(4.0 * std::sqrt(2.0 / runs) + 0.01));
  }
}

TEST_CASE("a path refuses a step that is none") {
  CHECK_THROWS_WITH(NoisePath(1, 0, 0.0), ContainsSubstring("the step of the noise is 0"));
  CHECK_THROWS_AS(NoisePath(1, 0, -1.0), ParameterError);
  CHECK_THROWS_AS(NoisePath(1, 0, std::nan("")), ParameterError);
  CHECK_THROWS_AS(NoisePath(1, 0, std::numeric_limits<double>::infinity()), ParameterError);
}
