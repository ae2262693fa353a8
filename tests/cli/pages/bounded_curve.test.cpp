// Curves of bounded length: every extreme stands, the ends stand, and the order is that of time.
#include "cli/pages/bounded_curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "tests/catch.hpp"

using springspice::cli::BoundedCurve;
using springspice::cli::CurvePoint;

namespace {

double greatest(const std::vector<CurvePoint>& points) {
  return std::ranges::max_element(points, {}, &CurvePoint::y)->y;
}
double least(const std::vector<CurvePoint>& points) {
  return std::ranges::min_element(points, {}, &CurvePoint::y)->y;
}

}  // namespace

TEST_CASE("a short curve is kept as it is") {
  BoundedCurve curve(100);
  for (int k = 0; k < 40; ++k) curve.add(k, k * k);
  const std::vector<CurvePoint> points = curve.points();
  REQUIRE(points.size() == 40);
  for (int k = 0; k < 40; ++k) {
    CHECK(points[static_cast<std::size_t>(k)].x == k);
    CHECK(points[static_cast<std::size_t>(k)].y == k * k);
  }
  CHECK(curve.move() == 39.0 * 39.0);
}

TEST_CASE("a single spike stands, wherever it is and however long the curve") {
  // Lengths around every doubling, and the spike in each part of the curve.
  for (const int length : {499, 500, 501, 996, 997, 4000, 100'000}) {
    for (const double share : {0.0, 0.001, 0.3, 0.77, 0.9999}) {
      const int up = static_cast<int>(share * (length - 1));
      const int down = length - 1 - up / 2;
      BoundedCurve curve(500);
      for (int k = 0; k < length; ++k) {
        curve.add(k, std::sin(0.01 * k) + (k == up ? 10.0 : 0.0) - (k == down ? 20.0 : 0.0));
      }
      const std::vector<CurvePoint> points = curve.points();
      INFO(length << " points, spike at " << up);
      CHECK(points.size() <= 500);
      CHECK(points.front().x == 0.0);
      CHECK(points.back().x == length - 1);
      CHECK(std::ranges::is_sorted(points, std::ranges::less_equal{}, &CurvePoint::x));
      CHECK(greatest(points) > 8.9);
      CHECK(least(points) < -18.9);
      CHECK(greatest(curve.peaks()) == greatest(points));
      CHECK(curve.move() == greatest(points) - least(points));
    }
  }
}

TEST_CASE("a fine oscillation keeps its height along the whole curve") {
  // A thousand periods in 500 points: thinning by a stride would show a wrong, slow one.
  BoundedCurve curve(500);
  constexpr int kLength = 64'000;
  for (int k = 0; k < kLength; ++k) curve.add(k, std::cos(2.0 * std::numbers::pi * k / 64.0));
  const std::vector<CurvePoint> points = curve.points();
  for (std::size_t k = 2; k + 2 < points.size(); ++k) CHECK(std::abs(points[k].y) == 1.0);
}

TEST_CASE("a NaN does not vanish") {
  BoundedCurve curve(20);
  for (int k = 0; k < 1000; ++k) {
    curve.add(k, k == 321 ? std::numeric_limits<double>::quiet_NaN() : 1.0 * k);
  }
  const std::vector<CurvePoint> points = curve.points();
  CHECK(std::ranges::count_if(points, [](const CurvePoint& p) { return std::isnan(p.y); }) == 1);
  CHECK(std::isnan(curve.move()));
}

TEST_CASE("nothing is a curve without points") {
  const BoundedCurve curve;
  CHECK(curve.points().empty());
  CHECK(curve.peaks().empty());
  CHECK(curve.move() == 0.0);
}
