// Statistics of many paths, gathered while they run; memory does not grow with paths or steps.
//
//   at each of some times      | mean and variance of each coordinate, energies, quantiles of the
//                              | loss, over the runs
//   pooled, all times >= from  | mean and covariance of theta, energies, quantiles of the loss,
//                              | over runs and times
//
//   T = 1/2 v^T M v,  U = 1/2 x^T K x - f^T x + constant, summed over the outputs of a run;
//   loss: QuadraticLoss (where there are data)
//
// Sums are taken of theta - reference, so a mean far from 0 costs no digits. Every run counts
// alike; a run that was stopped has given what it had until then.
#pragma once

#include <optional>
#include <vector>

#include "core/system.hpp"
#include "sim/dynamics/paths.hpp"
#include "sim/dynamics/quadratic_loss.hpp"
#include "sim/dynamics/quantile_sketch.hpp"
#include "sim/dynamics/tally.hpp"

namespace springspice::dynamics {

/// The numbers of one time, or of all.
struct EnergyTally {
  Tally kinetic, potential, loss;
  QuantileSketch losses;

  void merge(const EnergyTally& other);
};

/// Mean and second moments of theta, one column an output.
struct CoordinateSums {
  std::uint64_t count = 0;
  Eigen::MatrixXd sum, squares;        ///< of theta - reference, rows x m
  std::vector<Eigen::MatrixXd> outer;  ///< rows x rows for each output; empty: not asked for

  void merge(const CoordinateSums& other);
};

class PathStatistics : public PathObserver {
 public:
  struct Request {
    /// Of every how many samples the times are listed; the last one always is.
    std::uint64_t stride = 1;
    /// The first sample that is pooled.
    std::uint64_t pooled_from = 0;
    /// Coordinates at each listed time: rows m values a time.
    bool coordinates_in_time = true;
    /// The full covariance of theta: rows^2 m values.
    bool covariance = true;
  };

  /// @param reference theta's, rows x m: the fit at rest, or the start
  /// @param potential_constant see core::compute_energies()
  PathStatistics(const core::SecondOrderSystem& system, const Eigen::MatrixXd& reference,
                 std::optional<QuadraticLoss> loss, double potential_constant, const PathPlan& plan,
                 const Request& request);

  std::unique_ptr<GroupObserver> begin(std::uint64_t first_run, std::uint64_t runs) override;
  void end(std::unique_ptr<GroupObserver> group) override;

  /// The numbers of the listed samples.
  const std::vector<std::uint64_t>& samples() const { return samples_; }
  const EnergyTally& energies(std::size_t listed) const { return energies_[listed]; }
  const EnergyTally& pooled_energies() const { return pooled_energies_; }
  /// The first sample that is pooled.
  std::uint64_t pooled_from() const { return request_.pooled_from; }
  bool has_loss() const { return loss_.has_value(); }

  bool has_coordinates_in_time() const { return request_.coordinates_in_time; }
  bool has_covariance() const { return request_.covariance; }
  /// rows x m. @pre something was observed
  Eigen::MatrixXd mean(std::size_t listed) const;
  Eigen::MatrixXd variance(std::size_t listed) const;
  std::uint64_t pooled_count() const { return pooled_.count; }
  Eigen::MatrixXd pooled_mean() const;
  Eigen::MatrixXd pooled_variance() const;
  /// rows x rows of one output. @pre has_covariance()
  Eigen::MatrixXd pooled_covariance(Eigen::Index output) const;

 private:
  class Group;
  Eigen::MatrixXd mean_of(const CoordinateSums& sums) const;
  Eigen::MatrixXd variance_of(const CoordinateSums& sums) const;
  std::size_t listed_index(std::uint64_t sample) const;

  const core::SecondOrderSystem& system_;
  Eigen::MatrixXd reference_;
  std::optional<QuadraticLoss> loss_;
  double potential_constant_;
  Request request_;
  std::vector<std::uint64_t> samples_;
  std::vector<EnergyTally> energies_;
  std::vector<CoordinateSums> coordinates_;
  EnergyTally pooled_energies_;
  CoordinateSums pooled_;
};

}  // namespace springspice::dynamics
