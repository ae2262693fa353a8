#include "sim/dynamics/path_statistics.hpp"

#include <algorithm>
#include <utility>

namespace springspice::dynamics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kNotListed = static_cast<std::size_t>(-1);

std::vector<std::uint64_t> list_samples(std::uint64_t samples, std::uint64_t stride) {
  std::vector<std::uint64_t> listed;
  for (std::uint64_t s = 0; s < samples; s += stride) listed.push_back(s);
  if (listed.back() + 1 != samples) listed.push_back(samples - 1);
  return listed;
}

CoordinateSums make_sums(Index rows, Index outputs, bool with_outer) {
  CoordinateSums sums;
  sums.sum = sums.squares = MatrixXd::Zero(rows, outputs);
  if (with_outer) {
    sums.outer.assign(static_cast<std::size_t>(outputs), MatrixXd::Zero(rows, rows));
  }
  return sums;
}

// Columns of output p: every m-th one.
auto columns_of(const MatrixXd& theta, Index output, Index outputs) {
  return theta(Eigen::all, Eigen::seq(output, Eigen::last, outputs));
}

void add_columns(const MatrixXd& away, Index outputs, CoordinateSums& sums) {
  sums.count += static_cast<std::uint64_t>(away.cols() / outputs);
  for (Index c = 0; c < away.cols(); ++c) {
    sums.sum.col(c % outputs) += away.col(c);
    sums.squares.col(c % outputs) += away.col(c).cwiseAbs2();
  }
  for (std::size_t p = 0; p < sums.outer.size(); ++p) {
    const MatrixXd columns = columns_of(away, static_cast<Index>(p), outputs);
    sums.outer[p].selfadjointView<Eigen::Lower>().rankUpdate(columns);
  }
}

VectorXd sum_by_run(const VectorXd& by_column, Index outputs) {
  return by_column.reshaped(outputs, by_column.size() / outputs).colwise().sum().transpose();
}

}  // namespace

void EnergyTally::merge(const EnergyTally& other) {
  kinetic.merge(other.kinetic);
  potential.merge(other.potential);
  loss.merge(other.loss);
  losses.merge(other.losses);
}

void CoordinateSums::merge(const CoordinateSums& other) {
  count += other.count;
  sum += other.sum;
  squares += other.squares;
  for (std::size_t p = 0; p < outer.size(); ++p) outer[p] += other.outer[p];
}

class PathStatistics::Group : public GroupObserver {
 public:
  explicit Group(const PathStatistics& all) : all_(all) {
    const Index rows = all.reference_.rows();
    const Index outputs = all.reference_.cols();
    energies.resize(all.samples_.size());
    if (all.request_.coordinates_in_time) {
      coordinates.assign(all.samples_.size(), make_sums(rows, outputs, false));
    }
    pooled = make_sums(rows, outputs, all.request_.covariance);
  }

  void observe(std::uint64_t sample, const MatrixXd& theta) override {
    const std::size_t listed = all_.listed_index(sample);
    const bool is_pooled = sample >= all_.request_.pooled_from;
    if (listed == kNotListed && !is_pooled) return;
    const Index outputs = all_.reference_.cols();
    MatrixXd away = theta;
    for (Index c = 0; c < away.cols(); ++c) away.col(c) -= all_.reference_.col(c % outputs);
    if (listed != kNotListed && !coordinates.empty()) {
      add_columns(away, outputs, coordinates[listed]);
    }
    if (is_pooled) add_columns(away, outputs, pooled);
    add_energies(theta, listed != kNotListed ? &energies[listed] : nullptr,
                 is_pooled ? &pooled_energies : nullptr);
  }

  std::vector<EnergyTally> energies;
  std::vector<CoordinateSums> coordinates;
  EnergyTally pooled_energies;
  CoordinateSums pooled;

 private:
  void add_energies(const MatrixXd& theta, EnergyTally* listed, EnergyTally* all_times) const {
    const core::SecondOrderSystem& system = all_.system_;
    const Index nu = system.size(), outputs = system.outputs();
    const auto x = theta.topRows(nu);
    const MatrixXd Kx = system.K * x;
    VectorXd potential = 0.5 * x.cwiseProduct(Kx).colwise().sum().transpose();
    for (Index c = 0; c < theta.cols(); ++c)
      potential(c) -= system.f.col(c % outputs).dot(x.col(c));
    const VectorXd by_run = sum_by_run(potential, outputs).array() + all_.potential_constant_;
    VectorXd kinetic;
    if (theta.rows() > nu) {
      const auto v = theta.bottomRows(nu);
      const MatrixXd Mv = system.M * v;
      kinetic = sum_by_run(0.5 * v.cwiseProduct(Mv).colwise().sum().transpose(), outputs);
    }
    VectorXd loss;
    if (all_.loss_) loss = all_.loss_->compute(theta);
    for (EnergyTally* tally : {listed, all_times}) {
      if (tally == nullptr) continue;
      for (const double value : kinetic) tally->kinetic.add(value);
      for (const double value : by_run) tally->potential.add(value);
      for (const double value : loss) {
        tally->loss.add(value);
        tally->losses.add(value);
      }
    }
  }

  const PathStatistics& all_;
};

PathStatistics::PathStatistics(const core::SecondOrderSystem& system, const MatrixXd& reference,
                               std::optional<QuadraticLoss> loss, double potential_constant,
                               const PathPlan& plan, const Request& request)
    : system_(system),
      reference_(reference),
      loss_(std::move(loss)),
      potential_constant_(potential_constant),
      request_(request),
      samples_(list_samples(plan.samples(), request.stride)),
      energies_(samples_.size()) {
  const Index rows = reference.rows(), outputs = reference.cols();
  if (request.coordinates_in_time) {
    coordinates_.assign(samples_.size(), make_sums(rows, outputs, false));
  }
  pooled_ = make_sums(rows, outputs, request.covariance);
}

std::size_t PathStatistics::listed_index(std::uint64_t sample) const {
  if (sample % request_.stride == 0) return static_cast<std::size_t>(sample / request_.stride);
  return sample == samples_.back() ? samples_.size() - 1 : kNotListed;
}

std::unique_ptr<GroupObserver> PathStatistics::begin(std::uint64_t, std::uint64_t) {
  return std::make_unique<Group>(*this);
}

void PathStatistics::end(std::unique_ptr<GroupObserver> group) {
  const Group& gathered = static_cast<const Group&>(*group);
  for (std::size_t i = 0; i < energies_.size(); ++i) energies_[i].merge(gathered.energies[i]);
  for (std::size_t i = 0; i < coordinates_.size(); ++i) {
    coordinates_[i].merge(gathered.coordinates[i]);
  }
  pooled_energies_.merge(gathered.pooled_energies);
  pooled_.merge(gathered.pooled);
}

MatrixXd PathStatistics::mean_of(const CoordinateSums& sums) const {
  return reference_ + sums.sum / static_cast<double>(sums.count);
}

MatrixXd PathStatistics::variance_of(const CoordinateSums& sums) const {
  if (sums.count < 2) return MatrixXd::Zero(sums.sum.rows(), sums.sum.cols());
  const auto count = static_cast<double>(sums.count);
  const MatrixXd mean = sums.sum / count;
  return ((sums.squares - count * mean.cwiseAbs2()) / (count - 1.0)).cwiseMax(0.0);
}

MatrixXd PathStatistics::mean(std::size_t listed) const { return mean_of(coordinates_[listed]); }
MatrixXd PathStatistics::variance(std::size_t listed) const {
  return variance_of(coordinates_[listed]);
}
MatrixXd PathStatistics::pooled_mean() const { return mean_of(pooled_); }
MatrixXd PathStatistics::pooled_variance() const { return variance_of(pooled_); }

MatrixXd PathStatistics::pooled_covariance(Index output) const {
  const MatrixXd& outer = pooled_.outer[static_cast<std::size_t>(output)];
  if (pooled_.count < 2) return MatrixXd::Zero(outer.rows(), outer.cols());
  const auto count = static_cast<double>(pooled_.count);
  const VectorXd mean = pooled_.sum.col(output) / count;
  const MatrixXd whole = outer.selfadjointView<Eigen::Lower>();
  return (whole - count * mean * mean.transpose()) / (count - 1.0);
}

}  // namespace springspice::dynamics
