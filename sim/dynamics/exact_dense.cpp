#include "sim/dynamics/exact_dense.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/moments.hpp"
#include "sim/dynamics/covariance_factor.hpp"

namespace springspice::dynamics {

std::unique_ptr<ExactDense> ExactDense::make(const core::SecondOrderSystem& system, double h) {
  if (system.size() > kDenseLimit) {
    throw core::ParameterError(fmt::format(
        "--integrator exact: the {} coordinates do not move in independent modes (D is not gamma "
        "M, K is not positive semidefinite, the noise model is `diagonal`, or there are more than "
        "{} coordinates), and a dense step is made for {} coordinates at most; give --integrator "
        "midpoint, whose stationary state is exact too",
        system.size(), core::kModesLimit, kDenseLimit));
  }
  const core::LangevinSystem langevin = core::make_langevin(system);
  const Eigen::MatrixXd A(langevin.A);
  const Eigen::MatrixXd Q = langevin.B * langevin.B.transpose();
  core::Moments moments = core::propagate_moments(A, langevin.b, Q, h);
  return std::unique_ptr<ExactDense>(new ExactDense(std::move(moments.propagator),
                                                    std::move(moments.drift),
                                                    factor_covariance(moments.covariance), h));
}

ExactDense::ExactDense(Eigen::MatrixXd F, Eigen::MatrixXd d, Eigen::MatrixXd L, double h)
    : Integrator(h, L.cols(), F.rows(), F.rows()),
      F_(std::move(F)),
      d_(std::move(d)),
      L_(std::move(L)) {}

void ExactDense::advance(Columns& columns, std::uint64_t steps) const {
  Eigen::MatrixXd next(columns.own.rows(), columns.own.cols());
  for (std::uint64_t done = 0; done < steps; ++done) {
    next.noalias() = F_ * columns.own;
    if (sources() > 0) next.noalias() += L_ * columns.normals();
    for (Eigen::Index c = 0; c < columns.count(); ++c) {
      next.col(c) += d_.col(c % columns.outputs());
    }
    columns.own.swap(next);
    columns.made_a_step();
  }
}

}  // namespace springspice::dynamics
