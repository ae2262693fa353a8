// The exact log-likelihood of a path of which some coordinates are seen, with errors of
// measurement.
//
//     theta(t_k) = F theta(t_k-1) + d + N(0, Sigma)        y_k = C theta(t_k) + N(0, diag(sigma^2))
//     log p(y) = sum log N(y_ki; c_i . m, s),  s = c_i . P c_i + sigma_i^2
//
//   symbol   | shape | meaning
//   ---------|-------|---------------------------------------------------------------------
//   theta    | n     | positions and velocities of one output (overdamped: positions)
//   C        | r x n | what is seen; one unit vector a row where coordinates are
//   y        | r x T | a column a time; NaN where nothing was measured
//   m, P     | n, n x n | mean and covariance of theta given all that was seen before
//
// P is kept as a factor, P = L L^T, so that nothing ever becomes negative and small variances keep
// their digits, also with sigma = 0: prediction by a QR factorisation of (F L, Sigma^1/2),
// measurements one by one by Potter's formula. Outputs are independent, so each has its own filter.
//
// Where a number is known already (nothing random is left of it, as at kT = 0), it has no density:
// it must be as predicted, else the path is impossible and the log-likelihood -infinity. "Known" is
// a standard deviation below the rounding of the prediction, 64 n eps times the terms that it sums
// up and the largest standard deviations so far; "as predicted" allows one rounding for each step.
//
// Sources: Kalman 1960; Bierman, "Factorization Methods for Discrete Sequential Estimation", 1977,
// chapters 2 (Potter) and 7 (prediction).
#pragma once

#include <cstdint>
#include <vector>

#include "core/system.hpp"
#include "sim/dynamics/stationary_state.hpp"

namespace springspice::dynamics {

/// What is seen of one output.
struct Observed {
  Eigen::MatrixXd C;      ///< r x n
  Eigen::MatrixXd y;      ///< r x T, NaN where missing
  Eigen::VectorXd sigma;  ///< r standard deviations of measurement, 0 allowed
};

struct ObservedPath {
  std::vector<double> times;      ///< T, strictly increasing
  std::vector<Observed> outputs;  ///< m; an output of which nothing is seen has r = 0
};

/// What is known at the first time, before anything is seen.
struct GaussianStart {
  Eigen::MatrixXd mean;        ///< n x m, one column an output
  Eigen::MatrixXd covariance;  ///< n x n, positive semidefinite, of every output
};
/// The stationary state.
GaussianStart make_start(const StationaryState& state);

/// The filter's view of one output, with everything seen up to each time.
struct FilteredOutput {
  Eigen::MatrixXd innovations;  ///< r x T, (y_ki - c_i . m) / sqrt(s); NaN where there is none
  Eigen::MatrixXd means;        ///< n x T; empty unless asked for
  std::vector<Eigen::MatrixXd> covariances;  ///< T; empty unless asked for
};

/// Mean product of each innovation with that of the same row one time before: of mean 0 and
/// variance 1 / pairs where the model is true; 0 without pairs.
struct LagCorrelation {
  double value = 0.0;
  std::uint64_t pairs = 0;
};

struct FilterResult {
  double log_likelihood = 0.0;
  std::uint64_t observations = 0;  ///< with a density
  std::uint64_t noise_free = 0;    ///< that had to be exact
  std::vector<FilteredOutput> outputs;

  /// Of the innovations, which are independent N(0, 1) where the model is true.
  double chi_squared() const;
  LagCorrelation lag_one_correlation() const;
};

enum class Keep { innovations, states };

/// O(n^3) a time and output; Keep::states stores T n^2 numbers.
/// @throws core::ParameterError for sizes that do not fit, times that do not increase, values that
/// are infinite, a sigma that is negative, a covariance that is not positive semidefinite, and more
/// than kLyapunovLimit coordinates
FilterResult filter_path(const core::SecondOrderSystem& system, const ObservedPath& path,
                         const GaussianStart& start, Keep keep = Keep::innovations);

}  // namespace springspice::dynamics
