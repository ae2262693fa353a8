// Statistical tests of simulated samples against exact moments, and error bars of time averages.
#pragma once

#include <cstddef>
#include <span>

#include <Eigen/Core>

namespace springspice::sim {

/// P(chi^2 > x) for chi^2 with this many degrees of freedom; from 1e-300 to 1.
/// @throws core::ParameterError for x < 0, degrees <= 0, NaN.
double chi_squared_tail(double x, double degrees);

/// Are these vectors N(mean, Sigma)? Both are given, not fitted.
///
///     y = L^-1 (z - mean),  Sigma = L L^T,    ybar = sum y / R,    W = sum y y^T / R
///
///   test       | statistic                        | distribution under the hypothesis
///   -----------|----------------------------------|----------------------------------
///   mean       | R |ybar|^2                       | chi^2 of n degrees, exactly
///   covariance | rho R (tr W - ln det W - n)      | chi^2 of n (n + 1) / 2 degrees, nearly
///
/// with R samples of n numbers. The second is the likelihood ratio of Sigma with Bartlett's factor
/// rho = 1 - (2 n^2 + 3 n - 1) / (6 R (n + 1)) (Anderson, An Introduction to Multivariate
/// Statistical Analysis, Section 10.8, with R in the place of N - 1 because the mean is known).
///
/// The samples must be independent of each other: members of an ensemble, or times that lie many
/// correlation times apart. Memory O(n^2), whatever R is.
///
/// What it finds: a Sigma that is wrong by L E L^T moves the covariance statistic by R |E|^2 / 2
/// (Frobenius), to be seen against the scatter n of chi^2. So a common factor of 1.05 moves it by
/// 0.00125 n R; 10 % in one variance alone, all else uncorrelated, by 0.005 R.
class CovarianceTest {
 public:
  /// @throws core::ParameterError for sizes that do not fit, an entry that is not finite, a
  /// covariance that is not symmetric (to 1e-10) or not positive definite.
  CovarianceTest(const Eigen::Ref<const Eigen::VectorXd>& mean,
                 const Eigen::Ref<const Eigen::MatrixXd>& covariance);

  /// @throws core::ParameterError for a wrong size or an entry that is not finite.
  void add(const Eigen::Ref<const Eigen::VectorXd>& sample);

  long long samples() const { return samples_; }

  /// The fewest samples for which the distributions above hold: the larger of 5 n and n^1.5 / 2.
  /// Below n, W is singular. From 5 n on, simulation (n = 3 to 60) finds 0.9 to 1.1 % of true
  /// hypotheses refused at 1 %, and 4.8 to 5.5 % at 5 %; without rho the statistic would lie
  /// n / 30 standard deviations too high. The first error that rho leaves shifts it by
  /// n^3 / (36 R^2) standard deviations; n^1.5 / 2 keeps that below 0.12.
  static long long fewest_samples(Eigen::Index n);

  struct Result {
    double mean_statistic, mean_p;
    double covariance_statistic, covariance_p;
  };
  /// p: how often a true hypothesis would look as bad as this, or worse.
  /// @throws core::ParameterError for fewer samples than fewest_samples().
  Result result() const;

 private:
  Eigen::VectorXd mean_;
  Eigen::MatrixXd factor_;   // L, lower triangle
  Eigen::VectorXd sum_;      // of y
  Eigen::MatrixXd squares_;  // of y y^T, lower triangle
  long long samples_ = 0;
};

/// Mean of a stationary series whose neighbours are correlated, and its error bar.
///
///     tau = 1/2 + sum_{t=1}^{w} rho(t),    error = sqrt(2 tau variance / N)
///
/// rho the normalised autocorrelation; the window w is the first t >= 5 max(tau(t), 1/2), which
/// leaves out less than e^-5 of tau where rho decays exponentially. tau is in units of the sampling
/// interval, and 1/2 for independent samples. Source: Sokal, "Monte Carlo methods in statistical
/// mechanics", 1997, Section 3. Its own relative error is sqrt(2 (2 w + 1) / N). An oscillating rho
/// needs care: the window may close within the first half period.
struct Autocorrelation {
  double mean = 0.0;
  double variance = 0.0;  ///< of one sample, sum of squares over N
  double time = 0.5;      ///< tau, at least 0
  double error = 0.0;     ///< standard deviation of the mean
  std::size_t window = 0;
};

/// O(N w). @throws core::ParameterError for fewer than 2 values, a value that is not finite, and a
/// series so short that the window does not close within a tenth of it (N below some 50 tau).
Autocorrelation compute_autocorrelation(std::span<const double> series);

}  // namespace springspice::sim
