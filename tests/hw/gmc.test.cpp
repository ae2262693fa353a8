#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

TEST_CASE("gmc: every part of two coordinates, by hand") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(3.0, -1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  hw::Request request = hand_scaled(system, hw::Topology::gmc);
  request.initial.x << 0.25, -0.5;
  request.initial.v << 0.1, 0.2;
  const netlist::Design design = hw::realize(system, request);
  // Signs +1, -1: the network's branches are the off-diagonals and the rests of the rows.
  CHECK(wiring(design, "cm0__1") == "cm0__1 v0 v1");
  CHECK(part(design, "cm0__1").value == Approx(0.5e-6));
  CHECK(wiring(design, "cm0") == "cm0 v0 0");
  CHECK(part(design, "cm0").value == Approx(1.5e-6));
  CHECK(part(design, "cm1").value == Approx(0.5e-6));
  CHECK(part(design, "rd0__1").value == Approx(1e3 / 0.2));
  CHECK(part(design, "rd0").value == Approx(1e3 / 0.8));
  CHECK(part(design, "rd1").value == Approx(1e3 / 0.1));
  // 4 mA of force, times the sign.
  CHECK(wiring(design, "if0") == "if0 0 v0");
  CHECK(part(design, "if0").value == Approx(4e-3));
  CHECK(part(design, "if1").value == Approx(8e-3));
  // A transconductor of 2 mS K; S K S is positive everywhere here, so each draws current out.
  CHECK(wiring(design, "xk0") == "xk0 0 x0 v0");
  CHECK(part(design, "xk0").parameters[0].value == Approx(6e-3));
  CHECK(wiring(design, "xk0__1") == "xk0__1 0 x1 v0");
  CHECK(part(design, "xk0__1").parameters[0].value == Approx(2e-3));
  CHECK(part(design, "xk1").parameters[0].value == Approx(8e-3));
  // g_x / C_x = s_x / (s_v tau) = 500 / s.
  CHECK(wiring(design, "xx0") == "xx0 v0 0 x0");
  CHECK(part(design, "xx0").parameters[0].value / part(design, "cx0").value == Approx(500.0));
  CHECK(wiring(design, "cx1") == "cx1 x1 0");
  CHECK(initial_voltage(design, "v1") == Approx(-0.8));
  CHECK(initial_voltage(design, "x1") == Approx(1.0));
  CHECK(initial_voltage(design, "x0") == Approx(0.5));
  CHECK(design.has_operating_point);
}

TEST_CASE("gmc: an entry of S K S below 0 is a transconductor the other way round") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(3.0, 1.0, 4.0), Eigen::Vector2d(0.0, 0.0));
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::gmc));
  CHECK(wiring(design, "xk0__1") == "xk0__1 x1 0 v0");
  CHECK(part(design, "xk0__1").parameters[0].value == Approx(2e-3));
  CHECK(design.circuit.find("if0") == nullptr);
}

TEST_CASE("gmc: a system without friction has no resistors") {
  core::Parameters parameters;
  parameters.friction = 0.0;
  const core::SecondOrderSystem system = core::make_system(parabola({3}, 20), parameters);
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::gmc));
  for (const netlist::Element& element : design.circuit.elements()) {
    CHECK(element.kind != netlist::Kind::resistor);
  }
}
