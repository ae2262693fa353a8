// The mean of exp(-w) over runs that come one by one, whatever the size of w.
//
// Kept are the mean and the squares about it (Welford) of exp(top - w), with top the least w so
// far: the largest term is 1, so nothing overflows, and what underflows does not count.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace springspice::thermo {

class ExponentialMean {
 public:
  /// @pre w is finite
  void add(double w) {
    if (w < top_) lower_top(w);
    const double term = std::exp(top_ - w);
    ++count_;
    const double before = term - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (term - mean_);
  }

  std::uint64_t count() const { return count_; }
  /// ln of the mean. @pre count() > 0
  double log_mean() const { return std::log(mean_) - top_; }
  /// Standard error of log_mean() to first order: that of the mean, over the mean. Infinite of one.
  double error() const {
    if (count_ < 2) return std::numeric_limits<double>::infinity();
    const auto n = static_cast<double>(count_);
    return std::sqrt(squares_ / (n * (n - 1.0))) / mean_;
  }
  /// (sum of the terms)^2 / sum of their squares: how many equal ones would weigh as much (Kish).
  double effective_count() const {
    const auto n = static_cast<double>(count_);
    return n * n * mean_ * mean_ / (squares_ + n * mean_ * mean_);
  }

 private:
  void lower_top(double w) {
    const double shrink = std::exp(w - top_);  // 0 at the first
    mean_ *= shrink;
    squares_ *= shrink * shrink;
    top_ = w;
  }

  std::uint64_t count_ = 0;
  double top_ = std::numeric_limits<double>::infinity();
  double mean_ = 0.0, squares_ = 0.0;
};

}  // namespace springspice::thermo
