// Count, mean and spread of a stream of numbers (Welford; merged as Chan, Golub, LeVeque 1979).
#pragma once

#include <cmath>
#include <cstdint>

namespace springspice::dynamics {

class Tally {
 public:
  void add(double value) {
    ++count_;
    const double before = value - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (value - mean_);
  }

  void merge(const Tally& other) {
    if (other.count_ == 0) return;
    const auto here = static_cast<double>(count_);
    const auto there = static_cast<double>(other.count_);
    const double apart = other.mean_ - mean_;
    mean_ += apart * (there / (here + there));
    squares_ += other.squares_ + apart * apart * (here * there / (here + there));
    count_ += other.count_;
  }

  std::uint64_t count() const { return count_; }
  double mean() const { return mean_; }
  /// Of the numbers; 0 for fewer than two.
  double deviation() const {
    return count_ < 2 ? 0.0 : std::sqrt(squares_ / static_cast<double>(count_ - 1));
  }
  /// Of the mean, if the numbers are independent.
  double standard_error() const {
    return count_ < 2 ? 0.0 : deviation() / std::sqrt(static_cast<double>(count_));
  }

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0.0, squares_ = 0.0;
};

}  // namespace springspice::dynamics
