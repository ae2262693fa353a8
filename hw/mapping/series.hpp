// The values that parts of a kind can be bought or drawn in.
//
//   series     | values
//   -----------|---------------------------------------------------------------------------------
//   continuous | any (a transconductor set by its bias, a wound coil)
//   E3 to E192 | preferred numbers of IEC 60063, times powers of ten: from E48 on 10^(k/n) rounded
//              | to three digits (but 9.20 for 9.19), to E24 two digits, with their historical
//              | departures from 10^(k/n) (2.7, 3.3, ...)
//   list       | those given
//   bank       | n unit, n = 1 ... 2^bits - 1: binary-weighted units that switches join
#pragma once

#include <cstdint>
#include <string>
#include <utility>
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

  /// "E96", "list of 7", "bank of 8 bits of 1e-14", "continuous".
  const std::string& name() const { return name_; }
  bool is_continuous() const { return kind_ == Kind::continuous; }
  /// Parts of which two may be joined to a value that one of them has not.
  bool joins() const { return kind_ == Kind::preferred || kind_ == Kind::list; }

  /// Up to `each_side` values at or below and as many above `value` that lie in the range (by a
  /// part in 1e9: a limit belongs to it), in ascending order; of a continuous series the value
  /// itself, clamped to the range. Empty where the series has no value in the range.
  /// @pre value and range are finite and above 0
  std::vector<double> near(double value, const Interval& range, int each_side) const;

  /// All values in the range, ascending. @pre not continuous
  std::vector<double> all(const Interval& range) const;

  /// The nearest in the logarithm. @throws RealizationError where no value lies in the range: names
  /// the series and the range.
  double nearest(double value, const Interval& range) const;

 private:
  enum class Kind { continuous, preferred, list, bank };

  /// The values but for a continuous series are numbered in ascending order: a preferred series by
  /// decades from 1, so that numbers below 0 are values below 1; list and bank from 0.
  double value_at(std::int64_t number) const;
  /// The largest value at or below, by a part in 1e9; one before the first where there is none.
  std::int64_t number_at_or_below(double value) const;

  /// The first and the last in the range; first is above last where there is none.
  std::pair<std::int64_t, std::int64_t> numbers_in(const Interval& range) const;

  Kind kind_ = Kind::continuous;
  std::string name_ = "continuous";
  std::vector<double> values_;  ///< of a list, ascending; of a decade in hundredths, 100 to 999
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

/// What can stand for `value`: single parts and, where `pairs` is set, two of them in series or in
/// parallel, all of values in the range; the `count` wholes nearest in the logarithm, ascending. Of
/// equal wholes (to a part in 1e12) only one is there, a single part before a pair. A continuous
/// series and a bank have no pairs: they hold, or join, what a pair could.
/// @param adds_in_series resistors and inductors; else capacitors and transconductors
/// @throws RealizationError as Series::nearest()
/// @pre value and range are finite and above 0, count >= 1
std::vector<Joined> find_candidates(const Series& series, const Interval& range, double value,
                                    bool adds_in_series, bool pairs, int count);

}  // namespace springspice::hw
