// Quantiles of a stream of numbers above 0, in memory that does not grow with it.
//
// Counts in bins of equal relative width: 128 to each factor of two, so a quantile is good to
// 0.4 %, whatever the distribution. Counts add up in any order to the same, so threads may share
// the work. (The bins of HdrHistogram; Masson, Rim, Lee 2019, "DDSketch", for the guarantee.)
#pragma once

#include <cstdint>
#include <map>

namespace springspice::dynamics {

class QuantileSketch {
 public:
  /// Numbers of 0 and below count as 0. @pre value is not NaN
  void add(double value);
  void merge(const QuantileSketch& other);

  std::uint64_t count() const { return count_; }
  /// The value below which a share p of the numbers lies, 0 <= p <= 1: the middle of its bin.
  /// @pre count() > 0
  double quantile(double p) const;

 private:
  std::map<std::uint64_t, std::uint64_t> bins_;  ///< by the leading bits of the number
  std::uint64_t count_ = 0;
};

}  // namespace springspice::dynamics
