#include "sim/dynamics/euler_maruyama.hpp"

#include <cmath>

#include "sim/dynamics/force_noise.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;

Index rows_of(const core::SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::overdamped ? system.size() : 2 * system.size();
}

}  // namespace

EulerMaruyama::EulerMaruyama(const core::SecondOrderSystem& system, double h)
    : Integrator(h, count_sources(system), rows_of(system), rows_of(system)),
      overdamped_(system.dynamics == core::Dynamics::overdamped),
      stiffness_(h * system.K),
      damping_(h * system.D),
      noise_(make_impulses(system, std::sqrt(h))),
      force_(h * system.f),
      factor_(overdamped_ ? system.D : system.M, overdamped_ ? "D" : "M") {}

void EulerMaruyama::advance(Columns& columns, std::uint64_t steps) const {
  const Index nu = stiffness_.rows();
  auto x = columns.own.topRows(nu);
  auto v = columns.own.bottomRows(nu);  // overdamped: not used
  Eigen::MatrixXd impulse(nu, columns.count());
  for (std::uint64_t done = 0; done < steps; ++done) {
    impulse.noalias() = -(stiffness_ * x);
    add_force(force_, impulse);
    if (!overdamped_) impulse.noalias() -= damping_ * v;
    if (sources() > 0) impulse.noalias() += noise_ * columns.normals();
    factor_.solve_in_place(impulse);
    if (overdamped_) {
      x += impulse;
    } else {
      x += step() * v;
      v += impulse;
    }
    columns.made_a_step();
  }
}

}  // namespace springspice::dynamics
