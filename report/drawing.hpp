// A figure made ready to be drawn, by whatever draws: what no picture can show is taken out, long
// curves are thinned, ranges are chosen. Not installed.
//
//   not finite, beyond 1e300, or not above 0 on a logarithmic axis  | a gap in the curve
//   more points than a picture of this size can show                | of each stretch of the curve
//   the
//                                                                   | first, last, least and
//                                                                   largest, | so that no spike is
//                                                                   lost
//   a field on uneven axes, or a large one                          | the nearest value, on even
//   pixels
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/page.hpp"

namespace springspice::report {

struct Range {
  double low = 0.0, high = 1.0;
};

struct Drawing {
  std::vector<Series> series;
  std::optional<Field> field;      ///< on even, ascending axes
  Range x, y, value;               ///< low < high; logarithmic axes: whole decades
  std::vector<std::string> notes;  ///< what was left out, as sentences for the caption
};

Drawing prepare_drawing(const Figure& figure);

/// Equal steps of 1, 2 or 5 times a power of ten, at most `most` in the range, and the digits that
/// tell their labels apart.
struct Tics {
  double first = 0.0, step = 1.0;
  int digits = 6;
};
Tics choose_tics(const Range& range, int most);

}  // namespace springspice::report
