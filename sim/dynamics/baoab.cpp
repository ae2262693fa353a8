#include "sim/dynamics/baoab.hpp"

#include <cmath>

#include "core/error.hpp"
#include "sim/dynamics/force_noise.hpp"
#include "sim/dynamics/mode_response.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;

double friction_of(const core::SecondOrderSystem& system) {
  if (system.dynamics == core::Dynamics::overdamped) {
    throw core::ParameterError(
        "--integrator baoab moves velocities, and the overdamped dynamics has none; give "
        "--integrator exact or midpoint");
  }
  const std::optional<double> gamma = system.rayleigh_friction();
  if (!gamma) {
    throw core::ParameterError(
        "--integrator baoab needs D = gamma M, one friction for all, and this D is none; give "
        "--integrator midpoint or exact");
  }
  return *gamma;
}

// sqrt of the integral of e^(-2 gamma s) over the step.
double thermostat(double gamma, double h) { return std::sqrt(h * decay_mean(2.0 * gamma * h)); }

}  // namespace

Baoab::Baoab(const core::SecondOrderSystem& system, double h)
    : Integrator(h, count_sources(system), 2 * system.size(), 2 * system.size()),
      keep_(std::exp(-friction_of(system) * h)),
      K_(system.K),
      noise_(make_impulses(system, thermostat(friction_of(system), h))),
      force_(system.f),
      factor_(system.M, "M") {}

void Baoab::advance(Columns& columns, std::uint64_t steps) const {
  const Index nu = K_.rows();
  const double half = step() / 2.0;
  auto x = columns.own.topRows(nu);
  auto v = columns.own.bottomRows(nu);
  Eigen::MatrixXd acceleration(nu, columns.count()), impulse(nu, columns.count());
  const auto accelerate = [&] {
    acceleration.noalias() = -(K_ * x);
    add_force(force_, acceleration);
    factor_.solve_in_place(acceleration);
  };
  accelerate();
  for (std::uint64_t done = 0; done < steps; ++done) {
    v += half * acceleration;
    x += half * v;
    v *= keep_;
    if (sources() > 0) {
      impulse.noalias() = noise_ * columns.normals();
      factor_.solve_in_place(impulse);
      v += impulse;
    }
    x += half * v;
    accelerate();
    v += half * acceleration;
    columns.made_a_step();
  }
}

}  // namespace springspice::dynamics
