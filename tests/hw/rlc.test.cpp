#include <cmath>

#include "core/error.hpp"
#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

core::SecondOrderSystem make_pair(double k01) {
  return make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3), two_by_two(3.0, k01, 4.0),
                    Eigen::Vector2d(1.0, -2.0));
}

}  // namespace

TEST_CASE("rlc direct: inductors of two coordinates, by hand") {
  const auto system = make_pair(1.0);
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  request.initial.x << 0.25, -0.5;
  const netlist::Design design = hw::realize(system, request);
  // S K S = [3 -1; -1 4], and Z0 tau = 1 H a unit of 1/K.
  CHECK(wiring(design, "lk0__1") == "lk0__1 v0 v1");
  CHECK(part(design, "lk0__1").value == Approx(1.0));
  CHECK(wiring(design, "lk0") == "lk0 v0 0");
  CHECK(part(design, "lk0").value == Approx(1.0 / 2.0));
  CHECK(part(design, "lk1").value == Approx(1.0 / 3.0));
  // Fluxes s_v tau x = 4 mWb x, with signs: 1 mWb and 2 mWb.
  CHECK(*part(design, "lk0__1").initial == Approx(-1e-3));
  CHECK(*part(design, "lk0").initial == Approx(2e-3));
  CHECK(*part(design, "lk1").initial == Approx(6e-3));
  CHECK(design.realization == "rlc");
  CHECK(!design.has_operating_point);
  CHECK(design.circuit.options == std::vector<std::string>{"noopac"});
  for (const netlist::Probe& probe : design.probes) {
    if (probe.kind == netlist::Probe::Kind::velocity) continue;
    CHECK(probe.quantity == netlist::Probe::Quantity::flux);
    CHECK(probe.gain == Approx(probe.coordinate == 0 ? 250.0 : -250.0));
  }
}

TEST_CASE("rlc direct is refused with the entry, and auto takes the gyrator form") {
  const auto system = make_pair(-1.0);
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  request.coupling = hw::Coupling::direct;
  CHECK_THAT(refusal(system, request),
             ContainsSubstring("of S K S is 1 and needs to be at most 0"));
  CHECK_THAT(refusal(system, request), ContainsSubstring("take --coupling gyrator"));
  request.coupling = hw::Coupling::automatic;
  const netlist::Design design = hw::realize(system, request);
  CHECK(design.circuit.find("lk0") == nullptr);
  CHECK(design.circuit.find_definition("gyrator_ideal") != nullptr);
}

TEST_CASE("rlc direct is refused for a row sum below 0") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(3.0, 2.0, 1.5), Eigen::Vector2d(1.0, -2.0));
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  request.coupling = hw::Coupling::direct;
  CHECK_THAT(refusal(system, request), ContainsSubstring("row 1 of S K S sums to -0.5"));
}

TEST_CASE("rlc gyrator: one spring, by hand") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(4.0, 2.0, 1.0), Eigen::Vector2d(1.0, -2.0));
  // K = 4 l l^T with l = (1, 1/2).
  const std::vector<core::Spring> springs = {
      {core::Spring::Kind::data, 0, 1, 4.0, {0, 1}, {1.0, 0.5}, Eigen::VectorXd::Zero(1)}};
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  request.coupling = hw::Coupling::gyrator;
  request.springs = springs;
  request.initial.x << 0.25, -0.5;
  const netlist::Design design = hw::realize(system, request);
  const double farad = part(design, "ck0r2").value;
  CHECK(wiring(design, "ck0r2") == "ck0r2 w0r2 0");
  CHECK(farad == Approx(1e-8));
  // g = |l| sqrt(kappa C / (Z0 tau)); the second node's sign turns its port round.
  const double unit = std::sqrt(4.0 * farad);
  CHECK(wiring(design, "xk0r2__0") == "xk0r2__0 v0 0 w0r2 0");
  CHECK(part(design, "xk0r2__0").parameters[0].value == Approx(unit));
  CHECK(wiring(design, "xk0r2__1") == "xk0r2__1 0 v1 w0r2 0");
  CHECK(part(design, "xk0r2__1").parameters[0].value == Approx(unit / 2.0));
  // C w = g l . phi, and phi = 4 mWb x: l . x = 0.
  CHECK(std::abs(initial_voltage(design, "w0r2")) < 1e-15);
}

TEST_CASE("rlc gyrator factors a K that comes without springs") {
  const auto system = make_pair(-1.0);
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::rlc));
  // K = sum of g g^T Z0 tau / C over the springs, with S undone.
  Eigen::Matrix2d K = Eigen::Matrix2d::Zero();
  for (const netlist::Element& capacitor : design.circuit.elements()) {
    if (!capacitor.name.starts_with("ck")) continue;
    Eigen::Vector2d turns = Eigen::Vector2d::Zero();
    for (const netlist::Element& gyrator : design.circuit.elements()) {
      if (gyrator.kind != netlist::Kind::instance || gyrator.nodes[2] != capacitor.nodes[0]) {
        continue;
      }
      const double g = gyrator.parameters[0].value;
      for (int i = 0; i < 2; ++i) {
        const double sign = i == 0 ? 1.0 : -1.0;
        if (gyrator.nodes[0] == "v" + std::to_string(i)) turns(i) += sign * g;
        if (gyrator.nodes[1] == "v" + std::to_string(i)) turns(i) -= sign * g;
      }
    }
    K += turns * turns.transpose() / capacitor.value;
  }
  CHECK(K(0, 0) == Approx(3.0));
  CHECK(K(0, 1) == Approx(-1.0));
  CHECK(K(1, 1) == Approx(4.0));
}

TEST_CASE("rlc gyrator refuses a K that is not positive") {
  const auto system = make_pair(-10.0);
  CHECK_THROWS_AS(hw::realize(system, hand_scaled(system, hw::Topology::rlc)), core::InputError);
}

TEST_CASE("each kind of spring has names of its own") {
  core::Parameters parameters;
  parameters.neighbor_spring = 0.5;
  parameters.pin_spring = 0.25;
  const core::DataSprings data = parabola({2, 2}, 60, 2);
  const core::SecondOrderSystem system = core::make_system(data, parameters);
  std::vector<core::Spring> springs = core::make_springs(data, parameters);
  springs.push_back(
      core::make_literal_spring(data.grid(), std::vector{0.1, 0.2}, std::vector{1.0, 2.0}, 1.0, 6));
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  request.coupling = hw::Coupling::gyrator;
  request.springs = springs;
  const netlist::Design design = hw::realize(system, request);
  CHECK(design.circuit.find("ck0_1r1y2") != nullptr);     // condensed, of cell (0, 1)
  CHECK(design.circuit.find("ck0_0__0_1y1") != nullptr);  // neighbour
  CHECK(design.circuit.find("ck2_2py1") != nullptr);      // pin
  CHECK(design.circuit.find("xkd7y1__0_1") != nullptr);   // literal, data row 7
  CHECK_THAT(part(design, "ck2_2py1").heading, ContainsSubstring("pin spring of one node"));
}
