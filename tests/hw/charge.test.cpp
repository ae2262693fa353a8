#include <cmath>

#include "core/error.hpp"
#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

TEST_CASE("charge: two loops, by hand") {
  // K = 4 l l^T with l = (1, -1/2).
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, -0.2, 0.3),
                                 two_by_two(4.0, -2.0, 1.0), Eigen::Vector2d(1.0, -2.0));
  const std::vector<core::Spring> springs = {
      {core::Spring::Kind::data, 0, 0, 4.0, {0, 1}, {1.0, -0.5}, Eigen::VectorXd::Zero(1)}};
  hw::Request request = hand_scaled(system, hw::Topology::charge);
  request.springs = springs;
  request.initial.x << 0.25, -0.5;
  request.initial.v << 0.5, 0.0;
  const netlist::Design design = hw::realize(system, request);
  // Z0 = 1 kohm, tau = 1 ms: 1 H a unit of M, 1 kohm a unit of D, 1 uF a unit of 1/K; 4 V and so
  // 4 mA a unit of velocity.
  CHECK(wiring(design, "vs0") == "vs0 u0 b0");
  CHECK(wiring(design, "lm0") == "lm0 b0 0");
  CHECK(part(design, "lm0").value == Approx(2.0));
  CHECK(*part(design, "lm0").initial == Approx(2e-3));
  CHECK(part(design, "km0__1").references == std::vector<std::string>{"lm0", "lm1"});
  CHECK(part(design, "km0__1").value == Approx(0.5 / std::sqrt(2.0)));
  CHECK(part(design, "rd0").value == Approx(800.0));
  CHECK(part(design, "rd1").value == Approx(100.0));
  CHECK(wiring(design, "rd0__1") == "rd0__1 y0__1 0");
  CHECK(part(design, "rd0__1").value == Approx(200.0));
  // The second loop's current comes with the sign of D(0,1).
  CHECK(wiring(design, "fd0__1__0") == "fd0__1__0 0 y0__1");
  CHECK(wiring(design, "fd0__1__1") == "fd0__1__1 y0__1 0");
  CHECK(wiring(design, "gd0__1__1") == "gd0__1__1 0 u1 y0__1 0");
  CHECK(part(design, "gd0__1__1").value == Approx(1.0 / 100.0));
  CHECK(part(design, "ck0r1").value == Approx(0.25e-6));
  CHECK(part(design, "fk0r1__1").value == Approx(0.5));
  CHECK(wiring(design, "fk0r1__1") == "fk0r1__1 w0r1 0");
  // kappa l . x = 4 (0.25 + 0.25), of 4 V.
  CHECK(initial_voltage(design, "w0r1") == Approx(8.0));
  // f / rho: 4 V / 800 ohm, and -8 V / 100 ohm.
  CHECK(part(design, "if0").value == Approx(5e-3));
  CHECK(part(design, "if1").value == Approx(-80e-3));
  CHECK(part(design, "hv0").value == Approx(1e3));
  CHECK(design.realization == "charge");
  CHECK(!design.has_operating_point);
}

TEST_CASE("charge refuses what has no loop resistance, and names the row") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.4, 0.3),
                                 two_by_two(3.0, 1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  const hw::Request request = hand_scaled(system, hw::Topology::charge);
  CHECK_THAT(refusal(system, request), ContainsSubstring("D(1,1) = 0.3 and that sum is 0.4"));
  CHECK_THAT(refusal(system, request), ContainsSubstring("take --realization opamp"));
}

TEST_CASE("charge refuses a coupling factor of 1") {
  const auto system = make_given(two_by_two(1.0, 2.0, 1.0), two_by_two(1.0, 0.0, 1.0),
                                 two_by_two(3.0, 1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  CHECK_THAT(refusal(system, hand_scaled(system, hw::Topology::charge)),
             ContainsSubstring("M(0,1) = 2 is not below"));
}

TEST_CASE("charge has no friction-free or overdamped form") {
  auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(0.0, 0.0, 0.0),
                           two_by_two(3.0, 1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  CHECK_THAT(refusal(system, hand_scaled(system, hw::Topology::charge)),
             ContainsSubstring("or some --friction"));
  system = make_given(Eigen::MatrixXd(), two_by_two(1.0, 0.0, 1.0), two_by_two(3.0, 1.0, 4.0),
                      Eigen::Vector2d(1.0, -2.0));
  CHECK_THAT(refusal(system, hand_scaled(system, hw::Topology::charge)),
             ContainsSubstring("--realization charge has no overdamped form"));
}
