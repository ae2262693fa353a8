#include "sim/dynamics/quantile_sketch.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/random.hpp"
#include "sim/dynamics/tally.hpp"
#include "tests/catch.hpp"

using namespace springspice;
using dynamics::QuantileSketch;
using dynamics::Tally;

TEST_CASE("sketch: quantiles within 0.4 % of the sorted numbers', over 60 orders of magnitude") {
  std::vector<double> values;
  for (std::uint64_t i = 0; i < 5001; ++i) {
    values.push_back(std::exp(20.0 * core::normal(1, 0, i)));
  }
  QuantileSketch sketch;
  for (const double value : values) sketch.add(value);
  std::sort(values.begin(), values.end());
  for (const double p : {0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0}) {
    const double exact = values[static_cast<std::size_t>(p * 5000.0)];
    CHECK(sketch.quantile(p) == Approx(exact).epsilon(0.004));
  }
  CHECK(sketch.count() == 5001);
}

TEST_CASE("sketch: merged in any order it is the same; 0 and below count as 0") {
  QuantileSketch whole, a, b;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const double value = core::uniform(2, 0, i);
    whole.add(value);
    (i % 3 == 0 ? a : b).add(value);
  }
  QuantileSketch ab = a, ba = b;
  ab.merge(b);
  ba.merge(a);
  for (const double p : {0.0, 0.1, 0.5, 0.9, 1.0}) {
    CHECK(ab.quantile(p) == whole.quantile(p));
    CHECK(ba.quantile(p) == whole.quantile(p));
  }
  QuantileSketch nothing;
  nothing.add(0.0);
  nothing.add(-1e-18);
  CHECK(nothing.quantile(0.5) == 0.0);
}

TEST_CASE("tally: mean and deviation of merged parts are those of the whole") {
  Tally whole, a, b, empty;
  double sum = 0.0;
  std::vector<double> values;
  for (std::uint64_t i = 0; i < 400; ++i) {
    values.push_back(1e6 + core::normal(3, 0, i));
    whole.add(values.back());
    (i < 150 ? a : b).add(values.back());
    sum += values.back();
  }
  a.merge(empty);
  empty.merge(a);
  empty.merge(b);
  const double mean = sum / 400.0;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  for (const Tally& tally : {whole, empty}) {
    CHECK(tally.count() == 400);
    CHECK(tally.mean() == Approx(mean).epsilon(1e-14));
    // A mean of 1e6 leaves eps 1e6 in each number.
    CHECK(tally.deviation() == Approx(std::sqrt(squares / 399.0)).epsilon(1e-9));
    CHECK(tally.standard_error() == Approx(tally.deviation() / 20.0));
  }
  CHECK(Tally{}.deviation() == 0.0);
}
