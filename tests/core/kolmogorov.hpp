// Kolmogorov's test of uniformity, for the tests of random numbers and of p values.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace springspice::test {

/// sqrt(n) D of values that should be uniform in (0, 1); 1.95 is the level 1e-3.
inline double kolmogorov(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    distance = std::max({distance, values[i] - static_cast<double>(i) / n,
                         static_cast<double>(i + 1) / n - values[i]});
  }
  return std::sqrt(n) * distance;
}

}  // namespace springspice::test
