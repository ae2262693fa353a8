#include "sim/thermo/pareto_tail.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Core>

namespace springspice::thermo {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;

constexpr std::size_t kLeastValues = 25;  // five in the tail
constexpr double kPriorShape = 0.5, kPriorCount = 10.0;

// What the largest values have above the largest of the others; ascending.
ArrayXd exceedances(std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const auto tail = static_cast<std::ptrdiff_t>(std::min(0.2 * n, 3.0 * std::sqrt(n)));
  const auto threshold = values.end() - tail - 1;
  std::nth_element(values.begin(), threshold, values.end());
  std::sort(threshold + 1, values.end());
  return Eigen::Map<const ArrayXd>(&*threshold + 1, tail) - *threshold;
}

}  // namespace

double fit_pareto_tail(std::vector<double> values) {
  if (values.size() < kLeastValues) return 0.0;
  const ArrayXd x = exceedances(values);
  const Index n = x.size();
  const auto count = static_cast<double>(n);
  const double quartile = x(static_cast<Index>(count / 4.0 + 0.5) - 1);
  if (!(quartile > 0.0)) return 0.0;
  // The profile likelihood of b = -k / sigma on a grid; k(b) = mean ln(1 - b x).
  const auto grid = static_cast<Index>(30.0 + std::sqrt(count));
  ArrayXd b(grid), likelihood(grid);
  for (Index j = 0; j < grid; ++j) {
    const double place = static_cast<double>(grid) / (static_cast<double>(j) + 0.5);
    b(j) = 1.0 / x(n - 1) + (1.0 - std::sqrt(place)) / (3.0 * quartile);
    const double k = (-b(j) * x).log1p().mean();
    likelihood(j) = count * (std::log(-b(j) / k) - k - 1.0);
  }
  const ArrayXd weight = (likelihood - likelihood.maxCoeff()).exp();
  const double k = (-(b * weight).sum() / weight.sum() * x).log1p().mean();
  return (count * k + kPriorCount * kPriorShape) / (count + kPriorCount);
}

}  // namespace springspice::thermo
