#include "sim/dynamics/start_sampler.hpp"

#include <cmath>
#include <utility>

#include <Eigen/SparseCholesky>

#include "core/error.hpp"
#include "core/fit.hpp"
#include "core/random.hpp"
#include "sim/dynamics/covariance_factor.hpp"
#include "sim/dynamics/stationary_state.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

// Streams of a run's domain: noise sources count from 0 up.
constexpr std::uint64_t kPositionStream = std::uint64_t{1} << 62;
constexpr std::uint64_t kVelocityStream = std::uint64_t{3} << 62;

MatrixXd draw_normal(Index rows, Index columns, std::uint64_t seed, std::uint64_t run,
                     std::uint64_t stream) {
  MatrixXd four(rows * columns, 4);
  core::fill_normals({seed, run + 1, stream, 0}, static_cast<std::size_t>(rows * columns),
                     four.data(), static_cast<std::size_t>(rows * columns));
  return four.col(0).reshaped(rows, columns);
}

Index rows_of(const core::SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::overdamped ? system.size() : 2 * system.size();
}

class GivenStart : public StartSampler {
 public:
  explicit GivenStart(MatrixXd theta) : theta_(std::move(theta)) {}
  void draw(std::uint64_t, MatrixXd& theta) const override { theta = theta_; }

 private:
  MatrixXd theta_;
};

class RandomStart : public StartSampler {
 public:
  RandomStart(const core::SecondOrderSystem& system, std::span<const double> spread,
              std::uint64_t seed)
      : rows_(rows_of(system)), nu_(system.size()), spread_(spread.size()), seed_(seed) {
    for (std::size_t p = 0; p < spread.size(); ++p) spread_(static_cast<Index>(p)) = spread[p];
  }

  void draw(std::uint64_t run, MatrixXd& theta) const override {
    theta.setZero(rows_, spread_.size());
    theta.topRows(nu_) =
        draw_normal(nu_, spread_.size(), seed_, run, kPositionStream) * spread_.asDiagonal();
  }

 private:
  Index rows_, nu_;
  Eigen::VectorXd spread_;
  std::uint64_t seed_;
};

// N(0, scale A^-1): with P A P^T = L L^T, x = P^T L^-T n.
class InverseSampler {
 public:
  InverseSampler(const core::SparseMatrix& A, const char* name, double scale)
      : factor_(A), root_(std::sqrt(scale)) {
    if (factor_.info() == Eigen::Success) return;
    throw core::InputError(std::string("--x0 stationary: ") + name +
                           " is not positive definite, so there is no stationary state");
  }

  void add(const MatrixXd& normals, Eigen::Ref<MatrixXd> to) const {
    for (Index p = 0; p < normals.cols(); ++p) {
      const Eigen::VectorXd solved = factor_.matrixU().solve(normals.col(p));
      to.col(p) += root_ * (factor_.permutationPinv() * solved);
    }
  }

 private:
  Eigen::SimplicialLLT<core::SparseMatrix> factor_;
  double root_;
};

class BoltzmannStart : public StartSampler {
 public:
  BoltzmannStart(const core::SecondOrderSystem& system, MatrixXd mean, std::uint64_t seed)
      : mean_(std::move(mean)),
        rows_(rows_of(system)),
        positions_(system.K, "K", system.kT),
        seed_(seed) {
    if (rows_ > mean_.rows()) {
      velocities_ = std::make_unique<InverseSampler>(system.M, "M", system.kT);
    }
  }

  void draw(std::uint64_t run, MatrixXd& theta) const override {
    const Index nu = mean_.rows(), m = mean_.cols();
    theta.setZero(rows_, m);
    theta.topRows(nu) = mean_;
    positions_.add(draw_normal(nu, m, seed_, run, kPositionStream), theta.topRows(nu));
    if (!velocities_) return;
    velocities_->add(draw_normal(nu, m, seed_, run, kVelocityStream), theta.bottomRows(nu));
  }

 private:
  MatrixXd mean_;
  Index rows_;
  InverseSampler positions_;
  std::unique_ptr<InverseSampler> velocities_;
  std::uint64_t seed_;
};

class CorrelatedStart : public StartSampler {
 public:
  CorrelatedStart(const MatrixXd& mean, const MatrixXd& covariance, std::uint64_t seed)
      : mean_(MatrixXd::Zero(covariance.rows(), mean.cols())),
        factor_(factor_covariance(covariance)),
        seed_(seed) {
    mean_.topRows(mean.rows()) = mean;
  }

  void draw(std::uint64_t run, MatrixXd& theta) const override {
    theta = mean_;
    theta.noalias() +=
        factor_ * draw_normal(factor_.cols(), mean_.cols(), seed_, run, kPositionStream);
  }

 private:
  MatrixXd mean_, factor_;
  std::uint64_t seed_;
};

}  // namespace

MatrixXd stack_state(const core::State& state) {
  MatrixXd theta(state.x.rows() + state.v.rows(), state.x.cols());
  theta.topRows(state.x.rows()) = state.x;
  theta.bottomRows(state.v.rows()) = state.v;
  return theta;
}

std::unique_ptr<StartSampler> make_given_start(const core::State& state) {
  return std::make_unique<GivenStart>(stack_state(state));
}

std::unique_ptr<StartSampler> make_random_start(const core::SecondOrderSystem& system,
                                                std::span<const double> spread,
                                                std::uint64_t seed) {
  return std::make_unique<RandomStart>(system, spread, seed);
}

std::unique_ptr<StartSampler> make_boltzmann_start(const core::SecondOrderSystem& system,
                                                   const core::NullSpace& null_space,
                                                   std::uint64_t seed) {
  return std::make_unique<BoltzmannStart>(system, core::solve_fit(system, null_space), seed);
}

std::unique_ptr<StartSampler> make_stationary_start(const core::SecondOrderSystem& system,
                                                    const core::NullSpace& null_space,
                                                    const std::optional<core::Modes>& modes,
                                                    std::uint64_t seed) {
  const std::string why = explain_no_stationary_state(system, null_space, modes);
  if (!why.empty()) throw core::ParameterError("--x0 stationary: " + why);
  if (system.kT == 0.0) {
    core::State rest = core::State{core::solve_fit(system, null_space), {}};
    rest.v.setZero(rows_of(system) - system.size(), system.outputs());
    return make_given_start(rest);
  }
  if (system.noise_model == core::NoiseModel::fdt) {
    return make_boltzmann_start(system, null_space, seed);
  }
  const StationaryState state = solve_stationary_state(system, null_space, modes);
  return std::make_unique<CorrelatedStart>(state.mean, state.covariance(), seed);
}

}  // namespace springspice::dynamics
