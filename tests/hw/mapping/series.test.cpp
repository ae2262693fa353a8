#include "hw/mapping/series.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "hw/error.hpp"
#include "tests/catch.hpp"

using namespace springspice::hw;

namespace {

const Interval kDecade{1.0, 9.99};

// All wholes of one and two parts, by enumeration of the square.
std::vector<double> all_wholes(const Series& series, const Interval& range) {
  const std::vector<double> parts = series.all(range);
  std::vector<double> wholes = parts;
  for (const double a : parts) {
    for (const double b : parts) {
      wholes.push_back(a + b);
      wholes.push_back(1.0 / (1.0 / a + 1.0 / b));
    }
  }
  std::sort(wholes.begin(), wholes.end());
  const auto same = [](double a, double b) { return b - a <= 1e-12 * b; };
  wholes.erase(std::unique(wholes.begin(), wholes.end(), same), wholes.end());
  return wholes;
}

double distance(double a, double b) { return std::abs(std::log(a / b)); }

}  // namespace

TEST_CASE("series: the preferred numbers of IEC 60063") {
  using Values = std::vector<double>;
  CHECK(Series::preferred("E3").all(kDecade) == Values{1.0, 2.2, 4.7});
  CHECK(Series::preferred("e6").all(kDecade) == Values{1.0, 1.5, 2.2, 3.3, 4.7, 6.8});
  CHECK(Series::preferred("E12").all(kDecade) ==
        Values{1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2});
  CHECK(Series::preferred("E24").all(kDecade) == Values{1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2.0,
                                                        2.2, 2.4, 2.7, 3.0, 3.3, 3.6, 3.9, 4.3,
                                                        4.7, 5.1, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1});
  CHECK(Series::preferred("E48").all(kDecade) ==
        Values{1.00, 1.05, 1.10, 1.15, 1.21, 1.27, 1.33, 1.40, 1.47, 1.54, 1.62, 1.69,
               1.78, 1.87, 1.96, 2.05, 2.15, 2.26, 2.37, 2.49, 2.61, 2.74, 2.87, 3.01,
               3.16, 3.32, 3.48, 3.65, 3.83, 4.02, 4.22, 4.42, 4.64, 4.87, 5.11, 5.36,
               5.62, 5.90, 6.19, 6.49, 6.81, 7.15, 7.50, 7.87, 8.25, 8.66, 9.09, 9.53});
}

TEST_CASE("series: E96 holds E48, E192 holds E96 and 9.20 for 9.19") {
  const std::vector<double> e48 = Series::preferred("E48").all(kDecade);
  const std::vector<double> e96 = Series::preferred("E96").all(kDecade);
  const std::vector<double> e192 = Series::preferred("E192").all(kDecade);
  REQUIRE(e96.size() == 96);
  REQUIRE(e192.size() == 192);
  // As printed in the standard: both ends of the table and its middle.
  CHECK(std::vector<double>(e96.begin(), e96.begin() + 5) ==
        std::vector<double>{1.00, 1.02, 1.05, 1.07, 1.10});
  CHECK(std::vector<double>(e96.begin() + 47, e96.begin() + 51) ==
        std::vector<double>{3.09, 3.16, 3.24, 3.32});
  CHECK(std::vector<double>(e96.end() - 4, e96.end()) ==
        std::vector<double>{9.09, 9.31, 9.53, 9.76});
  CHECK(std::vector<double>(e192.end() - 8, e192.end()) ==
        std::vector<double>{9.09, 9.20, 9.31, 9.42, 9.53, 9.65, 9.76, 9.88});
  for (std::size_t k = 0; k < e48.size(); ++k) CHECK(e48[k] == e96[2 * k]);
  for (std::size_t k = 0; k < e96.size(); ++k) CHECK(e96[k] == e192[2 * k]);
}

TEST_CASE("series: values in any decade are the decimal numbers that a user writes") {
  const Series e24 = Series::preferred("E24");
  CHECK(e24.nearest(4.65e-9, {1e-10, 1e-6}) == 4.7e-9);
  CHECK(e24.nearest(9.2e-13, {1e-15, 1e-6}) == 9.1e-13);
  CHECK(e24.nearest(9.7e5, {1e3, 1e6}) == 1e6);
  CHECK(Series::preferred("E96").nearest(12345.0, {1e3, 1e6}) == 12.4e3);
  // Nearest in the logarithm: sqrt(1 * 2.2) = 1.483, not 1.6.
  CHECK(Series::preferred("E3").nearest(1.5, {1.0, 10.0}) == 2.2);
}

TEST_CASE("series: neighbours on both sides, within the range and at its limits") {
  using Values = std::vector<double>;
  const Series e12 = Series::preferred("E12");
  CHECK(e12.near(3.0, {1.0, 10.0}, 2) == Values{2.2, 2.7, 3.3, 3.9});
  CHECK(e12.near(3.3, {1.0, 10.0}, 1) == Values{3.3, 3.9});
  CHECK(e12.near(0.99, {0.1, 100.0}, 2) == Values{0.68, 0.82, 1.0, 1.2});
  // A value that the arithmetic of units missed by a rounding is still itself.
  CHECK(e12.near(3.3e-9 * (1.0 - 1e-15), {1e-9, 1e-8}, 1) == Values{3.3e-9, 3.9e-9});
  CHECK(e12.near(1.0, {1.2, 3.3}, 2) == Values{1.2, 1.5});
  CHECK(e12.near(50.0, {1.2, 3.3}, 2) == Values{2.7, 3.3});
  CHECK(e12.near(2.0, {2.3, 2.6}, 2).empty());
  CHECK_THROWS_WITH(e12.nearest(2.0, {2.3, 2.6}),
                    ContainsSubstring("E12 has no value between 2.3 and 2.6"));
}

TEST_CASE("series: list, bank, continuous") {
  using Values = std::vector<double>;
  const Series list = Series::list({33e-6, 10e-6, 22e-6, 10e-6});
  CHECK(list.name() == "list of 3");
  CHECK(list.near(12e-6, {1e-6, 1.0}, 2) == Values{10e-6, 22e-6, 33e-6});
  CHECK(list.all({11e-6, 33e-6}) == Values{22e-6, 33e-6});
  const Series bank = Series::bank(10e-15, 4);
  CHECK(bank.name() == "bank of 4 bits of 1e-14");
  CHECK(bank.all({1e-15, 1.0}).size() == 15);
  CHECK(bank.nearest(74e-15, {1e-15, 1.0}) == 7 * 10e-15);
  CHECK(bank.nearest(1e-12, {1e-15, 1.0}) == 15 * 10e-15);
  CHECK(bank.near(1e-16, {1e-15, 1.0}, 2) == Values{10e-15, 20e-15});
  const Series any = Series::continuous();
  CHECK(any.near(0.3, {0.1, 1.0}, 2) == Values{0.3});
  CHECK(any.nearest(7.0, {0.1, 1.0}) == 1.0);
}

TEST_CASE("series: what is no series is refused") {
  CHECK_THROWS_WITH(Series::preferred("E13"), ContainsSubstring("no series 'E13'; take E3, E6"));
  CHECK_THROWS_WITH(Series::list({}), ContainsSubstring("empty"));
  CHECK_THROWS_WITH(Series::list({1.0, -2.0}), ContainsSubstring("-2"));
  CHECK_THROWS_WITH(Series::bank(0.0, 8), ContainsSubstring("unit of a bank is 0"));
  CHECK_THROWS_WITH(Series::bank(1.0, 25), ContainsSubstring("25 bits; it must have 1 to 24"));
}

TEST_CASE("series: candidates are the nearest of all single parts and pairs") {
  // Against the enumeration of all pairs; limits that cut the pairs off are among the values.
  const Series series = GENERATE(Series::preferred("E12"), Series::preferred("E24"),
                                 Series::list({1.0, 1.5, 1.55, 4.0, 20.0, 21.0, 90.0}));
  const bool adds_in_series = GENERATE(true, false);
  const Interval range{1.0, 100.0};
  const std::vector<double> wholes = all_wholes(series, range);
  std::mt19937 random(1);
  std::uniform_real_distribution<double> logarithm(std::log(0.4), std::log(250.0));
  for (int trial = 0; trial < 60; ++trial) {
    const double value = std::exp(logarithm(random));
    const int count = 1 + trial % 7;
    const std::vector<Joined> found =
        find_candidates(series, range, value, adds_in_series, true, count);
    std::vector<double> nearest = wholes;
    std::sort(nearest.begin(), nearest.end(),
              [&](double a, double b) { return distance(a, value) < distance(b, value); });
    nearest.resize(static_cast<std::size_t>(count));
    std::sort(nearest.begin(), nearest.end());
    REQUIRE(found.size() == nearest.size());
    CAPTURE(series.name(), value, count);
    for (std::size_t k = 0; k < found.size(); ++k) {
      CHECK(found[k].value == Approx(nearest[k]).epsilon(1e-12));
    }
  }
}

TEST_CASE("series: a pair says how it is joined, and its parts make the whole") {
  const Interval range{1e3, 1e6};
  const Series e96 = Series::preferred("E96");
  for (const bool resistors : {true, false}) {
    for (const Joined& whole : find_candidates(e96, range, 123456.0, resistors, true, 12)) {
      if (whole.how == Joined::How::single) {
        CHECK(whole.values == std::vector<double>{whole.value});
        continue;
      }
      REQUIRE(whole.values.size() == 2);
      const double a = whole.values[0], b = whole.values[1];
      CHECK(a >= b);
      const bool sum = (whole.how == Joined::How::series) == resistors;
      CHECK(whole.value == Approx(sum ? a + b : a * b / (a + b)).epsilon(1e-14));
    }
  }
}

TEST_CASE("series: a single part before a pair of the same value; pairs only where allowed") {
  const Interval range{1.0, 100.0};
  const Series e12 = Series::preferred("E12");
  // 3.3 is also 1.5 + 1.8.
  const std::vector<Joined> exact = find_candidates(e12, range, 3.3, true, true, 1);
  REQUIRE(exact.size() == 1);
  CHECK(exact[0].how == Joined::How::single);
  for (const Joined& whole : find_candidates(e12, range, 3.5, true, false, 4)) {
    CHECK(whole.how == Joined::How::single);
  }
  CHECK(find_candidates(Series::continuous(), range, 3.5, true, true, 4).size() == 1);
  CHECK(find_candidates(Series::bank(1.0, 6), range, 3.4, false, true, 2)[0].value == 3.0);
  CHECK_THROWS_WITH(find_candidates(e12, {2.3, 2.6}, 2.4, true, true, 2),
                    ContainsSubstring("E12 has no value between 2.3 and 2.6"));
}
