#include <cmath>

#include <Eigen/LU>

#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

TEST_CASE("rlc transformer: one spring, by hand") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(4.0, 2.0, 1.0), Eigen::Vector2d(1.0, -2.0));
  // K = 4 l l^T with l = (1, 1/2).
  const std::vector<core::Spring> springs = {
      {core::Spring::Kind::data, 0, 1, 4.0, {0, 1}, {1.0, 0.5}, Eigen::VectorXd::Zero(1)}};
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  request.coupling = hw::Coupling::transformer;
  request.springs = springs;
  request.initial.x << 0.25, 0.5;
  const netlist::Design design = hw::realize(system, request);
  // The second node's sign turns its primary round; the secondaries are in series.
  CHECK(wiring(design, "xk0r2__0") == "xk0r2__0 v0 0 w0r2__0 0");
  CHECK(wiring(design, "xk0r2__1") == "xk0r2__1 0 v1 w0r2__1 w0r2__0");
  CHECK(part(design, "xk0r2__1").parameters[0].value == Approx(0.5));
  CHECK(wiring(design, "lk0r2") == "lk0r2 w0r2__1 0");
  CHECK(part(design, "lk0r2").value == Approx(0.25));
  // 4 mWb (0.25 + 0.25) / 0.25 H.
  CHECK(*part(design, "lk0r2").initial == Approx(8e-3));
}

TEST_CASE("coupled coils invert a cell's stiffness") {
  const Eigen::Matrix2d K = two_by_two(3.0, -1.0, 4.0);
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3), K,
                                 Eigen::Vector2d(1.0, -2.0));
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  request.coupling = hw::Coupling::transformer;
  request.coupling_factor = 0.5;
  request.initial.x << 0.25, -0.5;
  const netlist::Design design = hw::realize(system, request);
  const double L0 = part(design, "lkg1__0").value;
  const double L1 = part(design, "lkg1__1").value;
  const double mutual = part(design, "klkg1__0__1").value * std::sqrt(L0 * L1);
  const Eigen::Matrix2d stiffness = two_by_two(L0, mutual, L1).inverse();
  // With the checkerboard signs.
  CHECK(stiffness(0, 0) == Approx(3.0));
  CHECK(stiffness(0, 1) == Approx(1.0));
  CHECK(stiffness(1, 1) == Approx(4.0));
  // S K x of 4 mA.
  CHECK(*part(design, "lkg1__0").initial == Approx(4e-3 * (3.0 * 0.25 + 1.0 * 0.5)));
  CHECK(*part(design, "lkg1__1").initial == Approx(4e-3 * (1.0 * 0.25 + 4.0 * 0.5)));
}

TEST_CASE("coils that need too much coupling are refused, with the factor") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(4.0, 1.8, 1.0), Eigen::Vector2d(1.0, -2.0));
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  request.coupling = hw::Coupling::transformer;
  request.coupling_factor = 0.8;
  CHECK_THAT(refusal(system, request),
             ContainsSubstring("the springs between 0 and 1 needs a factor of 0.9;"));
  CHECK_THAT(refusal(system, request), ContainsSubstring("or fewer --sticks"));
  request.coupling_factor = 0.95;
  CHECK(refusal(system, request) == "no refusal");
}

TEST_CASE("coils of a cell that leaves its nodes free are refused, with the cell") {
  core::Parameters parameters;
  core::DataSprings data(core::Grid({{"u", 2, 0.0, 1.0}}), 1);
  data.add(std::vector{0.1}, std::vector{1.0});
  data.add(std::vector{0.7}, std::vector{2.0});
  data.add(std::vector{0.9}, std::vector{2.0});
  const core::SecondOrderSystem system = core::make_system(data, parameters);
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  const std::vector<core::Spring> springs = core::make_springs(data, parameters);
  request.springs = springs;
  request.coupling = hw::Coupling::transformer;
  request.coupling_factor = 0.99;
  CHECK_THAT(refusal(system, request),
             ContainsSubstring("cell 0 leaves a combination of its nodes free"));
}
