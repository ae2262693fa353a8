#include "sim/dynamics/midpoint.hpp"

#include <cmath>

#include "sim/dynamics/force_noise.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;

Index rows_of(const core::SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::overdamped ? system.size() : 2 * system.size();
}

core::SparseMatrix implicit_matrix(const core::SecondOrderSystem& system, double h) {
  if (system.dynamics == core::Dynamics::overdamped) return system.D + h / 2.0 * system.K;
  return system.M + h / 2.0 * system.D + h * h / 4.0 * system.K;
}

}  // namespace

Midpoint::Midpoint(const core::SecondOrderSystem& system, double h)
    : Integrator(h, count_sources(system), rows_of(system), rows_of(system)),
      overdamped_(system.dynamics == core::Dynamics::overdamped),
      inertia_(overdamped_ ? system.D : system.M),
      stiffness_(h / 2.0 * system.K),
      noise_(make_impulses(system, std::sqrt(h) / 2.0)),
      force_(h / 2.0 * system.f),
      factor_(implicit_matrix(system, h), "the matrix of the implicit step (M + h/2 D + h^2/4 K)") {
}

void Midpoint::advance(Columns& columns, std::uint64_t steps) const {
  for (std::uint64_t done = 0; done < steps; ++done) {
    if (overdamped_) {
      step_overdamped(columns);
    } else {
      step_underdamped(columns);
    }
    columns.made_a_step();
  }
}

void Midpoint::step_underdamped(Columns& columns) const {
  const Index nu = inertia_.rows();
  auto x = columns.own.topRows(nu);
  auto v = columns.own.bottomRows(nu);
  Eigen::MatrixXd mean = inertia_ * v;
  mean.noalias() -= stiffness_ * x;
  add_force(force_, mean);
  if (sources() > 0) mean.noalias() += noise_ * columns.normals();
  factor_.solve_in_place(mean);
  x += step() * mean;
  v = 2.0 * mean - v;
}

void Midpoint::step_overdamped(Columns& columns) const {
  Eigen::MatrixXd mean = inertia_ * columns.own;
  add_force(force_, mean);
  if (sources() > 0) mean.noalias() += noise_ * columns.normals();
  factor_.solve_in_place(mean);
  columns.own = 2.0 * mean - columns.own;
}

}  // namespace springspice::dynamics
