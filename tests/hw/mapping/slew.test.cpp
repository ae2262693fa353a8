// What a slew rate has to hold.
#include "hw/mapping/slew.hpp"

#include "tests/catch.hpp"

using namespace springspice;

TEST_CASE("the steepest output is that of the start, in volts a second") {
  // One mass of 2 on a spring of 8, pulled by 4 from rest: x'' = 2 at once, x' at most 1.
  hw::Mapping mapping;
  core::SecondOrderSystem& system = mapping.system;
  for (core::SparseMatrix* matrix : {&system.M, &system.D, &system.K}) matrix->resize(1, 1);
  system.M.insert(0, 0) = 2.0;
  system.D.insert(0, 0) = 0.1;
  system.K.insert(0, 0) = 8.0;
  system.f = Eigen::MatrixXd::Constant(1, 1, 4.0);
  mapping.request.initial = {Eigen::MatrixXd::Zero(1, 1), Eigen::MatrixXd::Zero(1, 1)};
  mapping.request.swing.velocity = 1.0;
  mapping.design.scales = {.time_s = 1e-6, .voltage_v = 0.5, .position_v = 0.25};
  CHECK(hw::steepest_output(mapping) == Approx(2.0 * 0.5 / 1e-6));
  // Where velocities are small beside positions, these are what moves fastest.
  mapping.design.scales.position_v = 3.0;
  CHECK(hw::steepest_output(mapping) == Approx(3.0 / 1e-6));
  // At the settled state nothing pulls.
  mapping.design.scales.position_v = 0.25;
  mapping.request.swing.velocity = 0.0;
  mapping.request.initial.x(0, 0) = 0.5;
  CHECK(hw::steepest_output(mapping) == Approx(0.0).margin(1e-9));
}
