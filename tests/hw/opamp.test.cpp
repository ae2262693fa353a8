#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

TEST_CASE("opamp: every part of two coordinates, by hand") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(3.0, -1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  hw::Request request = hand_scaled(system, hw::Topology::opamp);
  request.initial.x << 0.25, -0.5;
  request.initial.v << 0.1, 0.2;
  const netlist::Design design = hw::realize(system, request);

  CHECK(wiring(design, "cm0") == "cm0 v0 s0");
  CHECK(part(design, "cm0").value == Approx(2e-6));
  CHECK(wiring(design, "cm0__1") == "cm0__1 v1 s0");
  CHECK(part(design, "cm0__1").value == Approx(0.5e-6));
  CHECK(wiring(design, "cm1__0") == "cm1__0 v0 s1");
  CHECK(part(design, "cm1").value == Approx(1e-6));
  CHECK(wiring(design, "rd1") == "rd1 v1 s1");
  CHECK(part(design, "rd1").value == Approx(1e3 / 0.3));
  CHECK(part(design, "rd0__1").value == Approx(1e3 / 0.2));
  // K_ij / (2 mS), a negative one from the inverted position.
  CHECK(wiring(design, "rk0") == "rk0 x0 s0");
  CHECK(part(design, "rk0").value == Approx(500.0 / 3.0));
  CHECK(wiring(design, "rk0__1") == "rk0__1 xn1 s0");
  CHECK(part(design, "rk0__1").value == Approx(500.0));
  // 4 mA and 8 mA at 1 V; a force above 0 is drawn out of the summing node.
  CHECK(wiring(design, "rf0") == "rf0 refn s0");
  CHECK(part(design, "rf0").value == Approx(250.0));
  CHECK(wiring(design, "rf1") == "rf1 refp s1");
  CHECK(part(design, "rf1").value == Approx(125.0));
  CHECK(part(design, "vrefp").value == 1.0);
  CHECK(part(design, "vrefn").value == -1.0);
  // The integrator's product is s_v tau / s_x.
  CHECK(wiring(design, "rx0") == "rx0 v0 sx0");
  CHECK(wiring(design, "cx0") == "cx0 xn0 sx0");
  CHECK(part(design, "rx0").value * part(design, "cx0").value == Approx(2e-3));
  CHECK(wiring(design, "xv0") == "xv0 0 s0 v0");
  CHECK(wiring(design, "xx0") == "xx0 0 sx0 xn0");
  CHECK(wiring(design, "xn0") == "xn0 0 sn0 x0");
  CHECK(wiring(design, "ran0") == "ran0 xn0 sn0");
  CHECK(wiring(design, "rbn0") == "rbn0 x0 sn0");
  CHECK(part(design, "ran0").value == part(design, "rbn0").value);

  CHECK(initial_voltage(design, "v1") == Approx(0.8));
  CHECK(initial_voltage(design, "x1") == Approx(-1.0));
  CHECK(initial_voltage(design, "xn1") == Approx(1.0));
  CHECK(design.has_operating_point);
  // 7 op-amps and integrators' parts: 2 x (3 op-amps, 2 + 2 + 2 of M, D, K, f, 4), 4 supplies.
  CHECK(design.circuit.elements().size() == 2 * (3 + 6 + 1 + 4) + 4);
}

TEST_CASE("opamp: a negative M or D takes one inverter for its column, however many rows it has") {
  Eigen::MatrixXd M = 4.0 * Eigen::MatrixXd::Identity(3, 3);
  M(0, 1) = M(1, 0) = -1.0;
  M(1, 2) = M(2, 1) = -0.5;
  Eigen::MatrixXd D = Eigen::MatrixXd::Identity(3, 3);
  D(0, 1) = D(1, 0) = -0.25;
  const auto system =
      make_given(M, D, Eigen::MatrixXd::Identity(3, 3), Eigen::MatrixXd::Zero(3, 1));
  hw::Request request = hand_scaled(system, hw::Topology::opamp);
  request.initial.v << 0.1, 0.2, 0.3;
  const netlist::Design design = hw::realize(system, request);
  CHECK(wiring(design, "cm0__1") == "cm0__1 vn1 s0");
  CHECK(part(design, "cm0__1").value == Approx(1e-6));
  CHECK(wiring(design, "cm2__1") == "cm2__1 vn1 s2");
  CHECK(wiring(design, "rd0__1") == "rd0__1 vn1 s0");
  CHECK(part(design, "rd0__1").value == Approx(4e3));
  for (const char* column : {"0", "1", "2"}) {
    const std::string label = column;
    CHECK(wiring(design, "xm" + label) == "xm" + label + " 0 sm" + label + " vn" + label);
    CHECK(wiring(design, "ram" + label) == "ram" + label + " v" + label + " sm" + label);
    CHECK(wiring(design, "rbm" + label) == "rbm" + label + " vn" + label + " sm" + label);
  }
  CHECK(initial_voltage(design, "vn1") == Approx(-0.8));
}

TEST_CASE("opamp: a column without negative entries takes no inverter") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(3.0, -1.0, 4.0), Eigen::Vector2d(0.0, 0.0));
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  CHECK(design.circuit.find("xm0") == nullptr);
  CHECK(design.circuit.find("rf0") == nullptr);  // no force, no resistor
}

TEST_CASE("overdamped opamp: one op-amp a node, inverters where K drives with a minus") {
  Eigen::MatrixXd K = 3.0 * Eigen::MatrixXd::Identity(3, 3);
  K(0, 1) = K(1, 0) = 1.0;
  K(1, 2) = K(2, 1) = -0.5;
  const auto system =
      make_given({}, 2.0 * Eigen::MatrixXd::Identity(3, 3), K, Eigen::Vector3d(1.0, 0.0, -1.0));
  hw::Request request = hand_scaled(system, hw::Topology::opamp);
  request.initial.x << 0.5, 0.25, -0.5;
  const netlist::Design design = hw::realize(system, request);
  CHECK(wiring(design, "xx0") == "xx0 0 s0 x0");
  CHECK(wiring(design, "cd0") == "cd0 x0 s0");
  CHECK(part(design, "cd0").value == Approx(2e-6));
  CHECK(wiring(design, "rk0__1") == "rk0__1 x1 s0");
  CHECK(part(design, "rk0__1").value == Approx(1e3));
  CHECK(wiring(design, "rk1__2") == "rk1__2 xn2 s1");
  CHECK(part(design, "rk1__2").value == Approx(2e3));
  // I0 = s_x / Z0 = 2 mA.
  CHECK(wiring(design, "rf0") == "rf0 refn s0");
  CHECK(part(design, "rf0").value == Approx(500.0));
  CHECK(design.circuit.find("xn0") == nullptr);
  CHECK(wiring(design, "xn1") == "xn1 0 sn1 xn1");
  CHECK(initial_voltage(design, "x0") == Approx(1.0));
  CHECK(initial_voltage(design, "xn2") == Approx(1.0));
  CHECK(design.scales.voltage_v == 2.0);
  CHECK(design.scales.energy_j == Approx(4.0 * 1e-3 / 1e3));
}

TEST_CASE("overdamped systems are refused by gmc and rlc, with what to take") {
  const auto system = make_given({}, Eigen::Matrix2d::Identity(), Eigen::Matrix2d::Identity(),
                                 Eigen::Vector2d(1.0, 0.0));
  for (const hw::Topology topology : {hw::Topology::gmc, hw::Topology::rlc}) {
    try {
      hw::realize(system, hand_scaled(system, topology));
      FAIL("not refused");
    } catch (const hw::RealizationError& error) {
      CHECK_THAT(error.what(), ContainsSubstring(hw::to_string(topology)));
      CHECK_THAT(error.what(), ContainsSubstring("--realization opamp"));
    }
  }
}

TEST_CASE("the offset goes into the force: f - K offset") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(3.0, 1.0, 4.0), Eigen::Vector2d(5.0, 10.0));
  hw::Request request = hand_scaled(system, hw::Topology::opamp);
  request.swing.offset(0) = 2.0;  // K offset = (8, 10)
  const netlist::Design design = hw::realize(system, request);
  CHECK(wiring(design, "rf0") == "rf0 refp s0");
  CHECK(part(design, "rf0").value == Approx(1.0 / (4e-3 * 3.0)));
  CHECK(design.circuit.find("rf1") == nullptr);
  CHECK(initial_voltage(design, "x0") == Approx(-4.0));
}

TEST_CASE("a force that cancels to rounding is none") {
  // 0.1 + 0.2 - 0.3 is 5.6e-17: K offset and f are equal but for that.
  const auto system = make_given(Eigen::Matrix2d::Identity(), Eigen::Matrix2d::Identity(),
                                 two_by_two(0.1, 0.2, 0.4), Eigen::Vector2d(0.3, 1.0));
  hw::Request request = hand_scaled(system, hw::Topology::opamp);
  request.swing.offset(0) = 1.0;
  CHECK(hw::realize(system, request).circuit.find("rf0") == nullptr);
}

TEST_CASE("several outputs are several circuits with y1, y2 behind their labels") {
  const core::SecondOrderSystem system = core::make_system(parabola({2, 3}, 60, 2), {});
  for (const auto topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
    hw::Request request = hand_scaled(system, topology);
    const netlist::Design design = hw::realize(system, request);
    int found = 0;
    for (const netlist::Probe& probe : design.probes) {
      if (probe.index != std::vector<int>{2, 3} || probe.output != 0) continue;
      CHECK(probe.coordinate == 11);
      CHECK(probe.node ==
            (probe.kind == netlist::Probe::Kind::position && topology != hw::Topology::rlc
                 ? "x2_3y1"
                 : "v2_3y1"));
      ++found;
    }
    CHECK(found == 2);
    CHECK(design.ports.size() == 24);
  }
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  CHECK(wiring(design, "cm0_0__0_1y2") == "cm0_0__0_1y2 v0_1y2 s0_0y2");
}
