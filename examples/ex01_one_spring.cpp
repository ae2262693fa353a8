// One mass on one spring with friction: the smallest second-order system, and its exact motion.
//
// Sample run:
//   ex01_one_spring
#include <cmath>
#include <cstdio>

#include "core/initial_state.hpp"
#include "core/modes.hpp"
#include "core/system.hpp"
#include "sim/trajectory.hpp"

using namespace springspice;

namespace {

core::SparseMatrix one_by_one(double value) {
  core::SparseMatrix matrix(1, 1);
  matrix.insert(0, 0) = value;
  matrix.makeCompressed();
  return matrix;
}

}  // namespace

int main() {
  // x'' + 0.2 x' + 4 x = 4: pulled to x = 1, at 2 rad per unit of time, from rest at 0.
  core::SecondOrderSystem system;
  system.M = one_by_one(1.0);
  system.D = one_by_one(0.2);
  system.K = one_by_one(4.0);
  system.f = Eigen::MatrixXd::Constant(1, 1, 4.0);
  system.shape = {1};
  core::check_system(system);

  const core::NullSpace null_space = core::find_null_space(system.K);
  const auto modes = core::compute_modes(system, null_space);
  const core::TimeScales scales = core::compute_time_scales(system, null_space, modes);
  std::printf("frequency %g rad per unit time, relaxation time %g\n", scales.fastest_frequency,
              *scales.relaxation_time);

  const core::State start = core::make_zero_state(system);
  const sim::ExactTrajectory motion(system, modes, start);
  const double w = std::sqrt(4.0 - 0.01);
  double worst = 0.0;
  for (int k = 0; k <= 10; ++k) {
    const double t = k;
    const double x = motion.at(t).x(0, 0);
    const double closed = 1.0 - std::exp(-0.1 * t) * (std::cos(w * t) + 0.1 / w * std::sin(w * t));
    worst = std::fmax(worst, std::abs(x - closed));
    std::printf("t = %4.1f  x = %.6f\n", t, x);
  }
  std::printf("largest difference from the closed form: %.1e\n", worst);
  return worst < 1e-14 ? 0 : 1;
}
