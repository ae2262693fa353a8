// What depends on the length of a gap between two times alone, computed once for each length.
//
// Times read from a file are rounded, and so are their differences: gaps that agree to the rounding
// of their times are one gap. The last sixteen lengths are kept, so the memory does not grow with a
// path.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <utility>

namespace springspice::dynamics {

/// @throws core::ParameterError where `after` is not behind `before`, or one is not finite
double check_gap(double before, double after);

template <class Value>
class GapCache {
 public:
  explicit GapCache(std::function<Value(double gap)> make) : make_(std::move(make)) {}

  /// The reference holds until the next call. @throws as check_gap() and the maker do
  const Value& between(double before, double after) {
    const double gap = check_gap(before, after);
    // Each of the two times is rounded, and an entry's gap came from two that were too.
    const double rounding =
        4.0 * std::numeric_limits<double>::epsilon() * std::max(std::abs(before), std::abs(after));
    for (const auto& [length, value] : recent_) {
      if (std::abs(length - gap) <= rounding) return value;
    }
    if (recent_.size() == kMostKept) recent_.pop_front();
    return recent_.emplace_back(gap, make_(gap)).second;
  }

 private:
  static constexpr std::size_t kMostKept = 16;
  std::function<Value(double)> make_;
  std::deque<std::pair<double, Value>> recent_;
};

}  // namespace springspice::dynamics
