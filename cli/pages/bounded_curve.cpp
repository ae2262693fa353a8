#include "cli/pages/bounded_curve.hpp"

#include <algorithm>
#include <cmath>

namespace springspice::cli {
namespace {

bool is_below(double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; }
bool is_above(double a, double b) { return std::isnan(a) ? !std::isnan(b) : a > b; }

}  // namespace

// Two of each stretch, and the first and the last point of all.
BoundedCurve::BoundedCurve(std::size_t most)
    : most_stretches_((std::max<std::size_t>(most, 8) - 2) / 2) {
  stretches_.reserve(most_stretches_);
}

void BoundedCurve::join(Stretch& stretch, const Stretch& other) {
  if (is_below(other.low.point.y, stretch.low.point.y)) stretch.low = other.low;
  if (is_above(other.high.point.y, stretch.high.point.y)) stretch.high = other.high;
}

void BoundedCurve::add(double x, double y) {
  last_ = {count_, {x, y}};
  if (count_ == 0) first_ = last_;
  const bool opens = count_ % length_ == 0;
  if (opens && stretches_.size() == most_stretches_) {
    // An odd one out stays half as long as the others, and the next points fill it.
    const std::size_t pairs = (stretches_.size() + 1) / 2;
    for (std::size_t k = 0; k < pairs; ++k) {
      stretches_[k] = stretches_[2 * k];
      if (2 * k + 1 < stretches_.size()) join(stretches_[k], stretches_[2 * k + 1]);
    }
    stretches_.resize(pairs);
    length_ *= 2;
  }
  if (count_ % length_ == 0) {
    stretches_.push_back({last_, last_});
  } else {
    join(stretches_.back(), {last_, last_});
  }
  ++count_;
}

double BoundedCurve::move() const {
  if (stretches_.empty()) return 0.0;
  Stretch all = stretches_.front();
  for (const Stretch& stretch : stretches_) join(all, stretch);
  return all.high.point.y - all.low.point.y;
}

std::vector<CurvePoint> BoundedCurve::points() const {
  std::vector<Kept> kept;
  if (count_ > 0) kept = {first_, last_};
  for (const Stretch& stretch : stretches_) {
    kept.push_back(stretch.low);
    kept.push_back(stretch.high);
  }
  std::ranges::sort(kept, {}, &Kept::number);
  const auto repeated = std::ranges::unique(kept, {}, &Kept::number);
  kept.erase(repeated.begin(), repeated.end());
  std::vector<CurvePoint> points;
  for (const Kept& one : kept) points.push_back(one.point);
  return points;
}

std::vector<CurvePoint> BoundedCurve::peaks() const {
  std::vector<CurvePoint> points;
  for (const Stretch& stretch : stretches_) points.push_back(stretch.high.point);
  return points;
}

}  // namespace springspice::cli
