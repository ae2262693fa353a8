#include "sim/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <boost/math/special_functions/gamma.hpp>
#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::sim {
namespace {

using core::ParameterError;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kWindow = 5.0;        // Sokal's c
constexpr double kAsymmetric = 1e-10;  // of the largest entry: above, it is no rounding

void check_covariance(const Eigen::Ref<const MatrixXd>& covariance, Index n) {
  if (covariance.rows() != n || covariance.cols() != n) {
    throw ParameterError(fmt::format("the covariance is {} x {} beside a mean of {} numbers",
                                     covariance.rows(), covariance.cols(), n));
  }
  if (n == 0) throw ParameterError("the mean has no numbers; give at least one");
  const double asymmetry = (covariance - covariance.transpose()).cwiseAbs().maxCoeff();
  if (!(asymmetry <= kAsymmetric * covariance.cwiseAbs().maxCoeff())) {
    throw ParameterError("the covariance is not symmetric, or an entry is not finite");
  }
}

double mean_of(std::span<const double> series) {
  double sum = 0.0;
  for (const double value : series) sum += value;
  return sum / static_cast<double>(series.size());
}

// sum_i x_i x_{i+lag} / N
double covariance_at(const std::vector<double>& x, std::size_t lag) {
  double sum = 0.0;
  for (std::size_t i = lag; i < x.size(); ++i) sum += x[i] * x[i - lag];
  return sum / static_cast<double>(x.size());
}

}  // namespace

double chi_squared_tail(double x, double degrees) {
  if (!(x >= 0.0) || !(degrees > 0.0) || !std::isfinite(degrees)) {
    throw ParameterError(
        fmt::format("chi squared of {} with {} degrees of freedom: give x from 0 and degrees "
                    "above 0",
                    x, degrees));
  }
  return std::isinf(x) ? 0.0 : boost::math::gamma_q(0.5 * degrees, 0.5 * x);
}

CovarianceTest::CovarianceTest(const Eigen::Ref<const VectorXd>& mean,
                               const Eigen::Ref<const MatrixXd>& covariance)
    : mean_(mean), sum_(VectorXd::Zero(mean.size())) {
  const Index n = mean.size();
  check_covariance(covariance, n);
  if (!mean.allFinite()) throw ParameterError("the mean has an entry that is not finite");
  const Eigen::LLT<MatrixXd> factor(covariance);
  if (factor.info() != Eigen::Success) {
    throw ParameterError(
        "the covariance is not positive definite; leave out the combinations that do not move");
  }
  factor_ = factor.matrixL();
  squares_ = MatrixXd::Zero(n, n);
}

void CovarianceTest::add(const Eigen::Ref<const VectorXd>& sample) {
  if (sample.size() != mean_.size() || !sample.allFinite()) {
    throw ParameterError(
        fmt::format("sample {} must be {} finite numbers; it has {}, or one is not", samples_ + 1,
                    mean_.size(), sample.size()));
  }
  VectorXd y = sample - mean_;
  factor_.triangularView<Eigen::Lower>().solveInPlace(y);
  sum_ += y;
  squares_.selfadjointView<Eigen::Lower>().rankUpdate(y);
  ++samples_;
}

long long CovarianceTest::fewest_samples(Index n) {
  const double size = static_cast<double>(n);
  return static_cast<long long>(std::ceil(std::max(5.0 * size, 0.5 * size * std::sqrt(size))));
}

CovarianceTest::Result CovarianceTest::result() const {
  if (samples_ < fewest_samples(mean_.size())) {
    throw ParameterError(
        fmt::format("{} samples of {} numbers; the test of their covariance needs "
                    "{} or more",
                    samples_, mean_.size(), fewest_samples(mean_.size())));
  }
  const double R = static_cast<double>(samples_), n = static_cast<double>(mean_.size());
  Result out{};
  out.mean_statistic = sum_.squaredNorm() / R;
  out.mean_p = chi_squared_tail(out.mean_statistic, n);
  const MatrixXd W = squares_ / R;  // the lower triangle counts
  const Eigen::LLT<MatrixXd> factor(W);
  if (factor.info() != Eigen::Success) {
    throw ParameterError("the samples lie in fewer directions than they have numbers");
  }
  const double log_det = 2.0 * MatrixXd(factor.matrixL()).diagonal().array().log().sum();
  const double bartlett = 1.0 - (2.0 * n * n + 3.0 * n - 1.0) / (6.0 * R * (n + 1.0));
  // Never below 0 but for rounding.
  out.covariance_statistic = std::max(bartlett * R * (W.trace() - log_det - n), 0.0);
  out.covariance_p = chi_squared_tail(out.covariance_statistic, 0.5 * n * (n + 1.0));
  return out;
}

Autocorrelation compute_autocorrelation(std::span<const double> series) {
  const std::size_t n = series.size();
  if (n < 2 || !std::ranges::all_of(series, [](double x) { return std::isfinite(x); })) {
    throw ParameterError(
        fmt::format("a series of {} values; give at least 2, all of them finite", n));
  }
  Autocorrelation out;
  out.mean = mean_of(series);
  std::vector<double> x(series.begin(), series.end());
  for (double& value : x) value -= out.mean;
  out.variance = covariance_at(x, 0);
  if (out.variance == 0.0) return out;
  do {
    if (++out.window > std::max<std::size_t>(n / 10, 1)) {
      throw ParameterError(
          fmt::format("a series of {} values is too short for its correlations, which last {:.3g} "
                      "or longer; give more",
                      n, out.time));
    }
    out.time += covariance_at(x, out.window) / out.variance;
  } while (static_cast<double>(out.window) < kWindow * std::max(out.time, 0.5));
  out.time = std::max(out.time, 0.0);
  out.error = std::sqrt(2.0 * out.time * out.variance / static_cast<double>(n));
  return out;
}

}  // namespace springspice::sim
