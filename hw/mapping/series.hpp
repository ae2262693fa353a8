// The values that parts of a kind can be bought or drawn in.
//
//   series      | values
//   ------------|--------------------------------------------------------------------------------
//   continuous  | any (a transconductor set by its bias, a wound coil)
//   E12 to E192 | preferred numbers, IEC 60063: three digits for E48 and above, times powers of
//   ten;
//               | E3 to E24 two digits, with their historical departures from 10^(k/n)
//               (2.7, 3.3...)
//   list        | those given
//   bank        | n unit, n = 1 ... 2^bits - 1: binary-weighted units that switches join
#pragma once

#include <string>
#include <vector>

#include "hw/scaling.hpp"

namespace springspice::hw {

class Series {
 public:
  static Series continuous();
  /// "E3", "E6", "E12", "E24", "E48", "E96", "E192", in any case.
  /// @throws RealizationError for another name
  static Series preferred(const std::string& name);
  /// @throws RealizationError for an empty list, a value that is not finite and above 0
  static Series list(std::vector<double> values);
  /// @throws RealizationError for a unit that is not above 0, bits outside 1 to 24
  static Series bank(double unit, int bits);

  /// "E96", "list of 7", "bank of 8 bits of 10 fF", "continuous".
  const std::string& name() const { return name_; }
  bool is_continuous() const { return kind_ == Kind::continuous; }

  /// Up to `each_side` values at or below and as many above `value` that lie in the range (by a
  /// part in 1e9: a limit belongs to it), in ascending order; of a continuous series the value
  /// itself, clamped to the range. Empty where the series has no value in the range.
  std::vector<double> near(double value, const Interval& range, int each_side) const;

  /// The nearest in the logarithm. @throws RealizationError where no value lies in the range: names
  /// the series and the range.
  double nearest(double value, const Interval& range) const;

 private:
  enum class Kind { continuous, preferred, list, bank };
  Kind kind_ = Kind::continuous;
  std::string name_ = "continuous";
  std::vector<double> values_;  ///< of one decade, 1 to 10; of a list all, ascending
  double unit_ = 0.0;
  int bits_ = 0;
};

/// One part, or two of them joined, that stand for a value.
struct Joined {
  enum class How { single, series, parallel };
  How how = How::single;
  double value = 0.0;          ///< of the whole
  std::vector<double> values;  ///< one or two, the larger first
};

/// What can stand for `value` with parts that add in series (R, L) or in parallel (C, and
/// conductances of either): the `count` nearest in the logarithm, ascending in value, single parts
/// first among equals. Pairs only where `pairs` is set, of values in the range.
/// @param adds_in_series resistors and inductors; else capacitors
std::vector<Joined> find_candidates(const Series& series, const Interval& range, double value,
                                    bool adds_in_series, bool pairs, int count);

}  // namespace springspice::hw
