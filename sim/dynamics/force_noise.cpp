#include "sim/dynamics/force_noise.hpp"

#include "core/langevin.hpp"

namespace springspice::dynamics {

Eigen::Index count_sources(const core::SecondOrderSystem& system) {
  if (system.kT == 0.0) return 0;
  return core::make_force_noise(system).incidence.cols();
}

core::SparseMatrix make_impulses(const core::SecondOrderSystem& system, double scale) {
  if (system.kT == 0.0) return core::SparseMatrix(system.size(), 0);
  const core::ForceNoise noise = core::make_force_noise(system);
  const Eigen::VectorXd amplitude = scale * noise.density.cwiseSqrt();
  return noise.incidence * amplitude.asDiagonal();
}

void add_force(const Eigen::MatrixXd& force, Eigen::MatrixXd& columns) {
  const Eigen::Index outputs = force.cols();
  if (outputs == 1) {
    columns.colwise() += force.col(0);
    return;
  }
  for (Eigen::Index c = 0; c < columns.cols(); ++c) columns.col(c) += force.col(c % outputs);
}

}  // namespace springspice::dynamics
