// The forces of a step: what the schemes in the model's own coordinates share.
#pragma once

#include <Eigen/Core>

#include "core/system.hpp"

namespace springspice::dynamics {

/// Sources of the force noise (core/langevin.hpp); 0 where kT is 0 or nothing brakes.
Eigen::Index count_sources(const core::SecondOrderSystem& system);

/// scale H, nu x q, with H H^T the density of the force noise: scale = sqrt(h) makes impulses of a
/// step of length h from q normals.
core::SparseMatrix make_impulses(const core::SecondOrderSystem& system, double scale);

/// Adds the force of output c mod m to column c.
void add_force(const Eigen::MatrixXd& force, Eigen::MatrixXd& columns);

}  // namespace springspice::dynamics
