// A curve for a picture, of bounded length, from any number of points that stream by.
//
// The points are taken in stretches of equal numbers; of each the lowest and the highest are kept.
// When there are too many stretches, neighbours are joined two by two. So every extreme of the
// curve stands, wherever it is, and memory does not grow with the points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace springspice::cli {

struct CurvePoint {
  double x = 0.0, y = 0.0;
};

class BoundedCurve {
 public:
  /// @param most points that are kept, at least 8
  explicit BoundedCurve(std::size_t most = 500);

  /// A NaN counts as an extreme: it must not vanish.
  void add(double x, double y);

  std::uint64_t count() const { return count_; }  ///< points that were added
  /// Greatest less least y; NaN where one of them is, 0 of nothing.
  double move() const;

  /// At most `most`, in the order in which they came, the first and the last among them.
  std::vector<CurvePoint> points() const;
  /// The highest of each stretch.
  std::vector<CurvePoint> peaks() const;

 private:
  struct Kept {
    std::uint64_t number = 0;
    CurvePoint point;
  };
  struct Stretch {
    Kept low, high;
  };
  static void join(Stretch& stretch, const Stretch& other);

  std::size_t most_stretches_;
  std::uint64_t length_ = 1;  ///< points of a full stretch
  std::uint64_t count_ = 0;
  std::vector<Stretch> stretches_;
  Kept first_, last_;
};

}  // namespace springspice::cli
