#include "sim/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Cholesky>

#include "core/error.hpp"
#include "core/random.hpp"
#include "tests/catch.hpp"
#include "tests/core/kolmogorov.hpp"

using namespace springspice::sim;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using springspice::core::normal;
using springspice::core::ParameterError;

using springspice::test::kolmogorov;

namespace {

// 0.9^|i - j|, times the scales of its coordinates.
MatrixXd correlated(Index n) {
  return MatrixXd::NullaryExpr(n, n, [](Index i, Index j) {
    return std::pow(0.9, std::abs(static_cast<double>(i - j))) *
           static_cast<double>((i + 1) * (j + 1));
  });
}

// Samples of N(mean, truth), tested against N(assumed_mean, assumed).
CovarianceTest::Result run(const VectorXd& mean, const MatrixXd& truth,
                           const VectorXd& assumed_mean, const MatrixXd& assumed, int samples,
                           std::uint64_t seed) {
  const MatrixXd L = truth.llt().matrixL();
  CovarianceTest test(assumed_mean, assumed);
  VectorXd y(mean.size());
  for (int k = 0; k < samples; ++k) {
    for (Index i = 0; i < y.size(); ++i) {
      y[i] = normal(seed, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(k));
    }
    test.add(mean + L * y);
  }
  CHECK(test.samples() == samples);
  return test.result();
}

// The middle p value of the covariance over 21 seeds.
double median_p(const MatrixXd& truth, const MatrixXd& assumed, int samples) {
  const VectorXd mean = VectorXd::Constant(truth.rows(), 3.0);
  std::vector<double> p;
  for (std::uint64_t seed = 1; seed <= 21; ++seed) {
    p.push_back(run(mean, truth, mean, assumed, samples, seed).covariance_p);
  }
  std::ranges::nth_element(p, p.begin() + 10);
  return p[10];
}

}  // namespace

TEST_CASE("the tail of chi squared") {
  for (const double x : {0.0, 0.1, 1.0, 10.0, 100.0, 1000.0}) {
    CHECK(chi_squared_tail(x, 2.0) == Approx(std::exp(-x / 2.0)).epsilon(1e-13));
    CHECK(chi_squared_tail(x, 1.0) == Approx(std::erfc(std::sqrt(x / 2.0))).epsilon(1e-13));
  }
  CHECK(chi_squared_tail(18.307038053275146, 10.0) == Approx(0.05).epsilon(1e-12));  // tables
  CHECK(chi_squared_tail(1e5, 1e5) == Approx(0.5).margin(1e-3));
  CHECK(chi_squared_tail(std::numeric_limits<double>::infinity(), 3.0) == 0.0);
  CHECK_THROWS_AS(chi_squared_tail(-1.0, 3.0), ParameterError);
  CHECK_THROWS_AS(chi_squared_tail(1.0, 0.0), ParameterError);
  CHECK_THROWS_AS(chi_squared_tail(std::nan(""), 1.0), ParameterError);
}

TEST_CASE("true hypotheses have uniform p values: Kolmogorov's test, level 1e-3") {
  struct Size {
    Index n;
    int samples;
  };
  for (const auto& [n, samples] : {Size{3, 15}, Size{3, 60}, Size{8, 40}}) {
    CAPTURE(n, samples);
    const MatrixXd sigma = correlated(n);
    const VectorXd mean = VectorXd::Constant(n, -2.0);
    std::vector<double> mean_p, covariance_p;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
      const auto result = run(mean, sigma, mean, sigma, samples, 1000 + seed);
      mean_p.push_back(result.mean_p);
      covariance_p.push_back(result.covariance_p);
    }
    CHECK(kolmogorov(mean_p) < 1.95);
    CHECK(kolmogorov(covariance_p) < 1.95);
  }
}

TEST_CASE("a covariance that is wrong by 10 % in one entry is found with 2000 samples") {
  const Index n = 10;
  MatrixXd wrong = correlated(n);
  // Neighbours: the correlation is 0.81 in place of 0.9. In whitened coordinates that is about 1.
  wrong(4, 5) *= 0.9;
  wrong(5, 4) = wrong(4, 5);
  CHECK(median_p(correlated(n), wrong, 2000) < 1e-6);
  // One variance.
  wrong = correlated(n);
  wrong(4, 4) *= 1.1;
  CHECK(median_p(correlated(n), wrong, 2000) < 1e-6);
  CHECK(median_p(correlated(n), correlated(n), 2000) > 0.1);
}

TEST_CASE("a covariance that is 5 % too large is found with 2000 samples") {
  // The statistic moves by 0.05^2 n R / 2 = 25, 2.4 of its standard deviations sqrt(110):
  // the middle p value is near 1 %.
  CHECK(median_p(correlated(10), 1.05 * correlated(10), 2000) < 0.05);
  CHECK(median_p(correlated(10), correlated(10) / 1.05, 2000) < 0.05);
}

TEST_CASE("a mean that is off by a tenth of a standard deviation is found") {
  const MatrixXd sigma = MatrixXd::Identity(4, 4);
  VectorXd mean = VectorXd::Zero(4), wrong = mean;
  wrong[2] = 0.1;
  // R 0.01 = 20 beside the 4 of chi^2_4.
  CHECK(run(mean, sigma, wrong, sigma, 2000, 1).mean_p < 1e-2);
  CHECK(run(mean, sigma, mean, sigma, 2000, 1).mean_p > 1e-2);
}

TEST_CASE("the test does not depend on units") {
  const VectorXd mean = VectorXd::Zero(3);
  const VectorXd units = (VectorXd(3) << 1e-9, 1.0, 1e6).finished();
  const MatrixXd sigma = correlated(3);
  const MatrixXd scaled = units.asDiagonal() * sigma * units.asDiagonal();
  const auto a = run(mean, sigma, mean, sigma, 50, 7), b = run(mean, scaled, mean, scaled, 50, 7);
  CHECK(a.covariance_statistic == Approx(b.covariance_statistic).epsilon(1e-10));
  CHECK(a.mean_statistic == Approx(b.mean_statistic).epsilon(1e-10));
}

TEST_CASE("the covariance test refuses what it cannot test") {
  const VectorXd mean = VectorXd::Zero(2);
  const MatrixXd one = MatrixXd::Identity(2, 2);
  CHECK_THROWS_WITH(CovarianceTest(mean, MatrixXd::Ones(2, 2)),
                    ContainsSubstring("not positive definite"));
  CHECK_THROWS_AS(CovarianceTest(mean, -one), ParameterError);
  CHECK_THROWS_AS(CovarianceTest(mean, std::nan("") * one), ParameterError);
  CHECK_THROWS_WITH(CovarianceTest(mean, MatrixXd::Identity(3, 3)), ContainsSubstring("3 x 3"));
  MatrixXd skew = one;
  skew(0, 1) = 0.1;
  CHECK_THROWS_WITH(CovarianceTest(mean, skew), ContainsSubstring("not symmetric"));
  CovarianceTest test(mean, one);
  CHECK_THROWS_AS(test.add(VectorXd::Zero(3)), ParameterError);
  CHECK_THROWS_AS(test.add(VectorXd::Constant(2, std::nan(""))), ParameterError);
  for (int k = 0; k < 9; ++k) test.add(VectorXd::Unit(2, k % 2));
  CHECK_THROWS_WITH(test.result(), ContainsSubstring("9 samples of 2 numbers"));
  test.add(VectorXd::Unit(2, 0));
  CHECK_NOTHROW(test.result());
  CHECK(CovarianceTest::fewest_samples(400) == 4000);
}

namespace {

std::vector<double> autoregressive(double phi, std::size_t n, std::uint64_t seed) {
  std::vector<double> out(n);
  double x = normal(seed, 0, 0) / std::sqrt(1.0 - phi * phi);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = 10.0 + x;
    x = phi * x + normal(seed, 0, i + 1);
  }
  return out;
}

}  // namespace

TEST_CASE("autocorrelation time of AR(1): (1 + phi) / (1 - phi) / 2") {
  const std::size_t n = 200000;
  for (const double phi : {-0.3, 0.0, 0.5, 0.9, 0.97}) {
    CAPTURE(phi);
    const Autocorrelation a = compute_autocorrelation(autoregressive(phi, n, 3));
    const double tau = 0.5 * (1.0 + phi) / (1.0 - phi);
    const double relative =
        std::sqrt(2.0 * (2.0 * static_cast<double>(a.window) + 1.0) / double(n));
    // 4 sigma, and e^-5 that the window leaves out.
    CHECK(a.time == Approx(tau).epsilon(4.0 * relative + 0.01));
    // The variance of a variance: 2 sigma^4 (1 + phi^2) / (1 - phi^2) / N.
    const double scatter = std::sqrt(2.0 * (1.0 + phi * phi) / (1.0 - phi * phi) / double(n));
    CHECK(a.variance == Approx(1.0 / (1.0 - phi * phi)).epsilon(4.0 * scatter));
    CHECK(std::abs(a.mean - 10.0) < 4.0 * a.error);
  }
}

TEST_CASE("the error bar of the mean is right: 200 series of AR(1)") {
  double squares = 0.0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Autocorrelation a = compute_autocorrelation(autoregressive(0.8, 2000, seed));
    squares += std::pow((a.mean - 10.0) / a.error, 2);
  }
  // chi^2_200 / 200 within 4 sigma, 4 sqrt(2/200); 5 % more for the scatter of the error bars.
  CHECK(squares / 200.0 == Approx(1.0).margin(0.45));
}

TEST_CASE("autocorrelation: a constant, an alternating and a drifting series") {
  const std::vector<double> constant(100, 2.0);
  CHECK(compute_autocorrelation(constant).mean == 2.0);
  CHECK(compute_autocorrelation(constant).error == 0.0);
  std::vector<double> alternating(100), drifting(100);
  for (std::size_t i = 0; i < 100; ++i) {
    alternating[i] = i % 2 == 0 ? 1.0 : -1.0;
    drifting[i] = static_cast<double>(i);
  }
  CHECK(compute_autocorrelation(alternating).error == 0.0);
  CHECK_THROWS_WITH(compute_autocorrelation(drifting), ContainsSubstring("too short"));
  CHECK_THROWS_AS(compute_autocorrelation(std::vector<double>{1.0}), ParameterError);
  CHECK_THROWS_AS(compute_autocorrelation(std::vector<double>{1.0, std::nan("")}), ParameterError);
}
